"""What is newest: a question for the latest is answered by the source that was published last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import regex

from rag import values
from rag.alignment import clause
from rag.types import Position
from rag.words import stems

_LATEST = regex.compile(
    r"\b(?:latest|newest|most (?:recent|up[- ]to[- ]date)|up[- ]to[- ]date|current(?:ly)?"
    r"|as of (?:now|today)|right now|at present|these days|by now|to date|so far)\b|\bnow\W*$"
    r"|(?<!\b(?:did|was|were|had)\b.*)\btoday\W*$",
    regex.IGNORECASE,
)

_BEFORE = regex.compile(r"\b(?:previous|prior|former|preceding|earlier) (?:\w+ )?\w+", regex.IGNORECASE)

Dates = Mapping[str, str | None]
"""When each document was published: an ISO date as precise as is known, or None."""


def asked(question: str) -> bool:
    """Whether `question` is for how things stand now."""
    return _LATEST.search(question) is not None


def formerly(question: str, text: str, start: int, end: int) -> bool:
    """Whether `question` is for the latest, and its clause gives `text[start:end]` as what was before.

    "OpenAI's previous raise closed at $40 billion" does not answer how much OpenAI raised last.
    """
    if not asked(question):
        return False
    wanted = set(stems(question))
    began, _ = clause(text, start, end)
    told = (match for match in _BEFORE.finditer(text, began, start) if wanted & set(stems(match.group())))
    between = (text[match.end() : start] for match in told)
    return any(not values.find(words) and not values.names(words) for words in between)


def latest_first(positions: Sequence[Position], published: Dates) -> tuple[Position, ...]:
    """The position that was published last as the accepted one, and those that are older as "earlier".

    Positions as `reconcile` gives them. One is older when its newest source is older than the oldest day that the
    newest source of the winner may be of; where a date is not known, nothing is concluded from it.
    """
    if len(positions) < 2 or not all(newest(position, published) for position in positions):
        return tuple(positions)
    winner = max(positions, key=lambda position: (newest(position, published), position.stance == "accepted"))
    day = newest(winner, published)
    others = [position for position in positions if position is not winner]
    return (
        replace(winner, stance="accepted"),
        *(replace(other, stance="earlier" if _before(other, day, published) else "disputed") for other in others),
    )


def newest(position: Position, published: Dates) -> str:
    """The date of the newest source that holds the position, "" where none is known."""
    return max((published.get(document) or "" for document in position.documents), default="")


def _before(position: Position, day: str, published: Dates) -> bool:
    """At the precision that both dates have: February 2026 is not before 27 February 2026."""
    own = newest(position, published)
    length = min(len(own), len(day))
    return own[:length] < day[:length]
