"""Whether a sentence turns round what a text says: another's figure for a name, or the doer for the one it is done to.

Both hold the same names and figures, so that to look each up shows nothing. Told by their order alone, and rather once
too often: what is taken for turned round is quoted instead.
"""

from __future__ import annotations

import regex

from rag import values
from rag.values import Value

_SAYS = regex.compile(
    r"(?:['’]s \w+)? (?:has |had )?(?:sa(?:id|ys)|announce[ds]|state[ds]|told|tells|report(?:ed|s)|confirm(?:ed|s)|"
    r"wr(?:ote|ites)|mention(?:ed|s)|disclose[ds]|add(?:ed|s)|claim(?:ed|s))\b"
)
_ACCORDING = regex.compile(r"(?:according to|(?:said|says)) (?:the )?\Z", regex.IGNORECASE)
_TURNING = regex.compile(r"\b(?:by|from|receiv\w+|g[eo]ts?|bought|sold)\b", regex.IGNORECASE)


def swapped(words: str, span: str) -> list[str]:
    """The names of `words` that stand in another order than in `span`, and figures that stand by another's name."""
    here, there = values.names(f"{words}."), values.names(span)
    return _turned(words, span, there) + _misplaced(words, span, here, there)


def _turned(words: str, span: str, there: list[Value]) -> list[str]:
    """The span's names in another order, where no word such as "by" accounts for it; names that only say it aside."""
    if len(_TURNING.findall(words)) != len(_TURNING.findall(span)):
        return []
    found = [
        regex.search(rf"\b{regex.escape(name.text.split()[-1])}\b", words)
        for name in there
        if _acts(span, *_ends(name))
    ]
    order = [match.start() for match in found if match and _acts(words, *match.span())]
    return ["order of names"] if order != sorted(order) else []


def _ends(name: Value) -> tuple[int, int]:
    return name.start, name.end


def _acts(text: str, start: int, end: int) -> bool:
    """Whether what stands there is more than the one who says it."""
    return not _SAYS.match(text, end) and not _ACCORDING.search(text[max(0, start - 20) : start])


def _place(name: Value, names: list[Value], span: str) -> int | None:
    return next((i for i, other in enumerate(names) if values.same(name.text, other.text, context=[span])), None)


def _misplaced(words: str, span: str, here: list[Value], there: list[Value]) -> list[str]:
    """Figures whose nearest name is none of the two nearest in the span, where that has several figures of the kind."""
    held = values.find(span)
    found = []
    for value in values.find(words):
        rivals = [other for other in held if other.kind == value.kind]
        if len(rivals) < 2 or not here:
            continue
        name = _nearest(value, here)[0]
        near = [_nearest(other, there)[:2] for other in rivals if values.same(value.text, other.text)]
        if _place(name, there, span) is not None and not any(_place(name, pair, span) is not None for pair in near):
            found.append(value.text)
    return found


def _nearest(value: Value, names: list[Value]) -> list[Value]:
    return sorted(names, key=lambda name: max(name.start - value.end, value.start - name.end))
