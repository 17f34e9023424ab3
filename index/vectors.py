"""Search by meaning: exact inner product over unit vectors, by FAISS."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index.types import Vectors

Ids = npt.NDArray[np.int64]


class VectorIndex:
    """Unit vectors under integer ids. `IndexIDMap2` over a flat index: exact, and ids can be removed."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors, dimension: int) -> Self:
        """An index of `vectors`, shape (len(ids), dimension)."""
        import faiss

        index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        if len(ids):
            index.add_with_ids(np.ascontiguousarray(vectors), ids)
        return cls(index)

    @classmethod
    def load(cls, path: Path, size: int) -> Self | None:
        """The index saved at `path`; None where it is missing, damaged or does not hold `size` vectors."""
        import faiss

        try:
            index = faiss.read_index(str(path))
        except RuntimeError:
            return None
        return cls(index) if index.ntotal == size else None

    def save(self, path: Path) -> None:
        """Writes the index. Raises OSError."""
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(str(error)) from error

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` nearest to one query of shape (1, dimension): (id, inner product), best first."""
        if not self._index.ntotal:
            return []
        scores, ids = self._index.search(np.ascontiguousarray(query), min(k, self._index.ntotal))
        return [(int(id_), float(score)) for id_, score in zip(ids[0], scores[0], strict=True) if id_ >= 0]
