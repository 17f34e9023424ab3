"""Dates and times of day in text, at the precision that they are written, and when two of them can be the same.

A date is a set of fields, each a closed range of whole numbers: "the 1990s" is years 1990 to 1999, "Q3 2025" is
months 7 to 9 of 2025, "Feb 27" has no year. A field that is not written is not known, never today's.
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

from rag import clock
from rag.amounts import Value

Field = tuple[int, int]
Fields = dict[str, Field]

_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)(?![A-Za-z])"
)
_FULL = "|".join(month.capitalize() for month in _MONTHS)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![A-Za-z\d]|[.,]\d|:\d)"
_YEAR = r"(?:1\d|20)\d\d(?!\d|[.,]\d|[A-Za-z%])"
_WEEKDAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?"
_LED = rf"(?:(?P<weekday>{_WEEKDAY})\.?,?\s(?:the\s)?)?"
_UPTO = rf"(?:\s?(?:-|–|—|to|and)\s?(?P<last_day>{_DAY}))?"
# "May" and "march" are months only where something says so, or where they are all there is.
_IN = "|".join(rf"(?<=\b{word} )" for word in "in since of by last next this late early until from during".split())
_IN += "|^"

_FORMS = [
    re.compile(form)
    for form in (  # fuller forms first: `read` takes the first that fits the whole
        r"(?<![\d-])(?P<year>(?:1\d|20)\d\d)[-/](?P<month_number>0[1-9]|1[0-2])[-/](?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
        rf"\b{_LED}(?P<month>{_MONTH})\s(?:the\s)?(?P<day>{_DAY}){_UPTO}(?:,?\s(?:of\s)?(?P<year>{_YEAR}))?",
        rf"\b{_LED}(?<![\d.,$€£])(?P<day>{_DAY}){_UPTO}[\s-](?:of\s)?(?P<month>{_MONTH})(?:[,\s-]\s?(?P<year>{_YEAR}))?",
        rf"\b(?P<month>{_MONTH})(?:,?\s(?:of\s)?|-)(?P<year>{_YEAR})",
        r"(?<![\d/.-])(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4}|\d\d)(?![\d/-]|\.\d)",
        rf"\b(?:Q(?P<quarter>[1-4])|(?P<nth_quarter>{'|'.join(_NTH)})[\s-]quarter|H(?P<half>[12]))"
        rf"(?:,?[\s-]?(?:of\s)?(?:fiscal\s|FY\s?)?(?P<year>{_YEAR}))?(?![A-Za-z\d])",
        rf"\b(?P<nth_half>first|second)\shalf\sof\s(?P<year>{_YEAR})",
        rf"\b(?i:(?P<season>spring|summer|autumn|fall))(?:\sof)?,?\s(?P<year>{_YEAR})",
        r"(?<![\d$€£])(?P<decade>(?:1\d|20)\d0)['’]?s\b|(?<!\w)['’](?P<short_decade>\d0)s\b",
        r"\b(?P<century>\d{1,2})(?:st|nd|rd|th)[\s-](?i:century)\b",
        rf"(?<![\d$€£.,A-Za-z-])(?:FY\s?|fiscal\s(?:year\s)?)?(?P<year>{_YEAR})"
        r"(?:\s?[-–/]\s?(?P<last_year>(?:1\d|20)\d\d|\d\d)|\sto\s(?P<until_year>(?:1\d|20)\d\d))(?![\d-]|[.,]\d)",
        r"(?<![\d$€£.,A-Za-z-])(?P<year>(?:1\d|20)\d\d)-(?P<month_alone>0[1-9]|1[0-2])(?![\d-])",
        r"(?<![\d.,])(?P<old>\d{1,4})\s(?P<era>BCE?|B\.C\.(?:E\.)?|AD|A\.D\.|CE)(?![A-Za-z])|\bAD\s(?P<anno>\d{1,4})\b",
        r"(?<![\d$€£.,])(?<![A-Za-z]-)(?<![A-Za-z_])(?:FY\s?)?(?P<year>(?:1[5-9]|20)\d\d)(?!\d|[.,]\d|[A-Za-z%_])",
        rf"\b(?P<month>{_FULL.replace('|May|', '|').replace('|March|', '|')})\b(?!['’]s)",
        rf"(?i:{_IN})(?P<month>May|March)\b",
        rf"\b(?P<weekday>{'|'.join(day.capitalize() for day in _WEEKDAYS)})\b",
        r"(?<![\d:.,])(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d)(?::[0-5]\d)?)?\s?(?P<noon>[aApP]\.?[mM]\b\.?)",
        r"(?<![\d:.,])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d:])",
        *clock.FORMS,
    )
]
_AFTER_IN = re.compile(
    r"(?:\b(?:in|since|by|of|from|until|till|to|and|or|for|before|after|during|year|late|early|mid|summer|winter)|[(/–-])\s?\Z",
    re.I,
)
_COUNTED = re.compile(r"\s(?:people|men|women|children|(?!was|has|is|as|its|this|does|sees|saw|plus)[a-z]+s)\b")


def find(text: str) -> list[Value]:
    """Every date or time of day in `text`; spans may overlap, the caller keeps the longest."""
    found = []
    for form in _FORMS:
        for match in form.finditer(text):
            dates = _fields(match)
            if dates and not _counts(text, match):
                found.append(_value(match, dates))
    return found


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Fields, ...]:
    """What the whole of `text`, the text of a date, can mean: one reading, or two for 02/03/2026; () if none."""
    for form in _FORMS:
        match = form.fullmatch(text)
        if match and (dates := _fields(match)):
            return tuple(dates)
    return ()


def agree(first: str, second: str) -> bool:
    """Whether two dates can be the same day, at the precision of the coarser one. They must have a field in common."""
    return any(_compatible(a, b) for a in read(first) for b in read(second))


def related(first: str, second: str) -> bool:
    """Whether two dates tell of the same field, so that they can contradict each other at all."""
    return any(_derived(a).keys() & _derived(b).keys() for a in read(first) for b in read(second))


def implies(known: str, stated: str) -> bool:
    """Whether a source that gives the date `known` bears out `stated`: nothing stated is finer than what is known."""
    return any(
        all(name in a and b[name][0] <= a[name][0] and a[name][1] <= b[name][1] for name in b)
        for a in map(_derived, read(known))
        for b in read(stated)
    )


def _counts(text: str, match: re.Match[str]) -> bool:
    """Whether a bare year is more likely a number of things: "1500 people", but not "in 1500 people ..."."""
    if match[0] != match.groupdict().get("year"):
        return False
    before = text[max(0, match.start() - 10) : match.start()]
    return _COUNTED.match(text, match.end()) is not None and not _AFTER_IN.search(before)


def _fields(match: re.Match[str]) -> list[Fields]:
    """The readings of a match of one of the forms; none where the day does not exist."""
    group = {name: found for name, found in match.groupdict().items() if found}
    if "first" in group:
        return _slashed(int(group["first"]), int(group["second"]), group["year"])
    if "spoken" in group:
        return [{"minute": (minute, minute)} for minute in clock.minutes(group)]
    fields: Fields = {}
    if (years := _years(group)) is not None:
        fields["year"] = years
    if (months := _months(group)) is not None:
        fields["month"] = months
    if "day" in group:
        day = _leading(group["day"])
        fields["day"] = (day, _leading(group.get("last_day", group["day"])))
    if "weekday" in group:
        day = next(n for n, name in enumerate(_WEEKDAYS) if name.startswith(group["weekday"].lower()[:3]))
        fields["weekday"] = (day, day)
    if "hour" in group:
        fields["minute"] = _minutes(group)
    return [fields] if _exists(fields) else []


def _leading(digits: str) -> int:
    return int(re.match(r"\d+", digits)[0])  # type: ignore[index]


def _years(group: dict[str, str]) -> Field | None:
    if "year" in group:
        first = int(group["year"])
        last = group.get("last_year") or group.get("until_year") or group["year"]
        return first, (int(last) if len(last) == 4 else first - first % 100 + int(last))
    if "decade" in group:
        return int(group["decade"]), int(group["decade"]) + 9
    if "short_decade" in group:
        return 1900 + int(group["short_decade"]), 1909 + int(group["short_decade"])
    if "century" in group:
        return 100 * int(group["century"]) - 99, 100 * int(group["century"])
    if "old" in group:
        year = int(group["old"]) * (-1 if group["era"].startswith("B") else 1)
        return year, year
    return (int(group["anno"]), int(group["anno"])) if "anno" in group else None


def _months(group: dict[str, str]) -> Field | None:
    if "month" in group:
        number = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(group["month"].lower()[:3]))
        return number, number
    if "month_alone" in group and int(group["month_alone"]) <= int(group["year"]) % 100:
        return int(group["month_alone"]), int(group["month_alone"])
    if "month_number" in group:
        return int(group["month_number"]), int(group["month_number"])
    if "season" in group:
        return _SEASONS[group["season"].lower()]
    quarter = int(group.get("quarter", 0)) or _NTH.get(group.get("nth_quarter", ""), 0)
    if quarter:
        return 3 * quarter - 2, 3 * quarter
    half = int(group.get("half", 0)) or _NTH.get(group.get("nth_half", ""), 0)
    return (6 * half - 5, 6 * half) if half else None


def _slashed(first: int, second: int, year: str) -> list[Fields]:
    """02/03/2026 is read both ways, day first and month first; 27/02/2026 only the way that exists."""
    full = int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= 70 else 2000)
    readings: list[Fields] = []
    for month, day in ((first, second), (second, first)):
        fields = {"year": (full, full), "month": (month, month), "day": (day, day)}
        if _exists(fields) and fields not in readings:
            readings.append(fields)
    return readings


def _minutes(group: dict[str, str]) -> Field:
    hour, half = int(group["hour"]), group.get("noon", "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    minute = 60 * hour + int(group.get("minute", 0))
    return minute, minute


def _exists(fields: Fields) -> bool:
    if any(low > high for low, high in fields.values()) or not fields:
        return False
    month, day = fields.get("month", (1, 1)), fields.get("day")
    year = fields.get("year", (2000, 2000))[0]
    if not 1 <= month[0] <= 12:
        return False
    return day is None or (day[0] >= 1 and day[1] <= _days(year, month[0]))


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def _derived(fields: Fields) -> Fields:
    """The fields and the weekday that follows from them."""
    points = [fields.get(name, (0, 1)) for name in ("year", "month", "day")]
    if any(low != high for low, high in points) or not 1 <= points[0][0] <= 9999:
        return fields
    day = datetime.date(points[0][0], points[1][0], points[2][0]).weekday()
    return {"weekday": (day, day)} | fields


def _compatible(first: Fields, second: Fields) -> bool:
    a, b = _derived(first), _derived(second)
    common = a.keys() & b.keys()
    return bool(common) and all(_within(a[name], b[name]) or _within(b[name], a[name]) for name in common)


def _within(inner: Field, outer: Field) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _value(match: re.Match[str], dates: list[Fields]) -> Value:
    key = "date " + " or ".join(sorted(map(_shown, dates)))
    low, high = _ordinals(dates[0])
    return Value("date", *match.span(), match[0], key, low, high)


def _shown(fields: Fields) -> str:
    """ISO 8601 as far as it goes: 2026-02-27, 2026-02, --02-27 without a year, 1990..1999, Friday, 19:45."""
    year, month, day = (_span(fields[name]) if name in fields else "" for name in ("year", "month", "day"))
    text = "-".join(part for part in (year or ("-" if month else ""), month, day) if part)
    if "weekday" in fields and not (year and day):
        text = f"{_WEEKDAYS[fields['weekday'][0]].capitalize()} {text}".strip()
    if "minute" in fields:
        text = f"{text} {fields['minute'][0] // 60:02}:{fields['minute'][0] % 60:02}".strip()
    return text


def _span(field: Field) -> str:
    return f"{field[0]:02}" if field[0] == field[1] else f"{field[0]:02}..{field[1]:02}"


def _ordinals(fields: Fields) -> tuple[float, float]:
    first, last = fields.get("year", (0, 0))
    if not (1 <= first <= 9999 and 1 <= last <= 9999):
        return 0.0, 0.0
    months, days = fields.get("month", (1, 12)), fields.get("day")
    start = datetime.date(first, months[0], days[0] if days else 1)
    end = datetime.date(last, months[1], days[1] if days else _days(last, months[1]))
    return float(start.toordinal()), float(end.toordinal())
