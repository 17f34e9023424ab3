"""The files of a source folder, and what `sources.toml` in it states about them."""

from __future__ import annotations

import datetime
import json
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathspec import GitIgnoreSpec

from index.errors import SourceError
from index.exclude import IGNORE, excluded

OVERRIDES = "sources.toml"
CASES = "cases.toml"  # an evaluation's questions about the sources, which are none themselves
EXAMPLES = "examples"  # its list of questions to start from, which is no document's
_TEXTS = ("title", "author", "publisher", "provenance", "rights")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that may become a document. `stated` is its table in sources.toml, values as text."""

    path: Path
    id: str
    size: int
    mtime_ns: int
    stated: tuple[tuple[str, str], ...] = ()


def find_sources(source: Path, besides: Path | None = None, exclude: Sequence[str] = ()) -> list[SourceFile]:
    """The files under `source` in the order of their ids.

    Left out are hidden ones, sources.toml and cases.toml, those `besides`, and what `exclude` and .corroborateignore
    name, patterns as in .gitignore. Raises SourceError where `source` is no folder, holds no files, or its
    sources.toml or a pattern cannot be read.
    """
    if not source.exists():
        raise SourceError(f"There is no folder {source}.", "Name a folder that holds your sources.")
    if not source.is_dir():
        raise SourceError(f"{source} is a file.", f"Name the folder that holds it: {source.parent}.")
    stated = _overrides(source / OVERRIDES)
    unwanted = excluded(source, exclude)
    files = [_file(path, source, stated) for path in _walk(source, besides, unwanted)]
    if not files and len(unwanted):
        raise SourceError(f"All files of the folder {source} are excluded.", f"Correct {IGNORE} or --exclude.")
    if not files:
        raise SourceError(f"The folder {source} holds no files.", "Put text, HTML, PDF or office files into it.")
    return sorted(files, key=lambda file: file.id)


def _walk(source: Path, besides: Path | None, unwanted: GitIgnoreSpec) -> list[Path]:
    def unreadable(error: OSError) -> None:
        if Path(error.filename) == source:
            raise SourceError(f"The folder {source} cannot be read.", "Check its permissions.") from error

    found: list[Path] = []
    apart = {source / OVERRIDES, source / CASES, besides}
    for folder, folders, names in os.walk(source, onerror=unreadable):
        at = Path(folder)
        within = "" if at == source else f"{at.relative_to(source).as_posix()}/"
        folders[:] = [name for name in folders if _wanted(f"{within}{name}/", unwanted) and at / name not in apart]
        inside = [at / name for name in names if _wanted(f"{within}{name}", unwanted)]
        found += [path for path in inside if path not in apart and path.is_file()]
    return found


def _wanted(path: str, unwanted: GitIgnoreSpec) -> bool:
    """Neither hidden nor excluded. What is in an excluded folder cannot be taken in again, as with git."""
    return not path.rstrip("/").rpartition("/")[2].startswith(".") and not (len(unwanted) and unwanted.match_file(path))


def _file(path: Path, source: Path, stated: dict[str, dict[str, str]]) -> SourceFile:
    id_ = path.relative_to(source).as_posix()
    stat = path.stat()
    return SourceFile(path, id_, stat.st_size, stat.st_mtime_ns, tuple(sorted(stated.get(id_, {}).items())))


def _overrides(path: Path) -> dict[str, dict[str, str]]:
    """By document id: title, author, publisher, date, provenance, rights, as far as they are stated."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read: {error}.", "Mend or remove it.") from error
    return {name: _table(path, name, table) for name, table in tables.items() if name != EXAMPLES}


def _table(path: Path, name: str, table: Any) -> dict[str, str]:
    if not isinstance(table, dict) or not set(table) <= {*_TEXTS, "date"}:
        raise SourceError(f"{path}: [{json.dumps(name)}] may state {', '.join(_TEXTS)} and date only.", "Correct it.")
    values = {key: value.isoformat() if isinstance(value, datetime.date) else value for key, value in table.items()}
    wrong = [key for key, value in values.items() if not isinstance(value, str)]
    if wrong:
        raise SourceError(f"{path}: {wrong[0]} of {name} is no text.", 'Write it in "quotation marks".')
    return values
