"""What a pronoun of a follow-up stands for: the last answer, or something that an earlier question speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from rag import values
from rag.cue_words import AUXILIARY, CONTRASTING, OFFICE

_IGNORE = regex.IGNORECASE
_BESIDES = r"new|big|biggest|large|largest|small|smallest|main|whole|entire|local|national|chief|acting|other|only"
_PARTICIPLE = r"(?!(?:injured|wounded|accused|deceased|unemployed|elected)\b)[\w-]+(?<!e)ed"
NOUN_PHRASE = regex.compile(
    rf"\b(?:the|this|that|an?)\s+(?:(?:{CONTRASTING}|{_BESIDES}|{_PARTICIPLE})\s+(?!(?:{AUXILIARY}|of|in|on|at|by|to|for|and)\b))*"
    r"[\w-]+\b",
    _IGNORE,
)
_DESCRIBED = regex.compile(
    rf"\s*(?:who|what) (?:is|was|are|were|became|becomes)\s+"
    rf"(?P<what>(?:the|an?|\p{{Lu}}[\w.-]*['’]s|{OFFICE})\s[^,;?]+?)(?: called| named)?\W*$",
    _IGNORE,
)
_WHO = regex.compile(r"\s*who(?:['’]s| (?:is|was|are|were)\b)?", _IGNORE)
_OFFICE = regex.compile(
    r"\b(?:CEO|CFO|COO|chief|boss|head|chair\w*|president|minister|mayor|director|manager|founder|owner|coach|captain|judge"
    r"|king|queen|man|woman|doctor|author|leader|secretary|governor|chancellor|spokes\w+)\b",
    _IGNORE,
)
_ASKED_FOR = regex.compile(
    r"^(?:which|what)\s+(?P<things>(?:[\w'’-]+\s+){0,2}?[\w-]{2,}s)\s+"
    r"(?:did|do|was|were|are|will|would|have|had|can|could|should|may|might)\b",
    _IGNORE,
)
_PLACED = regex.compile(r"\b(?:in|at|into|outside)\s+(?:the\s+)?$", _IGNORE)
_SEVERAL = frozenset({"they", "them", "those", "these"})
_OWNING = frozenset({"its", "their", "theirs"})


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question, as it was answered, and the value its accepted position had ("" where there was none)."""

    question: str
    value: str = ""


def referent(turns: Sequence[Turn], pronoun: str, besides: str = "") -> str:
    """What `pronoun` ("he" for any person) stands for after `turns`, but not `besides`; "" where nothing fits."""
    for turn in reversed(turns):
        found = _person(turn, besides) if pronoun == "he" else _thing(turn, pronoun, besides)
        if found or (pronoun == "he" and _WHO.match(turn.question)):
            return found
    return ""


def named(question: str) -> list[tuple[int, int]]:
    """Where names stand in `question`, offices before them cut off ("the CEO of Lindt" names Lindt)."""
    spots = []
    for name in values.names(question.rstrip("?!. ") + "?"):
        office = regex.match(r"\p{Lu}{2,4}(?:\s+of(?:\s+the)?)?\s*", name.text)
        start = name.start + (office.end() if office and _OFFICE.match(name.text) else 0)
        if start < name.end:
            spots.append((start, name.end))
    return spots


def _person(turn: Turn, besides: str) -> str:
    """Whom the last answer names, else whom the question does: not the place that something is "in" or "from".

    Who was asked for and not found is called as the question did: "the mayor of Ostley".
    """
    asked = _WHO.match(turn.question)
    if asked and _is_name(turn, besides):
        return turn.value
    if asked:
        described = _DESCRIBED.match(turn.question)
        named = next((name for start, name in _names(turn.question, besides) if start <= asked.end() + 1), "")
        return _definite(described["what"]) if described else named
    names = [
        (start, name) for start, name in _names(turn.question, besides) if not _PLACED.search(turn.question, 0, start)
    ]
    alone = [name for start, name in names if not turn.question[:start].rstrip().lower().endswith(" the")]
    return next(iter(alone or [name for _, name in names]), "")


def _definite(office: str) -> str:
    return f"the {office}" if regex.match(rf"(?:{OFFICE})\b", office, _IGNORE) else office


def _thing(turn: Turn, pronoun: str, besides: str) -> str:
    """For "it" the thing that the question speaks of comes before the one that it names: the ferry, not its port."""
    if regex.match(r"\s*(?:which|what|who)\b", turn.question, _IGNORE) and _is_name(turn, besides):
        return turn.value
    several = _ASKED_FOR.match(turn.question) if pronoun in _SEVERAL else None
    if several:
        return f"the {several['things']}"
    names = [name for _, name in _names(turn.question, besides)]
    phrases = [
        match[0]
        for match in NOUN_PHRASE.finditer(turn.question)
        if not _OFFICE.search(match[0]) and not values.names(match[0])
    ]
    first, second = (names, phrases) if pronoun in _OWNING or pronoun in _SEVERAL else (phrases, names)
    return next(iter(first or second), "")


def _is_name(turn: Turn, besides: str) -> bool:
    return bool(turn.value) and turn.value != besides and values.kind_of(turn.value) == "name"


def _names(question: str, besides: str) -> list[tuple[int, str]]:
    found = [(start, regex.sub(r"['’]s?$", "", question[start:end])) for start, end in named(question)]
    return [(start, name) for start, name in found if name != besides]
