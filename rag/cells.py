"""Rows of a table as `index.tables` writes them, "Place: Naxos; Gust: 151 km/h": which cell a question asks for.

Prose says what a figure is; a row leaves it to the name of the column, and to the other cells what it is the figure of.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from rag.words import stems

_APART = "; "
_NAMED = ": "


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: the stems of its column's name, those of its own words, and where it stands in the row."""

    name: frozenset[str]
    words: frozenset[str]
    start: int
    end: int


def cells(text: str) -> list[Cell]:
    """The cells of a row, empty where `text` is none: two parts or more, most of them with the name of a column."""
    found = list(_parts(text))
    named = sum(bool(cell.name) for cell in found)
    return found if len(found) > 1 and 2 * named > len(found) else []


def _parts(text: str) -> Iterator[Cell]:
    start = 0
    for part in text.split(_APART):
        name, value = part.split(_NAMED, 1) if _NAMED in part else ("", part)
        yield Cell(frozenset(stems(name)), frozenset(stems(value)), start, start + len(part))
        start += len(part) + len(_APART)


def column(row: list[Cell], start: int, asked: Set[str]) -> float:
    """1 where the column over `start` is named in the question's words `asked`, -1 where another is instead."""
    own = next((cell for cell in row if cell.start <= start < cell.end), None)
    if own is None or not any(cell.name & asked for cell in row):
        return 0.0
    return 1.0 if own.name & asked else -1.0


def line(row: list[Cell], start: int, asked: Set[str]) -> float:
    """1 where another cell than the one over `start` has a word of the question, -1 where none has; 0 without a row."""
    besides = [cell for cell in row if not cell.start <= start < cell.end]
    return (1.0 if any(cell.words & asked for cell in besides) else -1.0) if row else 0.0
