"""Whether a value has the form that a question asks for: a date that tells the hour, an age, a currency."""

from __future__ import annotations

import regex

from rag import values
from rag.question import Question

_DATE_PARTS = tuple(
    (regex.compile(rf"\b(?:what|which) {asked}", regex.IGNORECASE), regex.compile(told))
    for asked, told in (
        (r"(?:exact )?(?:time|hour)\b(?! (?:of|frame|period|span|zone))", r"\d\d:\d\d"),
        (r"year\b", r"\b\d{4}"),
        (r"month\b", r"(?:-|\d{4})-\d\d"),
    )
)
_HOW_OLD = regex.compile(r"\bhow old\b", regex.IGNORECASE)
_YEARS = regex.compile(r"\b(?:year|month|week|decade|centur)", regex.IGNORECASE)
_NUMBERED = regex.compile(r"(?:\b(?:no|number|page|line|room|chapter|at|of|for)\.?|[$€£#])\s*$", regex.IGNORECASE)
_OF_SOMETHING = regex.compile(r"\s+(?!(?:and|when|but|who|or|in|at|on|as|then|now|years?|this|last|next)\b)\p{L}|[%°]")
OLDEST = 125


def fits(text: str, start: int, end: int, question: Question) -> bool:
    """Whether the value at these characters of `text` has the form asked for."""
    return _dated(text[start:end], question) and (not _HOW_OLD.search(question.text) or _aged(text, start, end))


def currency(question: Question) -> str:
    """The currency that a question for money asks for ("in RMB"), or ""."""
    if "money" not in question.kinds:
        return ""
    units = (value.unit for term in question.terms for value in values.find(f"5 {term}") if value.kind == "money")
    return next(units, "")


def _dated(value: str, question: Question) -> bool:
    """Whether a date tells the part that the question asks for ("at what time", "in which year")."""
    wanted = next((told for asked, told in _DATE_PARTS if asked.search(question.text)), None)
    return wanted is None or values.kind_of(value) != "date" or bool(wanted.search(values.normalize(value)))


def _aged(text: str, start: int, end: int) -> bool:
    """Whether a number may be an age: of years, or alone ("Otto Wren, 84,"), no number of things or of a house."""
    if _YEARS.search(text[start:end]):
        return True
    number = next((value.low for value in values.find(text[start:end]) if value.kind == "count"), OLDEST + 1)
    alone = not _NUMBERED.search(text[:start]) and not _OF_SOMETHING.match(text[end:])
    return number <= OLDEST and alone
