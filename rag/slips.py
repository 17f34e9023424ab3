"""Slips in copying: two values that are one number, wrongly written down once."""

from __future__ import annotations

import re

from rag.values import kind_of, normalize, same

_SPELL = re.compile(r"(?P<number>\S+)[ -](?P<unit>[^\W\d_]+?)s?")
_SMALL = re.compile(r"count \d")
_MONTH = re.compile(r"(?P<year>\d{4}|-)-(?P<month>\d\d)")

_NEAR, _FAR = 2, 3  # places by which a decimal point is wrong


def slipped(a: str, b: str) -> bool:
    """Whether two numbers or dates of one unit differ and yet have the same digits, in another order or place.

    So it is with a decimal point in the wrong place ("$5 billion", "$50 billion"), with digits that changed places
    (1978, 1987) and with a day taken for the month: the usual slips in copying a number. A month without a day is a
    word, and words are not copied digit by digit; nor is a count below ten, and small counts are everywhere.
    """
    if kind_of(a) in ("name", "text") or same(a, b) or _few(a) or _few(b):
        return False
    (unit, own), (other, others) = _unit_and_figures(a), _unit_and_figures(b)
    turned = sorted(own) == sorted(others)
    moved = own.strip("0") == others.strip("0") and abs(len(own) - len(others)) <= (_FAR if _spelled(a, b) else _NEAR)
    return bool(own.strip("0")) and unit == other and (moved or turned)


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
