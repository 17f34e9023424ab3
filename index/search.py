"""Hybrid search: by meaning and by words, fused; its indexes are caches of the store that can be made again."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.lexical import LexicalIndex
from index.store import Store
from index.types import Hit, Passage, Vectors
from index.vectors import VectorIndex

RRF_K = 60
_DEPTH = 50  # hits taken of each retriever at least
_MANIFEST = "complete.json"  # written last: where it is, the cache is whole


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


@dataclass(frozen=True, slots=True)
class Searcher:
    """The two retrievers over one generation of the store."""

    generation: int
    vectors: VectorIndex
    lexical: LexicalIndex

    def search(self, query: str, vector: Vectors, k: int) -> list[tuple[int, float, dict[str, int]]]:
        """Passage numbers for `query` and its `vector` of shape (1, dimension): (number, score, ranks), best first."""
        depth = max(_DEPTH, 3 * k)
        dense = [number for number, _ in self.vectors.search(vector, depth)]
        lexical = [number for number, _ in self.lexical.search(query, depth)]
        return fuse({"dense": dense, "lexical": lexical})[:k]


def as_hits(found: Sequence[tuple[int, float, dict[str, int]]], passages: Mapping[int, Passage]) -> list[Hit]:
    """Hits ranked from 1, in the order of `found`."""
    known = [item for item in found if item[0] in passages]
    return [Hit(passages[number], score, rank, ranks) for rank, (number, score, ranks) in enumerate(known, start=1)]


def open_searcher(store: Store, embedder: str, dimension: int) -> Searcher:
    """The retrievers for what the store holds now: from the cache where it is whole and current, else made again."""
    generation = store.generation
    folder = store.folder / "cache" / str(generation)
    if searcher := _load(folder, generation):
        return searcher
    shutil.rmtree(folder, ignore_errors=True)
    numbers, matrix = store.passage_vectors(embedder, dimension)
    vectors = VectorIndex.build(np.array(numbers, dtype=np.int64), matrix, dimension)
    texts = {number: passage.text for number, passage in store.passages().items()}
    if store.writable and _save(folder, vectors, texts):
        _drop_older(folder)
        if searcher := _load(folder, generation):
            return searcher
    return Searcher(generation, vectors, LexicalIndex.build(texts.items(), None))


def _load(folder: Path, generation: int) -> Searcher | None:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        whole = manifest["files"] == _checksums(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not whole:
        return None
    vectors = VectorIndex.load(folder / "vectors.faiss", manifest["vectors"])
    lexical = LexicalIndex.load(folder / "words", manifest["texts"])
    return Searcher(generation, vectors, lexical) if vectors and lexical else None


def _save(folder: Path, vectors: VectorIndex, texts: Mapping[int, str]) -> bool:
    """Writes the cache aside and moves it into place; False where it cannot be written, which loses only time."""
    aside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _drop_abandoned(folder.parent)
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix="new-"))
        (aside / "words").mkdir()
        vectors.save(aside / "vectors.faiss")
        LexicalIndex.build(texts.items(), aside / "words")
        manifest = {"files": _checksums(aside), "vectors": len(vectors), "texts": len(texts)}
        (aside / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        aside.rename(folder)
    except OSError:
        if aside:
            shutil.rmtree(aside, ignore_errors=True)
        return folder.is_dir()
    return True


def _checksums(folder: Path) -> dict[str, int]:
    """CRC-32 of the files that do not change while the cache is used."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [path for path in found if path.suffix != ".lock" and path.name != _MANIFEST]
    return {path.relative_to(folder).as_posix(): _crc32(path) for path in files}


def _crc32(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _drop_abandoned(folder: Path) -> None:
    """Removes what processes left that were killed while they wrote a cache."""
    for aside in folder.glob("new-*"):
        if time.time() - aside.stat().st_mtime > 3600:
            shutil.rmtree(aside, ignore_errors=True)


def _drop_older(folder: Path) -> None:
    """Removes caches of earlier generations; a process that still reads one keeps its open files."""
    for other in folder.parent.iterdir():
        if other != folder and other.name.isdigit() and int(other.name) < int(folder.name):
            shutil.rmtree(other, ignore_errors=True)
