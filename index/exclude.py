"""Which files are left out: patterns as in .gitignore (gitignore(5)), by pathspec."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.base import GitIgnorePatternError

from index.errors import SourceError

IGNORE = ".corroborateignore"


def excluded(source: Path, patterns: Sequence[str] = ()) -> GitIgnoreSpec:
    """What the file `.corroborateignore` in `source` names, then `patterns`; paths are posix, relative to `source`.

    Folders end with a slash. Raises SourceError where the file cannot be read or a pattern is none.
    """
    lines = [*_file(source / IGNORE), *patterns]
    try:
        return GitIgnoreSpec.from_lines(lines)
    except (GitIgnorePatternError, re.error) as error:
        raise SourceError(f"A pattern to leave files out is wrong: {error}.", "See gitignore(5).") from error


def _file(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read: {error}.", "Mend or remove it.") from error
