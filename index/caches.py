"""The retrievers' files: caches of the store, one folder a generation, that can be made again.

One that is there is taken when its manifest, which is written last, tells of every file its size and time of writing,
or else its checksum. One of a new generation is made from the last where little has changed, and always aside: other
processes may still read the old.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index import lookup
from index.lexical import LexicalIndex
from index.store import SqliteStore, text_hash
from index.vectors import AUTO, Ids, VectorIndex, factory, sample_size

MANIFEST = "complete.json"  # written last: where it is, the cache is whole
# Share of passages that may have come and gone before both indexes are made anew: tantivy counts the words of what has
# been removed until it merges the files that they are in, and what quantises is fitted to what was there.
DRIFT = 0.05
_FORMAT = 2
_TRIES = 3
_VECTORS, _NUMBERS, _WORDS = "vectors.faiss", "numbers.npy", "words"
Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """Both retrievers' indexes over one generation of the store, passages under their numbers."""

    generation: int
    vectors: VectorIndex
    lexical: LexicalIndex


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caches are to hold: vectors of `embedder`, in an index of the type `setting`."""

    store: SqliteStore
    embedder: str
    dimension: int
    setting: str = AUTO

    @property
    def home(self) -> Path:
        """The folder of the caches."""
        return self.store.folder / "cache"


def open_pair(wanted: Wanted) -> Pair:
    """The indexes of what the store holds now: from the cache where it is whole and current, else made again."""
    for _ in range(_TRIES):
        generation = wanted.store.generation
        if found := load(wanted, generation):
            return found
        if not wanted.store.writable:
            break
        if not _save(wanted, generation):
            if found := load(wanted, generation):
                return found  # another process was faster, and has dropped what this one read
            break
    generation, numbers = wanted.store.generation, lookup.numbers(wanted.store)
    words = LexicalIndex.build(lookup.texts(wanted.store, numbers), None)
    return Pair(generation, _vectors(wanted, numbers), words)


def load(wanted: Wanted, generation: int, thorough: bool = False) -> Pair | None:
    """The indexes from the cache of a generation; None where it is not there, not whole or of something else.

    `thorough` reads all of every file.
    """
    folder = wanted.home / str(generation)
    manifest = _manifest(folder, wanted, thorough)
    if manifest is None or not _tells_of(manifest, wanted):
        return None
    vectors = VectorIndex.load(folder / _VECTORS, manifest["vectors"], mapped=True)
    words = LexicalIndex.load(folder / _WORDS, manifest["passages"])
    return None if vectors is None or words is None else Pair(generation, vectors, words)


def _tells_of(manifest: Manifest, wanted: Wanted) -> bool:
    """Whether it is a cache of this store as it is: of the type that it should have, and of the same passages."""
    count = wanted.store.count()[1]
    number, digest = manifest["last"]
    last = wanted.store.passages([number]) if count else {}
    same = not count or (number in last and text_hash(last[number].text).hex() == digest)
    return same and manifest["passages"] == count and manifest["factory"] == factory(wanted.setting, count)


def _manifest(folder: Path, wanted: Wanted, thorough: bool = False) -> Manifest | None:
    """The manifest of a cache that is whole and of the embedder that is wanted."""
    try:
        manifest: Manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        ours = (manifest["format"], manifest["embedder"]) == (_FORMAT, wanted.embedder)
        return manifest if ours and _whole(folder, manifest["files"], thorough) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _whole(folder: Path, files: dict[str, list[int]], thorough: bool) -> bool:
    found = _files(folder)
    return found.keys() == files.keys() and all(
        path.stat().st_size == files[name][0]
        and ((path.stat().st_mtime_ns == files[name][1] and not thorough) or _crc32(path) == files[name][2])
        for name, path in found.items()
    )


def _files(folder: Path) -> dict[str, Path]:
    """The files that do not change while the cache is used, by their names in it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [path for path in found if path.suffix != ".lock" and path.name != MANIFEST]
    return {path.relative_to(folder).as_posix(): path for path in files}


def _stamps(folder: Path, known: dict[str, list[int]]) -> dict[str, list[int]]:
    """Size, time of writing and CRC-32 of every file; of one that is linked from a cache, as `known` there."""
    stamps = {}
    for name, path in _files(folder).items():
        stat = path.stat()
        linked = known.get(name, [])[:2] == [stat.st_size, stat.st_mtime_ns]
        stamps[name] = known[name] if linked else [stat.st_size, stat.st_mtime_ns, _crc32(path)]
    return stamps


