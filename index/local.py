"""The index on this machine: the SQLite file, and FAISS and tantivy as its caches."""

from __future__ import annotations

import shutil
from pathlib import Path

from index.caches import Wanted
from index.errors import StorageError
from index.exactness import Exactness, examined
from index.search import open_searcher
from index.store import FILE, SqliteStore, storage_errors, writing
from index.types import Retrievers
from index.vectors import AUTO


class LocalStore(SqliteStore):
    """The store of one folder, searched by what is made of it on this machine."""

    def __init__(self, folder: Path, index_factory: str = AUTO) -> None:
        """As `SqliteStore`; `index_factory` is the setting."""
        super().__init__(folder)
        self._index_factory = index_factory

    def retrievers(self, embedder: str, dimension: int) -> Retrievers:
        """Hybrid search over what the store holds now."""
        return open_searcher(self, embedder, dimension, self._index_factory)

    def exactness(self, embedder: str, dimension: int) -> Exactness | None:
        """How exact the search by meaning is; None where no search has made its cache yet."""
        return examined(Wanted(self, embedder, dimension, self._index_factory))


def open_local(folder: Path, rebuild: bool, index_factory: str = AUTO) -> LocalStore:
    """The store in `folder`. With `rebuild` an empty one in its place where it cannot be read."""
    if not rebuild:
        return LocalStore(folder, index_factory)
    try:
        store = LocalStore(folder, index_factory)
        store.check()
    except StorageError:
        _clear(folder)
        return LocalStore(folder, index_factory)
    return store


def _clear(folder: Path) -> None:
    """Removes the index in `folder`, and nothing else that may be there."""
    with writing(folder), storage_errors(folder):
        for suffix in ("", "-wal", "-shm"):
            (folder / f"{FILE}{suffix}").unlink(missing_ok=True)
        shutil.rmtree(folder / "cache", ignore_errors=True)
