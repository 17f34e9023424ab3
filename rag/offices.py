"""Whose office a person is said to hold: "Lindt CEO Ann Osk", "Ann Osk, the head of Lindt", "Lindt's boss, Ann Osk"."""

from __future__ import annotations

from collections.abc import Set

import regex

from rag import values
from rag.cues import STOPWORDS
from rag.words import stems

_OFFICE = (
    r"(?:(?:vice|deputy|interim|acting|former|then|co|founding|managing|executive|general|prime|foreign|finance|interior"
    r"|head|chief|senior)[ -])*(?:CEO|CFO|CTO|COO|CMO|chief executive(?: officer)?|chief \w+ officer|boss|head|leader"
    r"|chair(?:man|woman|person)?|president|minister|mayor|director|manager|founder|coach|captain|spokes(?:man|woman|person)"
    r"|governor|secretary|chancellor|editor|analyst|owner|head coach|partner|adviser|advisor|investigator)"
)
_BEFORE = regex.compile(rf"(?:['’]s?)?\s+{_OFFICE},?\s*\Z", regex.IGNORECASE)
_OF_BEFORE = regex.compile(rf"\b{_OFFICE}\s+(?:of|at|for)\s+(?:the\s+)?\Z", regex.IGNORECASE)
_BEHIND = regex.compile(rf"\A,?\s+(?:the\s+|its\s+|an?\s+)?{_OFFICE}\s+(?:of|at|for)\s+(?:the\s+)?\Z", regex.IGNORECASE)
_BEHIND_OWNER = regex.compile(r"\A,\s+(?:the\s+)?\Z")
# A name of one word that begins a sentence is told by the office behind it.
_DIRECT = regex.compile(rf"(?<![\w’'-])(\p{{Lu}}[\w&’'.-]*)\s+(?i:{_OFFICE})\s*\Z")
_RANKS = frozenset("vice deputy interim acting former then co founding managing chief senior new".split())
_BARE = regex.compile(rf"\b{_OFFICE}\s*\Z")
_OFFICE_NEXT = regex.compile(rf"\A(?:['’]s?)?\s+{_OFFICE}\b", regex.IGNORECASE)


def held(text: str, start: int, end: int, wanted: Set[str]) -> float:
    """Whether whoever stands at `text[start:end]` holds an office of a name in the question, whose stems are `wanted`.

    1 where it is so, -1 where it is an office of another name, 0 where the text does not say. An office without an
    owner ("Its results were good; CEO Ann Osk said") is that of the name before it.
    """
    names = values.names(text)
    owners = [
        name.text
        for name in names
        if (name.end <= start and _owns_before(text, name.start, name.end, start))
        or (name.start >= end and _owns_behind(text, end, name.start, name.end))
    ]
    direct = _DIRECT.search(text[:start])
    if direct and direct[1].lower() not in STOPWORDS | _RANKS:
        owners.append(regex.sub(r"['’]s?$", "", direct[1]))
    if not owners and _BARE.search(text[:start]):
        owners = [name.text for name in names if name.end <= start][-1:]
    if not owners:
        return 0.0
    return 1.0 if any(set(stems(owner)) <= wanted for owner in owners) else -1.0


def _owns_before(text: str, left: int, right: int, start: int) -> bool:
    """OWNER OFFICE PERSON, or: OFFICE of OWNER, PERSON."""
    between = text[right:start]
    if _BEFORE.match(between):
        return True
    return between.strip() in (",", "") and _OF_BEFORE.search(text[:left]) is not None


def _owns_behind(text: str, end: int, left: int, right: int) -> bool:
    """PERSON, OFFICE of OWNER, or: PERSON, OWNER OFFICE."""
    between = text[end:left]
    if _BEHIND.match(between):
        return True
    return _BEHIND_OWNER.match(between) is not None and _OFFICE_NEXT.match(text[right:]) is not None
