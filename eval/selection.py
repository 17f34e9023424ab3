"""Compares ways to choose the sentence that holds the answer: `python -m eval.selection --data xquad.json --limit 200`.

Over a SQuAD file's whole collection the assistant finds sentences and scores them by the words and the meaning they
share with the question, their own and those around them. Beside that are measured, for the best of them: whether a
sentence holds a value of the kind asked for; MaxSim over the embedder's token vectors (Khattab and Zaharia 2020,
"ColBERT"); the likelihood of the question given the sentence, by the language model (Ponte and Croft 1998, "A language
modeling approach to information retrieval"); and how sure the extractor is of an answer there. How much each counts is
chosen on every other question, and what comes of it is reported on the rest.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer

from eval.benchmarks import Library
from eval.benchmarks.task import Item
from eval.benchmarks.xquad import Squad, gold_spans
from eval.metrics import Span, overlap
from index import packaged_embedder
from rag import Settings, answering, evidence, shortlist
from rag.evidence import Candidate
from rag.extractor import installed
from rag.llamacpp import LlamaCpp
from rag.llm import Piece
from rag.models import DEFAULT, resolve
from rag.question import Question

DEPTH = 12  # sentences that are measured
WEIGHTS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0)
Floats = npt.NDArray[np.float64]
Measure = Callable[[Question, Sequence[Candidate]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question: which sentences hold the answer, and by measure how each was scored."""

    right: npt.NDArray[np.bool_]
    scores: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of the questions, 0 to 1: the answer's sentence first, among five."""

    first: float
    five: float


PARTS: dict[str, Measure] = {
    "words": lambda _, found: [c.covered for c in found],
    "meaning": lambda _, found: [c.near for c in found],
    "words and meaning": lambda _, found: [c.covered + c.near for c in found],
    "those, and what stands around": lambda _, found: [c.score for c in found],
}
BASE = "those, and what stands around"


def of_kind(question: Question, found: Sequence[Candidate]) -> list[float]:
    """1 where a value of the kind asked for stands in the sentence, or where no kind is asked for."""
    return [float(not question.kinds or bool(evidence.offers(question, candidate))) for candidate in found]


class MaxSim:
    """For each token of the question the likest of the sentence, by the packaged embedder; the mean."""

    def __init__(self, settings: Settings) -> None:
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(str(packaged_embedder(settings.cache_dir)), local_files_only=True)

    def __call__(self, question: Question, found: Sequence[Candidate]) -> list[float]:
        asked, *said = (
            vectors / vectors.norm(dim=1, keepdim=True)
            for vectors in self.model.encode(
                [question.text, *(candidate.line for candidate in found)],
                output_value="token_embeddings",
                convert_to_tensor=False,
            )
        )
        return [float((asked @ vectors.T).max(dim=1).values.mean()) for vectors in said]


class Likelihood:
    """The log-probability of the question, a token, by the language model without its adapter, shown the sentence."""

    def __init__(self, settings: Settings) -> None:
        self.model = LlamaCpp(replace(resolve(DEFAULT, settings.cache_dir), adapter=None))

    def __call__(self, question: Question, found: Sequence[Candidate]) -> list[float]:
        length = self.model.count_tokens(question.text)
        return [self.model.score(_shown(candidate.line), [question.text])[0] / length for candidate in found]


def _shown(text: str) -> list[Piece]:
    return [
        Piece("<|im_start|>", control=True),
        Piece(f"user\n{text}\nWrite a question that this text answers."),
        Piece("<|im_end|>", control=True),
        Piece("\n"),
        Piece("<|im_start|>", control=True),
        Piece("assistant\n"),
    ]


def extracted(settings: Settings) -> Measure:
    """How sure the extractor is of an answer in each sentence, a source's read together: log-odds, at most 10."""
    extractor = installed(settings.cache_dir)

    def measure(question: Question, found: Sequence[Candidate]) -> list[float]:
        sources: dict[str, list[Candidate]] = {}
        for candidate in found:
            sources.setdefault(candidate.document_id, []).append(candidate)
        pointed = (c for source in sources.values() for c in shortlist.pointed_at(question, source, extractor))
        surest = {_place(candidate): candidate.surest for candidate in pointed}
        return [surest[_place(candidate)] for candidate in found]

    return measure


def measured(
    items: Iterable[Item], library: Library, documents: dict[str, str], measures: dict[str, Measure]
) -> tuple[list[Found], dict[str, float]]:
    """Every question's best sentences with all measures, and the seconds a question of each."""
    found, seconds = [], dict.fromkeys(measures, 0.0)
    with library(documents) as assistant:
        for item in items:
            question, candidates = answering.gather(item.question, assistant.index, Settings.load())
            golds = gold_spans(item, assistant.index)
            scores = {}
            for name, measure in measures.items():
                began = time.perf_counter()
                scores[name] = np.array(measure(question, candidates[:DEPTH]))
                seconds[name] += time.perf_counter() - began
            right = [any(overlap(_place(c), gold) for gold in golds) for c in candidates[:DEPTH]]
            found.append(Found(np.array(right, dtype=bool), scores))
    return found, {name: spent / len(found) for name, spent in seconds.items()}


def _place(candidate: Candidate) -> Span:
    return candidate.document_id, candidate.sentence.start, candidate.sentence.end


def score(found: Sequence[Found], weigh: Callable[[Found], Floats]) -> Score:
    """How often the right sentence comes first, and among five, in the order that `weigh` gives."""
    ranked = [item.right[np.argsort(-weigh(item), kind="stable")] for item in found]
    first, five = (sum(bool(right[:k].any()) for right in ranked) / len(ranked) for k in (1, 5))
    return Score(first, five)


def added(name: str, weight: float) -> Callable[[Found], Floats]:
    """The score of the assistant plus `weight` times the measure `name`."""
    return lambda item: item.scores[BASE] + weight * item.scores[name]


def main(
    data: Annotated[Path, typer.Option(help="XQuAD or SQuAD 1 as JSON.")],
    limit: Annotated[int, typer.Option(help="So many questions, drawn from all.")] = 200,
    slow: Annotated[bool, typer.Option(help="With the likelihood of the question, seconds each.")] = True,
) -> None:
    """Print a table: each measure by itself, then what each adds to the assistant's."""
    settings = Settings.load()
    more: dict[str, Measure] = {"kind": of_kind, "MaxSim": MaxSim(settings), "extractor": extracted(settings)}
    if slow:
        more["query likelihood"] = Likelihood(settings)
    collection, *_ = Squad().tasks(data)
    items = Random(7).sample(collection.items, min(limit, len(collection.items)))
    with typer.progressbar(items, label="Questions", file=sys.stderr) as shown:
        found, seconds = measured(shown, Library(settings), dict(collection.documents), PARTS | more)
    chosen, rest = found[::2], found[1::2]
    typer.echo(f"{len(rest)} questions; weights chosen on {len(chosen)} others\n")
    typer.echo("| Score of a sentence | @1 | @5 | weight | seconds |\n|---|---|---|---|---|")
    for name in PARTS:
        own = score(rest, lambda item, name=name: item.scores[name])  # type: ignore[misc]
        typer.echo(f"| {name} | {own.first:.3f} | {own.five:.3f} | | |")
    for name in more:
        weight = max(WEIGHTS, key=lambda weight: (score(chosen, added(name, weight)).first, -weight))
        both = score(rest, added(name, weight))
        typer.echo(f"| and {name} | {both.first:.3f} | {both.five:.3f} | {weight} | {seconds[name]:.3f} |")


if __name__ == "__main__":
    typer.run(main)
