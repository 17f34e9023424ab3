"""Where an index is kept: on this machine, or in Milvus."""

from __future__ import annotations

from pathlib import Path

from index.local import open_local
from index.settings import IndexSettings
from index.types import Store

LOCAL = "local"


def open_store(settings: IndexSettings, name: str, folder: Path, rebuild: bool = False) -> Store:
    """The store that `settings.store` names: "local" is `folder`; else a Milvus server's URL or a .db file.

    There the index is called `name`, and `folder` only keeps the lock of this machine's processes. With `rebuild` one
    that cannot be read is made anew. Raises StorageError, IndexLocked, SettingsError.
    """
    if settings.store == LOCAL:
        return open_local(folder, rebuild, settings.index_factory)
    from index.milvus import open_milvus

    return open_milvus(settings.store, name, folder, rebuild)
