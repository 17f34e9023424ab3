"""Compares ways to fuse the two retrievers: `python -m eval.fusion [--benchmarks DIR]`.

Over the dev cases of a corpus, a passage is right that overlaps a proof; over XQuAD, one of the paragraph that a
question was written for. Compared are each retriever alone, reciprocal rank fusion (Cormack, Clarke & Büttcher 2009)
and convex combinations of scores normalised to 0..1 by their least and greatest (Bruch, Gai & Ingber 2023, "An Analysis
of Fusion Functions for Hybrid Retrieval"). Weights are chosen on the cases, and reported on XQuAD.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from eval.cases import load, select
from eval.metrics import Span, overlap, proof_spans
from index import Embedder, Index, IndexSettings, SourceError, load_embedder
from index.search import Found, fuse, open_searcher
from index.store import SqliteStore

DEPTH = 50  # hits of each retriever that are fused, as in a search
Fusion = Callable[[Mapping[str, Found]], list[int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the places that prove its answer."""

    question: str
    places: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Means over the questions, 0 to 1: a right passage among the first 1, 5, 10, and the first one's 1 / rank."""

    first: float
    five: float
    ten: float
    reciprocal: float


def by_rank(k: int) -> Fusion:
    """Reciprocal rank fusion with the constant `k`."""
    return lambda found: [id_ for id_, _, _ in fuse({name: _ids(hits) for name, hits in found.items()}, k)]


def by_score(weight: float) -> Fusion:
    """`weight` times the score by meaning and the rest times that by words, each between 0 and 1; 0 where not found."""

    def fused(found: Mapping[str, Found]) -> list[int]:
        total: dict[int, float] = {}
        for name, share in (("dense", weight), ("lexical", 1 - weight)):
            for id_, score in normalised(found[name]):
                total[id_] = total.get(id_, 0.0) + share * score
        return sorted(total, key=lambda id_: (-total[id_], id_))

    return fused


def normalised(hits: Found) -> Found:
    """The scores between 0, the least, and 1; all 1 where they are equal."""
    scores = [score for _, score in hits]
    least, spread = min(scores, default=0.0), max(scores, default=0.0) - min(scores, default=0.0)
    return [(id_, (score - least) / spread if spread else 1.0) for id_, score in hits]


FUSIONS: dict[str, Fusion] = {
    "by meaning alone": lambda found: _ids(found["dense"]),
    "by words alone": lambda found: _ids(found["lexical"]),
    **{f"RRF, k = {k}": by_rank(k) for k in (10, 60)},
    **{f"convex, {weight} by meaning": by_score(weight) for weight in (0.3, 0.5, 0.7)},
}


def measured(asked: Sequence[Asked], index: Index) -> dict[str, Score]:
    """Every fusion over all questions."""
    store = SqliteStore(index.path)
    searcher = open_searcher(store, index.embedder.name, index.embedder.dimension)
    spans = {number: (p.document_id, p.start, p.end) for number, p in store.passages().items()}
    ranks: dict[str, list[int]] = {name: [] for name in FUSIONS}
    vectors = index.embedder.encode_queries([item.question for item in asked])
    for item, vector in zip(asked, vectors, strict=True):
        found = searcher.rankings(item.question, vector[None], DEPTH)
        for name, fusion in FUSIONS.items():
            right = (any(overlap(spans[id_], place) for place in item.places) for id_ in fusion(found))
            ranks[name].append(next((rank for rank, hit in enumerate(right, start=1) if hit), 0))
    store.close()
    return {name: _score(ranks[name]) for name in FUSIONS}


def _score(ranks: Sequence[int]) -> Score:
    """`ranks`: of the first right passage to each question, 0 where there is none."""
    first, five, ten = (sum(0 < rank <= k for rank in ranks) / len(ranks) for k in (1, 5, 10))
    return Score(first, five, ten, sum(1 / rank for rank in ranks if rank) / len(ranks))


def of_cases(corpus: str, index: Index) -> list[Asked]:
    """The dev cases that have an answer and stand by themselves."""
    cases = [case for case in select(load(corpus, index.source), "dev").cases if case.proof and not case.history]
    found = [Asked(case.question, tuple(p for places in proof_spans(case, index) for p in places)) for case in cases]
    return [item for item in found if item.places]


def of_squad(data: Path, folder: Path) -> list[Asked]:
    """The questions of a SQuAD file, whose paragraphs are written into `folder`. Raises SourceError."""
    try:
        articles = json.loads(data.read_text(encoding="utf-8"))["data"]
        paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
        asked = []
        for number, paragraph in enumerate(paragraphs):
            name = f"{number:05d}.txt"
            (folder / name).write_text(paragraph["context"], encoding="utf-8")
            whole = (name, 0, 2 * len(paragraph["context"]) + 1)
            asked += [Asked(qa["question"], (whole,)) for qa in paragraph["qas"]]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise SourceError(f"{data} is not SQuAD data: {error!r}.", "It is one JSON file.") from error
    return asked


def table(name: str, count: int, scores: Mapping[str, Score]) -> str:
    """A Markdown table."""
    rows = [f"| {name}, {count} questions | @1 | @5 | @10 | MRR |", "|---|---|---|---|---|"]
    for fusion, score in scores.items():
        figures = (f"{value:.3f}" for value in (score.first, score.five, score.ten, score.reciprocal))
        rows.append(f"| {fusion} | {' | '.join(figures)} |")
    return "\n".join(rows)


@contextmanager
def _indexed(source: Path, embedder: Embedder) -> Iterator[Index]:
    with TemporaryDirectory() as place, Index.open(source, embedder=embedder, path=Path(place)) as index:
        index.sync()
        yield index


def _ids(hits: Found) -> list[int]:
    return [id_ for id_, _ in hits]


def main(
    corpus: Annotated[list[str] | None, typer.Option(help="A known corpus; may be repeated. Default: seeds.")] = None,
    benchmarks: Annotated[Path | None, typer.Option(help="A folder that holds xquad*.json.")] = None,
) -> None:
    """Print a table for each corpus, and one for each file of XQuAD."""
    embedder = load_embedder(IndexSettings.load())
    for name in corpus or ["seeds"]:
        with _indexed(load(name).source, embedder) as index:
            asked = of_cases(name, index)
            typer.echo(table(f"{name}, dev", len(asked), measured(asked, index)) + "\n")
    for data in sorted(benchmarks.glob("xquad*.json")) if benchmarks else ():
        with TemporaryDirectory() as folder:
            asked = of_squad(data, Path(folder))
            with _indexed(Path(folder), embedder) as index:
                typer.echo(table(data.stem, len(asked), measured(asked, index)) + "\n")


if __name__ == "__main__":
    typer.run(main)
