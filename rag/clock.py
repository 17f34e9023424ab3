"""Times of day in words: "ten to seven", "half past nine in the evening", "midnight".

Without the part of the day a time in words is one of two, as "02/03/2026" is one of two days.
"""

from __future__ import annotations

from collections.abc import Mapping

_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_PAST = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty-five": 25, "half": 30}
_HOUR = rf"(?P<spoken>{'|'.join(_HOURS)}|noon|midday|midnight)"
_PART = r"(?:\s(?:in\sthe\s(?P<part>morning|afternoon|evening)|(?P<night>at\snight)))"
_MINUTES = r"(?:a\s)?(?P<minutes>quarter|half|five|ten|twenty(?:-five)?)(?:\sminutes)?"
_SMALL_HOURS = 360
# "Ten to seven" may be a vote, but not behind "at".
_AT = r"(?:(?<=\bat )|(?<=\bby )|(?<=\buntil )|(?<=\btill )|(?<=\bbefore )|(?<=\bafter )|(?<=\bfrom )|^)"

FORMS = (
    rf"(?i:\b{_MINUTES}\s(?P<way>past)\s{_HOUR}\b{_PART}?)",
    rf"(?i:\b{_MINUTES}\s(?P<way>to)\s{_HOUR}\b{_PART})",
    rf"(?i:(?:{_AT}|\b(?=a?\s?quarter)){_MINUTES}\s(?P<way>to)\s{_HOUR}\b(?!\s(?:people|men|women|children|[a-z]+s)\b))",
    rf"(?i:\b(?P<spoken>{'|'.join(_HOURS)}|1[0-2]|[1-9])\so['’]clock\b{_PART}?)",
    rf"(?i:\b(?P<spoken>{'|'.join(_HOURS)})\b{_PART})",
    r"(?i:\b(?P<spoken>noon|midday|midnight)\b)",
)


def minutes(found: Mapping[str, str]) -> list[int]:
    """The minutes of the day that a match of one of FORMS can mean."""
    hour, part = found["spoken"].lower(), found.get("part", "").lower()
    turn = -1 if found.get("way", "").lower() == "to" else 1
    beside = turn * _PAST[found["minutes"].lower()] if "minutes" in found else 0
    if hour in ("noon", "midday", "midnight"):
        return [((0 if hour == "midnight" else 720) + beside) % 1440]
    early = 60 * (int(hour) if hour.isdigit() else 1 + _HOURS.index(hour)) % 720 + beside
    if part == "morning":
        return [early % 1440]
    late = (early + 720) % 1440
    if part or "night" in found:
        return [early % 1440 if not part and early < _SMALL_HOURS else late]
    return [early % 1440, late]
