"""Hybrid search in Milvus: by meaning over an HNSW graph, by words with its BM25 function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from index.filters import Filter, Outline, holding
from index.lexical import terms
from index.milvus_client import Row, any_of
from index.milvus_rows import key
from index.milvus_tables import Tables
from index.search import fuse
from index.types import Vectors

_DEPTH = 50  # hits taken of each retriever at least
_MOST = 16_384  # hits that Milvus gives at most
_MOST_TERMS = 256


@dataclass(frozen=True, slots=True)
class MilvusRetrievers:
    """Both retrievers over the rows that meet the condition `live`.

    Milvus' own hybrid search tells the fused score alone. The ranks by each retriever are part of a hit, so both are
    asked and fused here, by the same rule (reciprocal rank fusion).
    """

    tables: Tables
    collection: str
    generation: int
    live: str
    outlines: Callable[[], Iterable[Outline]]

    def search(
        self, query: str, vector: Vectors, k: int, where: Filter | None = None
    ) -> list[tuple[int, float, dict[str, int]]]:
        """Passage numbers for `query` and its `vector` of shape (1, dimension): (number, score, ranks), best first.

        Only of documents that pass `where`; raises FilterError where none does.
        """
        condition = self.live
        if where:
            condition = f"{any_of('document', list(map(key, holding(where, self.outlines()))))} and {condition}"
        if not self.collection:
            return []
        depth = min(max(_DEPTH, 3 * k), _MOST)
        dense = _numbers(self.tables.search(self.collection, "dense", vector[0], condition, depth, max(2 * depth, 100)))
        words = " ".join(list(dict.fromkeys(terms(query)))[:_MOST_TERMS])
        lexical = _numbers(self.tables.search(self.collection, "sparse", words, condition, depth)) if words else []
        return fuse({"dense": dense, "lexical": lexical})[:k]


def _numbers(hits: Iterable[Row]) -> list[int]:
    """Numbers, best first; those of equal score in their own order."""
    tied = (group for _, group in groupby(hits, key=itemgetter("distance")))
    return [number for group in tied for number in sorted(int(hit["number"]) for hit in group)]
