"""Slips in copying: two values that are one number, wrongly written down once."""

from __future__ import annotations

import re

from rag.values import find, kind_of, normalize, same

_SPELL = re.compile(r"(?P<number>\S+)[ -](?P<unit>[^\W\d_]+?)s?")
_SMALL = re.compile(r"count \d")
_MONTH = re.compile(r"(?P<year>\d{4}|-)-(?P<month>\d\d)")

_TELLING = 1000
_NEAR, _FAR = 2, 3  # places by which a decimal point is wrong


def slipped(a: str, b: str) -> bool:
    """Whether two numbers or dates of one unit differ and yet have the same digits, in another order or place.

    So it is with a decimal point in the wrong place ("$5 billion", "$50 billion"), with digits that changed places
    (1978, 1987) and with a day taken for the month: the usual slips in copying a number. A month without a day is a
    word, and words are not copied digit by digit; nor is a count below ten, and small counts are everywhere. A bare
    number may be of money: "35 million" for "53 million francs".
    """
    kinds = {kind_of(a), kind_of(b)}
    if kinds & {"name", "text"} or same(a, b) or _few(a) or _few(b):
        return False
    (unit, own), (other, others) = _unit_and_figures(a), _unit_and_figures(b)
    moved = own.strip("0") == others.strip("0") and abs(len(own) - len(others)) <= (_FAR if _spelled(a, b) else _NEAR)
    return (
        bool(own.strip("0")) and (unit == other or _bare(a, b)) and (moved or _turned(own, others, kinds == {"date"}))
    )


def _turned(own: str, others: str, days: bool) -> bool:
    """Whether the digits changed places; of a day or an hour only two of them, or day and month."""
    if not days:
        return sorted(own) == sorted(others)
    apart = [pair for pair in zip(own, others, strict=False) if pair[0] != pair[1]]
    swapped = len(apart) == 2 and apart[0] == apart[1][::-1]
    return len(own) == len(others) and (swapped or own[:-4] + own[-2:] + own[-4:-2] == others)


def _bare(a: str, b: str) -> bool:
    """Whether one is money and the other a number that is large enough to be money without its currency."""
    found = [value for text in (a, b) for value in find(text)[:1]]
    return {value.kind for value in found} == {"count", "money"} and min(value.low for value in found) >= _TELLING


def _spelled(a: str, b: str) -> bool:
    """Whether both have words, in which a slip may be one from million to billion."""
    return all(re.search(r"[^\W\d_]", text) for text in (a, b))


def _few(value: str) -> bool:
    return bool(_SMALL.fullmatch(normalize(value)))


def digits(text: str) -> list[str]:
    """The digits that a slip leaves as they are: those of the number or date but for zeros, sorted."""
    return sorted(_unit_and_figures(text)[1].replace("0", ""))


def _unit_and_figures(text: str) -> tuple[str, str]:
    normal = normalize(text)
    unit, _, number = normal.partition(" ")
    amount, _, measure = number.partition(" ")
    spell = _SPELL.fullmatch(text.strip()) if unit == "duration" else None
    if spell:  # as it is written: 26 hours are 62 with the digits changed, whatever days they are
        amount, measure = normalize(spell["number"]).partition(" ")[2], spell["unit"].lower()
    month = _MONTH.fullmatch(amount) if unit == "date" else None
    if month:
        amount, measure = month["year"], month["month"]
    return f"{unit} {measure}", re.sub("[^0-9]", "", amount)
