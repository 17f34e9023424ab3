"""Who, where several did it: "Lindt, Russell and Nestlé" where the reader found Nestlé."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from rag import values
from rag.types import Claim, Position

_SEVERAL = regex.compile(
    r"^(?:(?:and|so|but|also) )?(?:who|(?:by|with|from|to|for) whom|whom)\b(?! *(?:is|was|'s|’s)\b)", regex.IGNORECASE
)
_AND = r"and|or|as well as|&"
_GAP = regex.compile(
    rf"(?:\s*\([^()]*\))?(?:\s*,\s*(?:(?P<last>{_AND})\s+)?|\s+(?P<and>{_AND})\s+)(?:the\s+)?", regex.IGNORECASE
)


def completed(question: str, positions: Sequence[Position]) -> tuple[Position, ...]:
    """`positions` with each claim widened to the enumeration that it is a member of, where `question` may mean several.

    A position's value is then all that its claims enumerate, each once. Who is named by the accepted one is no dispute.
    """
    last = question.rsplit("? ", 1)[-1]
    if not positions or not _SEVERAL.match(last):
        return tuple(positions)
    asked = {values.normalize(name.text) for name in values.names(question)}
    (accepted, members), *others = (_completed(position, asked) for position in positions)
    return (accepted, *(other for other, named in others if not all(_among(name, members) for name in named)))


def _completed(position: Position, asked: set[str]) -> tuple[Position, list[str]]:
    found = [_enumeration(claim, asked) for claim in position.claims]
    named: list[str] = []
    for members in sorted((members for _, members in found), key=len, reverse=True):
        named += [name for name in members if not _among(name, named)]
    if len(named) < 2:
        return position, named
    value = f"{', '.join(named[:-1])} and {named[-1]}"
    return replace(position, claims=tuple(claim for claim, _ in found), value=value), named


def _among(name: str, members: Sequence[str]) -> bool:
    return any(values.same(name, other) for other in members)


def _enumeration(claim: Claim, asked: set[str]) -> tuple[Claim, list[str]]:
    """The claim drawn out over the names that an "and" or "or" joins to it, and these; by itself where none does.

    Not where one of them is named in the question: it is then no part of what is asked for.
    """
    text, offset = claim.sentence.text, claim.sentence.start
    own = (claim.start - offset, claim.end - offset)
    others = [(name.start, name.end) for name in values.names(text) if name.end <= own[0] or name.start >= own[1]]
    spots = sorted([own, *others])
    first, last = _run(text, spots, spots.index(own))
    members = [text[start:end] for start, end in spots[first : last + 1]]
    joined = any(_joint(text, spots, i) == "and" for i in range(first, last))
    if not joined or any(values.normalize(name) in asked for name in members):
        return claim, [claim.value]
    start, end = spots[first][0], spots[last][1]
    return replace(claim, value=text[start:end], start=offset + start, end=offset + end), members


def _run(text: str, spots: Sequence[tuple[int, int]], at: int) -> tuple[int, int]:
    """The first and the last of the names around the one at `at` that nothing but commas and conjunctions part."""
    first = last = at
    while first > 0 and _joint(text, spots, first - 1):
        first -= 1
    while last + 1 < len(spots) and _joint(text, spots, last):
        last += 1
    return first, last


def _joint(text: str, spots: Sequence[tuple[int, int]], at: int) -> str:
    """What stands between a name and the next: "and", "comma", or "" where they are not joined."""
    gap = _GAP.fullmatch(text, spots[at][1], spots[at + 1][0])
    if gap is None:
        return ""
    return "and" if gap["last"] or gap["and"] else "comma"
