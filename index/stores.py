"""Where an index is kept: on this machine, or in Milvus."""

from __future__ import annotations

from pathlib import Path

from index.errors import SettingsError
from index.local import open_local
from index.types import Store

LOCAL = "local"


def open_store(where: str, folder: Path, rebuild: bool = False) -> Store:
    """The store that the setting `store` names: "local" is `folder`; else a Milvus server's URL or a .db file.

    With `rebuild` one that cannot be read is made anew. Raises StorageError, IndexLocked, SettingsError.
    """
    if where == LOCAL:
        return open_local(folder, rebuild)
    raise SettingsError(f"The store {where!r} is not known.", "Known: local.")
