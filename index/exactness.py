"""How much of what is nearest a search by meaning finds: said of an exact index, measured of any other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index import caches, lookup
from index.caches import Wanted
from index.search import Searcher
from index.types import Vectors
from index.vectors import FLAT, Ids, factory

DEPTH = 10
_QUERIES = 50
_SAME = 1e-6  # inner products that differ by less are equal


@dataclass(frozen=True, slots=True)
class Exactness:
    """`kind` is the index as a factory string. `cells`: how many a search looks at, of how many.

    `recall` is recall@10 with `queries` of its own vectors; None where the index is exact and it need not be measured.
    """

    kind: str
    passages: int
    exact: bool
    cells: tuple[int, int] | None = None
    recall: float | None = None
    queries: int = 0


def examined(wanted: Wanted) -> Exactness | None:
    """What the cache of this generation holds; None where it is not there or not whole, which the next search mends.

    Reads every file of it, and every vector of the store where the index is not exact: about 10 s for a million.
    """
    pair = caches.load(wanted, wanted.store.generation, thorough=True)
    if pair is None:
        return None
    vectors = pair.vectors
    if vectors.exact:
        return Exactness(FLAT, len(vectors), True)
    numbers = lookup.numbers(wanted.store)
    chosen = numbers[np.linspace(0, len(numbers) - 1, min(_QUERIES, len(numbers))).astype(np.int64)]
    _, queries = next(lookup.vectors(wanted.store, chosen, wanted.embedder, wanted.dimension))
    needed = _tenth_best(wanted, numbers, queries)
    searcher = Searcher(pair, wanted.store, wanted.embedder)
    found = [searcher.dense(query[None], DEPTH) for query in queries]
    hits = sum(score >= least - _SAME for hits, least in zip(found, needed, strict=True) for _, score in hits)
    recall = hits / (len(queries) * min(DEPTH, len(numbers)))
    kind = factory(wanted.setting, len(numbers))
    return Exactness(kind, len(vectors), False, vectors.cells, recall, len(queries))


def _tenth_best(wanted: Wanted, numbers: Ids, queries: Vectors) -> list[float]:
    """The score of the tenth nearest passage to each query (of the last, where there are fewer), by all vectors."""
    best = np.zeros((len(queries), 0), dtype=np.float32)
    for _, matrix in lookup.vectors(wanted.store, numbers, wanted.embedder, wanted.dimension):
        best = np.sort(np.hstack([best, queries @ matrix.T]), axis=1)[:, -DEPTH:]
    found: list[float] = best[:, 0].tolist()
    return found
