"""Whether a value has the form that a question asks for: a date that tells the hour, an age, a length, a currency."""

from __future__ import annotations

import regex

from rag import values
from rag.alignment import clause
from rag.question import Question
from rag.units import dimension

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
_PERSON_OF = regex.compile(
    r"\b(?:(?:wo)?man|boy|girl|child|youth|lad|teenager|student|pensioner|widow(?:er)?|age) of\s*$", regex.IGNORECASE
)
_OF_SOMETHING = regex.compile(r"\s+(?!(?:and|when|but|who|or|in|at|on|as|then|now|years?|this|last|next)\b)\p{L}|[%°]")
OLDEST = 125
_MEASURED = tuple(
    (regex.compile(rf"\b(?:{asked})\b", regex.IGNORECASE), frozenset(dimensions.split(", ")))
    for asked, dimensions in (
        (r"how long", "second, metre"),
        (r"how (?:far|tall|wide|deep)", "metre, second"),
        (r"how fast", "kilometre per hour, bit per second, second, hertz"),
        (r"how heavy|how much (?:\S+ ){0,6}weighs?", "gram"),
        (r"how (?:hot|cold|warm)|degrees?", "celsius, fahrenheit, degree"),
    )
)
_SIDES = {
    "length": regex.compile(r"\b(?:long(?:est|er)?|lengths?)\b", regex.IGNORECASE),
    "width": regex.compile(r"\b(?:wide(?:st|r)?|broad(?:est|er)?|widths?)\b", regex.IGNORECASE),
    "height": regex.compile(
        r"\b(?:high(?:est|er)?|tall(?:est|er)?|heights?|deep(?:est|er)?|depths?)\b", regex.IGNORECASE
    ),
    "thickness": regex.compile(r"\b(?:thick(?:est|er)?|thickness)\b", regex.IGNORECASE),
}
_CALLED = r"(?:long|wide|broad|high|tall|deep|thick)"
_SIDE_AFTER = regex.compile(rf"[\s-]+{_CALLED}\b", regex.IGNORECASE)
_SIDE_BEFORE = regex.compile(r"\b(?:length|width|height|depth|thickness) (?:is |was |of )(?:\w+ )?$", regex.IGNORECASE)
_SUPERLATIVE = regex.compile(rf"\b{_CALLED}e?st\b", regex.IGNORECASE)
_COUNTED = regex.compile(r"\bhow (?:many|much) ((?:[\p{L}²³]+ ?){1,4})", regex.IGNORECASE)


def fits(text: str, start: int, end: int, question: Question) -> bool:
    """Whether the value at these characters of `text` has the form asked for."""
    value = text[start:end]
    aged = not _HOW_OLD.search(question.text) or _aged(text, start, end)
    return aged and _dated(value, question) and _measured(value, question) and _sided(text, start, end, question)


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


def _measured(value: str, question: Question) -> bool:
    """Whether a quantity measures what is asked for: no grams for "how long", no metres for "how many litres"."""
    units = {found.unit for found in values.find(value) if found.kind == "quantity" and "/" not in found.unit}
    wanted = _wanted(question) if units else frozenset()
    return not wanted or all(dimension(unit) in wanted for unit in units)


def _sided(text: str, start: int, end: int, question: Question) -> bool:
    """Whether what the text calls long, wide, high or thick is asked for so; a height may be called a depth."""
    wanted = _sides(question.text)
    if not wanted or all(found.kind != "quantity" for found in values.find(text[start:end])):
        return True
    beside = _SIDE_AFTER.match(text, end) or _SIDE_BEFORE.search(text[:start])
    around = text[slice(*clause(text, start, end))]
    called = beside.group() if beside else around if _SUPERLATIVE.search(around) else ""
    return not called or bool(_sides(called) & wanted)


def _sides(text: str) -> set[str]:
    return {side for side, told in _SIDES.items() if told.search(text)}


def _wanted(question: Question) -> frozenset[str]:
    """The dimensions (rag.units.dimension) that the question asks for; none where it does not tell."""
    asked = next((wanted for pattern, wanted in _MEASURED if pattern.search(question.text)), None)
    if asked is not None:
        return asked
    counted = _COUNTED.search(question.text)
    words = counted[1].split() if counted else []
    named = (found for i in range(len(words)) for found in values.find(f"5 {' '.join(words[i:])}"))
    unit = next((found.unit for found in named if found.kind == "quantity"), "")
    return frozenset({dimension(unit)} if unit else ())


def _aged(text: str, start: int, end: int) -> bool:
    """Whether a number may be an age: of years, or alone ("Otto Wren, 84,", "a girl of 9"), no number of things."""
    if _YEARS.search(text[start:end]):
        return True
    number = next((value.low for value in values.find(text[start:end]) if value.kind == "count"), OLDEST + 1)
    alone = not _NUMBERED.search(text[:start]) and not _OF_SOMETHING.match(text[end:])
    return number <= OLDEST and (alone or _PERSON_OF.search(text[:start]) is not None)
