"""How a possible answer stands to the question's words in its sentence: the syntax that needs no parser.

An amount belongs to the name nearest to it and to the words of its own clause: in "Ann paid $5 and Bob $7" the
question about Bob wants $7 although both amounts stand in one sentence with every word of the question.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import regex

from rag import values
from rag.grammar import words
from rag.words import Rarity, stems

_CLAUSE_END = regex.compile(
    r"[;:—–]\s|,\s(?!\d)|\s(?:while|whereas|but|although|and(?=\s+(?:\p{Lu}|the\b|it\b|he\b|she\b|they\b)))\s",
    regex.IGNORECASE,
)
_REACH = 4


@dataclass(frozen=True, slots=True)
class Alignment:
    """Each 0 to 1. distance: how far the question's words stand from the span, weighted by rarity.

    clause: the share of the question's words, by weight, that stand in the span's own clause. bound: 1 where the name
    nearest to the span is one that the question names, 0 where it is another, 0.5 where there is none.
    """

    distance: float
    clause: float
    bound: float


def align(text: str, start: int, end: int, wanted: Set[str], rarity: Rarity) -> Alignment:
    """The alignment of `text[start:end]` with the question's stems `wanted`."""
    clause_start, clause_end = clause(text, start, end)
    return Alignment(
        _distance(text, start, end, wanted, rarity),
        rarity.coverage(sorted(wanted), text[clause_start:clause_end]),
        _bound(text, start, end, wanted),
    )


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the clause of `text[start:end]` begins and ends."""
    before = [match.end() for match in _CLAUSE_END.finditer(text, 0, start)]
    after = _CLAUSE_END.search(text, end)
    return (before[-1] if before else 0, after.start() if after else len(text))


def _distance(text: str, start: int, end: int, wanted: Set[str], rarity: Rarity) -> float:
    """1 - mean closeness, each word by its rarity; closeness halves at `_REACH` words."""
    spots = words(text)
    inside = [i for i, (left, right) in enumerate(spots) if left < end and right > start] or [0]
    best: dict[str, float] = {}
    for i, (left, right) in enumerate(spots):
        gap = max(inside[0] - i, i - inside[-1], 0)
        for word in set(stems(text[left:right])) & wanted:
            best[word] = max(best.get(word, 0.0), 1 / (1 + gap / _REACH))
    total = sum(rarity.weight(word) for word in wanted)
    return 1 - sum(rarity.weight(word) * close for word, close in best.items()) / total if total else 1.0


def _bound(text: str, start: int, end: int, wanted: Set[str]) -> float:
    names = [name for name in values.names(text) if name.end <= start or name.start >= end]
    if not names:
        return 0.5
    gaps = [(_gap(text, start, end, name.start, name.end), set(stems(name.text)) <= wanted) for name in names]
    nearest = min(gap for gap, _ in gaps)
    return 1.0 if any(own for gap, own in gaps if gap == nearest) else 0.0


def _gap(text: str, start: int, end: int, left: int, right: int) -> int:
    between: Sequence[str] = text[right:start].split() if right <= start else text[end:left].split()
    return len(between)
