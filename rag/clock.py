"""Times of day that need their words to be known: "ten to seven", "half past nine in the evening", "at 22.40".

Without the part of the day a time in words is one of two, as "02/03/2026" is one of two days.
"""

from __future__ import annotations

from collections.abc import Mapping

from rag import numbers

_HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_HOUR = rf"(?P<spoken>{_HOURS}|noon|midday|midnight)"
_PART = r"(?:\s(?:in\sthe\s(?P<part>morning|afternoon|evening)|(?P<night>at\snight)))"
_MINUTES = r"(?:a\s)?(?P<minutes>quarter|half|five|ten|twenty(?:-five)?)(?:\sminutes)?"
_SMALL_HOURS = 360
# "Ten to seven" may be a vote, but not behind "at".
_AT = r"(?:(?<=\bat )|(?<=\bby )|(?<=\buntil )|(?<=\btill )|(?<=\bbefore )|(?<=\bafter )|(?<=\bfrom )|^)"

# 22.40 may be a price.
_PRICED = "".join(rf"(?<!\b{word}\s)" for word in ("traded", "priced", "valued", "sold", "bought", "settled"))

FORMS = (
    rf"(?i:{_PRICED}\bat\s(?P<hour>[01]?\d|2[0-3])\.(?P<minute>[0-5]\d)"
    r"(?!\d|[.,]\d|\s?%|\s?[ap]\.?m\b|\s(?:an?|per|percent|[a-z]+(?<!a)s)\b))",
    rf"(?i:\b{_MINUTES}\s(?P<way>past)\s{_HOUR}\b{_PART}?)",
    rf"(?i:\b{_MINUTES}\s(?P<way>to)\s{_HOUR}\b{_PART})",
    rf"(?i:(?:{_AT}|\b(?=a?\s?quarter)){_MINUTES}\s(?P<way>to)\s{_HOUR}\b(?!\s(?:people|men|women|children|[a-z]+s)\b))",
    rf"(?i:\b(?P<spoken>{_HOURS}|1[0-2]|[1-9])\so['’]clock\b{_PART}?)",
    rf"(?i:\b(?P<spoken>{_HOURS})\b{_PART})",
    r"(?i:\b(?P<spoken>noon|midday|midnight)\b)",
)


def minutes(found: Mapping[str, str]) -> list[int]:
    """The minutes of the day that a match of one of FORMS can mean."""
    hour, part = found["spoken"].lower(), found.get("part", "").lower()
    turn = -1 if found.get("way", "").lower() == "to" else 1
    beside = turn * _count(found.get("minutes", "zero").lower())
    if hour in ("noon", "midday", "midnight"):
        return [((0 if hour == "midnight" else 720) + beside) % 1440]
    early = 60 * _count(hour) % 720 + beside
    if part == "morning":
        return [early % 1440]
    late = (early + 720) % 1440
    if part or "night" in found:
        return [early % 1440 if not part and early < _SMALL_HOURS else late]
    return [early % 1440, late]


def _count(word: str) -> int:
    return {"quarter": 15, "half": 30}.get(word) or int(numbers.read(word))
