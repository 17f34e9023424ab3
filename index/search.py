"""Hybrid search: by meaning and by words, fused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from index import caches, lookup
from index.caches import Pair, Wanted
from index.filters import Filter, Outline, holding
from index.store import SqliteStore
from index.types import Hit, Passage, Vectors
from index.vectors import AUTO, Ids

RRF_K = 60
_DEPTH = 50  # hits taken of each retriever at least
_LEAST = 100  # hits taken of an index that is not exact, at least, and scored by their vectors: 1 ms
_RESCORED = 2  # times as many as are wanted
_MOST_READ = 1000  # passages that are scored one by one rather than looked for

Found = list[tuple[int, float]]
"""(passage number, score), best first."""


def fuse(rankings: Mapping[str, Sequence[int]], k: int = RRF_K) -> list[tuple[int, float, dict[str, int]]]:
    """Reciprocal rank fusion (Cormack, Clarke & Büttcher 2009): (id, sum of 1 / (k + rank), rank in each), best first.

    `rankings` holds each retriever's ids, best first. Equal scores go by the retrievers' order, then by id.
    """
    ranks: dict[int, dict[str, int]] = {}
    for name, ids in rankings.items():
        for rank, id_ in enumerate(ids, start=1):
            ranks.setdefault(id_, {})[name] = rank
    fused = [(id_, sum(1 / (k + rank) for rank in found.values()), found) for id_, found in ranks.items()]
    last = max((len(ids) for ids in rankings.values()), default=0) + 1
    return sorted(fused, key=lambda item: (-item[1], [item[2].get(name, last) for name in rankings], item[0]))


class Searcher:
    """The two retrievers over one generation of the store."""

    def __init__(self, pair: Pair, store: SqliteStore, embedder: str) -> None:
        self.generation = pair.generation
        self.vectors = pair.vectors
        self.lexical = pair.lexical
        self._store = store
        self._embedder = embedder

    def search(
        self, query: str, vector: Vectors, k: int, where: Filter | None = None
    ) -> list[tuple[int, float, dict[str, int]]]:
        """Passage numbers for `query` and its `vector` of shape (1, dimension): (number, score, ranks), best first.

        Raises FilterError where no document passes `where`.
        """
        found = self.rankings(query, vector, max(_DEPTH, 3 * k), self.allowed(where))
        return fuse({name: [number for number, _ in hits] for name, hits in found.items()})[:k]

    def rankings(self, query: str, vector: Vectors, depth: int, allowed: Ids | None = None) -> dict[str, Found]:
        """The `depth` best of each retriever by its name, of the `allowed` passages where these are given."""
        return {
            "dense": self.dense(vector, depth, allowed),
            "lexical": self.lexical.search(query, depth, allowed),
        }

    def allowed(self, where: Filter | None) -> Ids | None:
        """The passages of the documents that pass, None for all. Raises FilterError where none does."""
        return lookup.numbers(self._store, holding(where, self._outlines)) if where else None

    def dense(self, vector: Vectors, depth: int, allowed: Ids | None = None) -> Found:
        """The nearest by inner product, which is exact; whether they are all the nearest is for the index to say."""
        if self.vectors.exact:
            return self.vectors.search(vector, depth, allowed)
        if allowed is not None and (len(allowed) <= _MOST_READ or not self.vectors.scans):
            return self._scored(vector, allowed, depth)
        near = self.vectors.search(vector, max(_LEAST, _RESCORED * depth), allowed)
        return self._scored(vector, np.array(sorted(number for number, _ in near), dtype=np.int64), depth)

    def _scored(self, vector: Vectors, numbers: Ids, depth: int) -> Found:
        """The best of `numbers` by their vectors as the store has them."""
        scored: Found = []
        for part, matrix in lookup.vectors(self._store, numbers, self._embedder, vector.shape[1]):
            scored += zip(part.tolist(), (matrix @ vector[0]).tolist(), strict=True)
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:depth]

    @cached_property
    def _outlines(self) -> list[Outline]:
        return lookup.outlines(self._store)


def open_searcher(store: SqliteStore, embedder: str, dimension: int, index_factory: str = AUTO) -> Searcher:
    """Search over what the store holds now, by vectors of `embedder` in an index as the setting says."""
    return Searcher(caches.open_pair(Wanted(store, embedder, dimension, index_factory)), store, embedder)


def as_hits(found: Sequence[tuple[int, float, dict[str, int]]], passages: Mapping[int, Passage]) -> list[Hit]:
    """Hits ranked from 1, in the order of `found`."""
    known = [item for item in found if item[0] in passages]
    return [Hit(passages[number], score, rank, ranks) for rank, (number, score, ranks) in enumerate(known, start=1)]
