"""Search by meaning: inner product over unit vectors, by FAISS. How they are held is a `faiss.index_factory` string.

Exact ("Flat") while an index is small; scalar quantised (a byte a dimension) beyond; in cells beyond that, of which a
search looks at as many as it takes (Jégou, Douze & Schmid 2011; Douze et al. 2024, "The Faiss library").
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index.errors import SettingsError
from index.types import Vectors

Ids = npt.NDArray[np.int64]

AUTO = "auto"
FLAT = "Flat"
MOST_FLAT = 50_000  # passages: 77 MB at 384 dimensions, 3 ms a search
MOST_SCANNED = 200_000  # 77 MB as bytes, 5 ms
_TRAINED_ON = 50_000  # vectors; of each cell _CELL
_CELL = 40
_FOUND = 0.99  # share of the 10 nearest in all cells that must be in the cells looked at
_PROBED_WITH = 64  # vectors


def factory(setting: str, count: int) -> str:
    """The factory string for `count` vectors: the setting, or by size where it is "auto"."""
    if setting != AUTO:
        return setting
    if count <= MOST_FLAT:
        return FLAT
    if count <= MOST_SCANNED:
        return "SQ8"
    # 4 sqrt(n) cells as FAISS' guidelines have it, as a power of two: the same for a while as an index grows.
    return f"IVF{2 ** round(math.log2(4 * math.sqrt(count)))},SQ8"


def check_factory(setting: str, dimension: int) -> None:
    """Raises SettingsError for what FAISS cannot make an index of."""
    if setting not in (AUTO, FLAT):
        _made(setting, dimension)


def _made(spec: str, dimension: int) -> Any:
    import faiss

    try:
        return faiss.index_factory(dimension, spec, faiss.METRIC_INNER_PRODUCT)
    except RuntimeError as error:
        message = f"The setting index_factory is {spec!r}, which FAISS does not know for {dimension} dimensions."
        raise SettingsError(message, 'Write "auto", "Flat", "SQ8" or another faiss.index_factory string.') from error


class VectorIndex:
    """Unit vectors under integer ids, which are given in ascending order."""

    def __init__(self, index: Any) -> None:
        import faiss

        self._index = index
        inner, self._mapped, turned = index, isinstance(index, faiss.IndexIDMap), False
        while isinstance(inner, faiss.IndexIDMap | faiss.IndexPreTransform):
            turned |= isinstance(inner, faiss.IndexPreTransform)
            inner = faiss.downcast_index(inner.index)
        self._cells = isinstance(inner, faiss.IndexIVF)
        self._inner = inner
        self.exact = isinstance(inner, faiss.IndexFlat) and not turned
        # What looks at one vector after the other can leave some out, and lose some.
        self.scans = isinstance(inner, faiss.IndexFlat | faiss.IndexScalarQuantizer | faiss.IndexIVF)

    @classmethod
    def empty(cls, dimension: int, spec: str, sample: Vectors) -> Self:
        """An index of type `spec`, trained on `sample`; a flat one where these are too few to train on."""
        import faiss

        made = _made(spec, dimension)
        try:
            made.train(np.ascontiguousarray(sample))
        except RuntimeError:
            made = _made(FLAT, dimension)
        bare = made.index if isinstance(made, faiss.IndexPreTransform) else made
        own = isinstance(made, faiss.IndexIDMap) or isinstance(faiss.downcast_index(bare), faiss.IndexIVF)
        return cls(made if own else faiss.IndexIDMap(made))

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors, dimension: int, spec: str = FLAT) -> Self:
        """An index of `vectors`, shape (len(ids), dimension)."""
        made = cls.empty(dimension, spec, vectors)
        made.add(ids, vectors)
        made.settle(vectors)
        return made

    @classmethod
    def load(cls, path: Path, size: int, mapped: bool = False) -> Self | None:
        """The index saved at `path`; None where it is missing, damaged or does not hold `size` vectors.

        With `mapped` it stays in the file, which processes share, and cannot be changed.
        """
        import faiss

        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if mapped else 0)
        except RuntimeError:
            return None
        return cls(index) if index.ntotal == size else None

    def save(self, path: Path) -> None:
        """Writes the index, to the disk itself. Raises OSError."""
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(str(error)) from error
        with path.open("rb+") as file:
            os.fsync(file.fileno())

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def cells(self) -> tuple[int, int] | None:
        """How many cells a search looks at, and how many there are; None where there are none."""
        return (self._inner.nprobe, self._inner.nlist) if self._cells else None

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Adds vectors, shape (len(ids), dimension), under new ids."""
        if len(ids):
            self._index.add_with_ids(np.ascontiguousarray(vectors), ids)

    def remove(self, ids: Ids) -> bool:
        """Removes what is under `ids`; False where this type of index cannot, which is then of no use."""
        import faiss

        if not len(ids):
            return True
        if not self.scans or (self._mapped and self._cells):  # the map would not follow the cells
            return False
        return bool(self._index.remove_ids(faiss.IDSelectorBatch(ids)) == len(ids))

    def settle(self, sample: Vectors) -> None:
        """Sets how many cells a search looks at: the fewest, doubling, that hold 99 of 100 nearest.

        Tried with vectors of `sample` turned by 45 degrees at random, as far from it as questions are from passages.
        """
        if not self._cells or not len(self):
            return
        chosen = sample[np.linspace(0, len(sample) - 1, _PROBED_WITH).astype(int)]
        turns = np.random.default_rng(7).standard_normal(chosen.shape).astype(np.float32)
        queries = chosen + turns / np.linalg.norm(turns, axis=1, keepdims=True)
        self._inner.nprobe = self._inner.nlist
        _, wanted = self._index.search(queries, 10)
        self._inner.nprobe = 1
        while self._inner.nprobe < self._inner.nlist:
            _, found = self._index.search(queries, 10)
            shared = sum(len(np.intersect1d(*pair)) for pair in zip(wanted, found, strict=True))
            if shared >= _FOUND * wanted.size:
                return
            self._inner.nprobe = min(2 * self._inner.nprobe, self._inner.nlist)

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """The `k` nearest to one query of shape (1, dimension): (id, inner product), best first.

        With `allowed` only of these ids, and in all cells; only where the index `scans`.
        """
        most = min(k, len(self) if allowed is None else len(allowed))
        if not len(self) or not most:
            return []
        options = {} if allowed is None else {"params": self._only(allowed)}
        scores, ids = self._index.search(np.ascontiguousarray(query), most, **options)
        return [(int(id_), float(score)) for id_, score in zip(ids[0], scores[0], strict=True) if id_ >= 0]

    def _only(self, allowed: Ids) -> Any:
        import faiss

        kind: Any = faiss.SearchParametersIVF if self._cells else faiss.SearchParameters
        every = {"nprobe": self._inner.nlist} if self._cells else {}
        return kind(sel=faiss.IDSelectorBatch(allowed), **every)


def sample_size(spec: str, dimension: int) -> int:
    """How many vectors an index of type `spec` is trained on, at most."""
    import faiss

    made = _made(spec, dimension)
    cells = faiss.try_extract_index_ivf(made)  # a part of `made`
    return max(_TRAINED_ON, _CELL * cells.nlist) if cells is not None else _TRAINED_ON
