"""Questions to start from, taken from the corpus itself."""

from __future__ import annotations

import calendar
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.types import Document

MOST = 4
SCANNED = 200  # documents looked at for names
_CALENDAR = {*calendar.month_name, *calendar.month_abbr, *calendar.day_name}  # names of nothing in particular
_NAME = re.compile(r"(?<![.!?:“\"'] )(?<=\w[ ,] |.\w )\b[A-Z][\w&'’-]+(?: [A-Z][\w&'’-]+){0,3}")


def questions(source: Path, documents: Sequence[Document]) -> list[str]:
    """At most four: those that `examples` in the folder's sources.toml lists, else about what the documents share."""
    return stated(source / "sources.toml") or [f"What do the sources say about {name}?" for name in names(documents)]


def stated(file: Path) -> list[str]:
    """The questions listed under `examples`; none where there is no such list."""
    try:
        listed = tomllib.loads(file.read_text(encoding="utf-8")).get("examples", [])
    except (OSError, ValueError):
        return []
    return (
        [text for text in listed if isinstance(text, str) and text.strip()][:MOST] if isinstance(listed, list) else []
    )


def names(documents: Sequence[Document]) -> list[str]:
    """The names that stand in most documents, the commonest first; longer ones win over their parts."""
    held: Counter[str] = Counter()
    for document in documents[:SCANNED]:
        held.update(set(_names(document.text)))
    chosen: list[str] = []
    for name, _ in sorted(held.items(), key=lambda item: (-item[1], -len(item[0]), item[0])):
        if not any(name in other or other in name for other in chosen):
            chosen.append(name)
    return chosen[:MOST]


def _names(text: str) -> Iterator[str]:
    """Runs of capitalised words inside a sentence: a word that begins one says nothing by its capital."""
    for match in _NAME.finditer(text[:20_000]):
        if len(match[0]) > 2 and _CALENDAR.isdisjoint(match[0].split()):
            yield match[0].removesuffix("'s").removesuffix("’s")
