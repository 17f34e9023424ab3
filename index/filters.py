"""Which documents a search may look at: by path, by publisher, by date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import NamedTuple, Protocol

from index.errors import FilterError

_SHOWN = 10  # names listed in an error at most
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
_FIRST, _LAST = "-01-01", "-12-31"


class Described(Protocol):
    """What a filter looks at; `Document` has it."""

    @property
    def id(self) -> str: ...

    @property
    def published(self) -> str | None: ...

    @property
    def publisher(self) -> str | None: ...


class Outline(NamedTuple):
    """What a search looks at of a document; `same_as` is the document that holds its text where it does not itself."""

    id: str
    published: str | None
    publisher: str | None
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Documents pass that meet every condition given; within `documents` and `publishers` one of several is enough.

    documents: ids, names of files, or patterns of either ("*.pdf", "2026/*"); a folder ends with "/".
    publishers: whole names, in any case. since, until: ISO dates, inclusive, at their precision: "2026-02" is since
    its first or until its last day. A document dated less precisely passes where a day of its time may lie between;
    one without a date does not. Raises FilterError for what is no date.
    """

    documents: Sequence[str] = ()
    publishers: Sequence[str] = ()
    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        for text in filter(None, (self.since, self.until)):
            _check(text)
        if self.since and self.until and _first(self.since) > _last(self.until):
            raise FilterError(f"{self.since} is after {self.until}.", "Put the earlier date into since.")

    def __bool__(self) -> bool:
        return bool(self.documents or self.publishers or self.since or self.until)


def matching(where: Filter, documents: Iterable[Described]) -> list[str]:
    """The ids of the `documents` that pass, in their order.

    Raises FilterError where none does, or a pattern or publisher is nobody's: it says what there is.
    """
    held = list(documents)
    for pattern in where.documents:
        if not any(_named(document.id, pattern) for document in held):
            raise FilterError(f"No document is named {pattern!r}.", _listed([document.id for document in held]))
    publishers = sorted({document.publisher for document in held if document.publisher})
    for name in where.publishers:
        if _folded(name) not in map(_folded, publishers):
            raise FilterError(f"No document is published by {name!r}.", _listed(publishers))
    found = [document.id for document in held if passes(where, document)]
    if not found:
        dates = sorted(document.published for document in held if document.published)
        spread = f"Their dates go from {dates[0]} to {dates[-1]}." if dates else "None of them states its date."
        raise FilterError(f"None of the {len(held)} documents passes the filter.", spread)
    return found


def holding(where: Filter, outlines: Iterable[Outline]) -> list[str]:
    """The ids of the documents that hold the passages of those that pass. Raises FilterError as `matching`."""
    known = {outline.id: outline for outline in outlines}
    return list(dict.fromkeys(known[id_].same_as or id_ for id_ in matching(where, known.values())))


def passes(where: Filter, document: Described) -> bool:
    """Whether the document meets every condition."""
    if where.documents and not any(_named(document.id, pattern) for pattern in where.documents):
        return False
    if where.publishers and _folded(document.publisher or "") not in map(_folded, where.publishers):
        return False
    if not (where.since or where.until):
        return True
    dated = document.published
    if not dated or not _DATE.fullmatch(dated[:10]):
        return False
    late_enough = not where.since or _last(dated) >= _first(where.since)
    return late_enough and (not where.until or _first(dated) <= _last(where.until))


def _named(document_id: str, pattern: str) -> bool:
    if pattern.endswith("/"):
        return document_id.startswith(pattern)
    return document_id == pattern or any(
        fnmatchcase(name, pattern) for name in (document_id, PurePosixPath(document_id).name)
    )


def _check(text: str) -> None:
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        date.fromisoformat(_first(text))
    except ValueError:
        raise FilterError(f"{text!r} is no date.", "Write 2026, 2026-02 or 2026-02-27.") from None


def _first(text: str) -> str:
    """The first day that an ISO date may mean, in a form whose order is that of time."""
    return text[:10] + _FIRST[len(text[:10]) - 4 :]


def _last(text: str) -> str:
    return text[:10] + _LAST[len(text[:10]) - 4 :]


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "None is stated; sources.toml can state it."
    more = f", and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"There are: {', '.join(names[:_SHOWN])}{more}."
