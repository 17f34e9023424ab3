"""Search in a big index: how fast, how exact, how much memory, how soon after it is opened."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import cycle, islice
from statistics import median

import numpy as np

from eval.speed import fresh, synthetic
from eval.speed.figures import Figure, Part, percentile, spread, without_goals
from eval.speed.opening import Given, given, opened
from eval.speed.synthetic import NOISE, Plan, used
from eval.speed.texts import CORPORA, sentences
from index import Embedder, Vectors, lookup
from index.local import LocalStore
from index.search import Searcher, fuse
from index.vectors import AUTO, factory

K = 10
DEPTH = 50  # of each retriever, as in a search
_WARM = 20
_SAME = 1e-6  # inner products that differ by less are equal


def run(
    name: str, plan: Plan, embedder: Embedder, searches: int, opens: int, goals: bool, say: Callable[[str], None]
) -> Part:
    """Makes the index of `plan` and measures it; with `goals` its limits stand beside the figures."""
    say(f"{name}: {synthetic.needed(plan)}")
    made = synthetic.make(plan, embedder, lambda count: say(f"{name}: {count:,} of {plan.passages:,} passages stored"))
    known = given(plan.folder)
    say(f"{name}: making the search's caches")
    began = time.perf_counter()
    with opened(plan.folder, known) as index:
        index.search(next(iter(known.vectors)), K)
        cached = time.perf_counter() - began
        say(f"{name}: searching")
        times = _times(index.search, known, searches)
    say(f"{name}: comparing with the exact neighbours")
    meaning, hybrid = _recall(plan, known)
    say(f"{name}: opening in fresh processes")
    starts = [fresh.measured("first", plan.folder) for _ in range(opens)]
    memory = fresh.measured("memory", plan.folder)
    floats = plan.passages * known.dimension
    resident, own = (None if memory[key] is None else memory[key] / floats for key in ("resident", "own"))
    wholes, opening = [start["whole"] for start in starts], [start["open"] for start in starts]

    figures = (
        Figure("hybrid search, p50", percentile(times, 50), "ms", "<= 15", f"{len(times):,} searches"),
        Figure("hybrid search, p99", percentile(times, 99), "ms", "<= 40"),
        Figure("recall@10, hybrid against exact", hybrid, "", ">= 0.98", f"{len(known.vectors)} questions"),
        Figure("recall@10, by meaning against exact", meaning, "", ">= 0.98"),
        Figure("memory a float stored", resident, "bytes", "<= 2.2", _megabytes(memory["resident"])),
        Figure("of it the process's own", own, "bytes"),
        Figure("start of Python to first hit", median(wholes), "s", "<= 1.5", spread(wholes)),
        Figure("opening to first hit", median(opening), "s", "", spread(opening)),
        Figure("passages and vectors stored in", made, "s", "", "all vectors but the first were not computed"),
        Figure("caches made in", cached, "s", "", factory(AUTO, plan.passages)),
        Figure("on disk", used(plan.index) / plan.passages, "bytes a passage"),
    )
    return Part(name, figures if goals else without_goals(figures), _notes(plan, known.dimension))


def _megabytes(grown: int | None) -> str:
    return "" if grown is None else f"{grown / 1e6:.0f} MB in all, files that are mapped included"


def _notes(plan: Plan, dimension: int) -> tuple[str, ...]:
    return (
        f"{plan.passages:,} passages of {len(sentences())} sentences of {', '.join(CORPORA)}, recombined by chance; "
        "each word stands in many more passages than usual, which slows BM25 down.",
        f"Synthetic vectors of {dimension} dimensions: those of {plan.bases:,} of the passages, each many times, with "
        f"noise of length {NOISE}, normalised. The questions' vectors are real and were embedded before.",
    )


def _times(search: Callable[[str, int], object], known: Given, count: int) -> list[float]:
    """Milliseconds of each search."""
    found = []
    for number, question in enumerate(islice(cycle(known.vectors), count + _WARM)):
        began = time.perf_counter()
        search(question, K)
        if number >= _WARM:
            found.append(1000 * (time.perf_counter() - began))
    return found


def _recall(plan: Plan, known: Given) -> tuple[float, float]:
    """Share of the exact ten best that are found: by meaning alone, and by both retrievers fused."""
    store = LocalStore(plan.index)
    try:
        searcher = store.retrievers(known.name, known.dimension)
        assert isinstance(searcher, Searcher)
        asked = np.stack(list(known.vectors.values()))
        exact = _nearest(store, known, asked)
        meaning, hybrid = [], []
        for question, vector, nearest in zip(known.vectors, asked, exact, strict=True):
            found = searcher.rankings(question, vector[None], DEPTH)
            ids = {name: [number for number, _ in hits] for name, hits in found.items()}
            right = [number for number, _ in nearest]
            least = nearest[min(K, len(nearest)) - 1][1] - _SAME
            ten = min(K, len(right))
            meaning.append(sum(score >= least for _, score in found["dense"][:K]) / ten)
            wanted = fuse({**ids, "dense": right})[:K]
            hybrid.append(len({item[0] for item in fuse(ids)[:K]} & {item[0] for item in wanted}) / len(wanted))
    finally:
        store.close()
    return float(np.mean(meaning)), float(np.mean(hybrid))


def _nearest(store: LocalStore, known: Given, asked: Vectors) -> list[list[tuple[int, float]]]:
    """For each question the DEPTH nearest passages by every vector of the store: (number, score), best first."""
    best: list[list[tuple[int, float]]] = [[] for _ in asked]
    for numbers, matrix in lookup.vectors(store, lookup.numbers(store), known.name, known.dimension):
        scores = asked @ matrix.T
        picks = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
        for row, pick in enumerate(picks):
            hits = zip(numbers[pick].tolist(), scores[row, pick].tolist(), strict=True)
            best[row] = sorted([*best[row], *hits], key=lambda hit: (-hit[1], hit[0]))[:DEPTH]
    return best