def _crc32(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _save(wanted: Wanted, generation: int) -> bool:
    """Writes the cache aside and moves it into place; False where it cannot be written, which loses only time."""
    aside: Path | None = None
    try:
        wanted.home.mkdir(parents=True, exist_ok=True)
        _drop_abandoned(wanted.home)
        aside = Path(tempfile.mkdtemp(dir=wanted.home, prefix="new-"))
        numbers = lookup.numbers(wanted.store)
        manifest = _changed(wanted, generation, numbers, aside) or _built(wanted, numbers, aside)
        with (aside / MANIFEST).open("w", encoding="utf-8") as file:
            json.dump(manifest, file)
            file.flush()
            os.fsync(file.fileno())
        if wanted.store.generation == generation:  # else what was read may be of two
            _publish(aside, wanted.home / str(generation), wanted)
    except OSError:
        return False
    finally:
        if aside:
            shutil.rmtree(aside, ignore_errors=True)
    return True


def _publish(aside: Path, folder: Path, wanted: Wanted) -> None:
    try:
        aside.rename(folder)
    except OSError:
        other = _manifest(folder, wanted)
        if other and _tells_of(other, wanted):
            return  # another process was faster
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    _drop_older(folder)


def _built(wanted: Wanted, numbers: Ids, aside: Path) -> Manifest:
    """Both indexes from the store alone."""
    vectors = _vectors(wanted, numbers)
    vectors.save(aside / _VECTORS)
    shutil.rmtree(aside / _WORDS, ignore_errors=True)
    (aside / _WORDS).mkdir()
    LexicalIndex.build(lookup.texts(wanted.store, numbers), aside / _WORDS)
    return _completed(wanted, numbers, aside, len(vectors), 0, {})


def _vectors(wanted: Wanted, numbers: Ids) -> VectorIndex:
    spec = factory(wanted.setting, len(numbers))
    most = min(len(numbers), sample_size(spec, wanted.dimension))
    chosen = numbers[np.linspace(0, len(numbers) - 1, most).astype(np.int64)] if most else numbers
    empty = np.zeros((0, wanted.dimension), dtype=np.float32)
    read = lookup.vectors(wanted.store, chosen, wanted.embedder, wanted.dimension)
    sample = np.concatenate([empty, *(matrix for _, matrix in read)])
    made = VectorIndex.empty(wanted.dimension, spec, sample)
    for part, matrix in lookup.vectors(wanted.store, numbers, wanted.embedder, wanted.dimension):
        made.add(part, matrix)
    made.settle(sample)
    return made


def _changed(wanted: Wanted, generation: int, numbers: Ids, aside: Path) -> Manifest | None:
    """The indexes of the last generation with what has changed since; None where they are better made anew."""
    older = [int(path.name) for path in wanted.home.iterdir() if path.name.isdigit() and int(path.name) < generation]
    folder = wanted.home / str(max(older, default=0))
    before = _manifest(folder, wanted)
    if before is None or before["factory"] != factory(wanted.setting, len(numbers)):
        return None
    held = np.load(folder / _NUMBERS)
    removed, added = np.setdiff1d(held, numbers), np.setdiff1d(numbers, held)
    drift = before["drift"] + len(removed) + len(added)
    vectors = VectorIndex.load(folder / _VECTORS, before["vectors"])
    if drift > DRIFT * len(numbers) or vectors is None or not vectors.remove(removed):
        return None
    for part, matrix in lookup.vectors(wanted.store, added, wanted.embedder, wanted.dimension):
        vectors.add(part, matrix)
    vectors.save(aside / _VECTORS)
    shutil.copytree(folder / _WORDS, aside / _WORDS, copy_function=_link, ignore=shutil.ignore_patterns("*.lock"))
    words = LexicalIndex.changed(aside / _WORDS, removed.tolist(), lookup.texts(wanted.store, added))
    if len(words) != len(numbers):
        return None
    return _completed(wanted, numbers, aside, len(vectors), drift, before["files"])


def _link(source: str, target: str) -> None:
    """A second name for a file of tantivy, which writes each once; a copy where there are no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _completed(
    wanted: Wanted, numbers: Ids, aside: Path, vectors: int, drift: int, known: dict[str, list[int]]
) -> Manifest:
    np.save(aside / _NUMBERS, numbers)
    last = next(lookup.texts(wanted.store, numbers[-1:]), (0, ""))
    return {
        "format": _FORMAT,
        "embedder": wanted.embedder,
        "factory": factory(wanted.setting, len(numbers)),
        "passages": len(numbers),
        "vectors": vectors,
        "last": [last[0], text_hash(last[1]).hex()],
        "drift": drift,
        "files": _stamps(aside, known),
    }


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
