"""Settings: flag > environment (`RAG_*`) > `rag.toml` > default, in one frozen dataclass."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, get_type_hints

from platformdirs import user_cache_path, user_data_path

from index.errors import SettingsError

APP = "corroborate"


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What shapes an index. Token counts are of the embedder's own tokenizer.

    home: folder for data and caches; empty means platformdirs' folders for this user.
    embedder: "default" (the packaged all-MiniLM-L6-v2), a folder, or a hub name.
    store: where indexes are kept: "local", a Milvus server's URL, or a file of Milvus Lite (`name.db`).
    index_factory: how FAISS holds the vectors: "auto" (by size), or any faiss.index_factory string.
    passage_tokens: the length passages are filled up to; passage_limit: never passed.
    """

    home: str = ""
    embedder: str = "default"
    store: str = "local"
    index_factory: str = "auto"
    passage_tokens: int = 160
    passage_limit: int = 240

    @property
    def data_dir(self) -> Path:
        """Where indexes live."""
        return Path(self.home) / "data" if self.home else user_data_path(APP)

    @property
    def cache_dir(self) -> Path:
        """Where models made from other models live."""
        return Path(self.home) / "cache" if self.home else user_cache_path(APP)

    @classmethod
    def load(
        cls,
        flags: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] | None = None,
        file: Path | None = None,
    ) -> Self:
        """The settings in force. `flags` that are None are left out; unknown keys of the file are an error."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = _from_file(cls, file or Path("rag.toml"))
        types = get_type_hints(cls)
        for name in _names(cls):
            raw = environ.get(f"RAG_{name.upper()}")
            if raw is not None:
                values[name] = _parse(name, raw, types[name])
        values |= {key: value for key, value in (flags or {}).items() if value is not None}
        return cls(**values)


def _names(cls: type[Any]) -> list[str]:
    return [item.name for item in dataclasses.fields(cls)]


def _from_file(cls: type[Any], path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.", "Mend or remove it.") from error
    unknown = set(values) - set(_names(cls))
    if unknown:
        hint = f"Known: {', '.join(_names(cls))}."
        raise SettingsError(f"{path} has unknown settings: {', '.join(sorted(unknown))}.", hint)
    types = get_type_hints(cls)
    return {key: _parse(key, str(value), types[key]) for key, value in values.items()}


def _parse(name: str, raw: str, kind: type[Any]) -> Any:
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[raw.lower()]
        return kind(raw)
    except (ValueError, KeyError):
        raise SettingsError(f"The setting {name} is {raw!r}, which is no {kind.__name__}.", "Correct it.") from None
