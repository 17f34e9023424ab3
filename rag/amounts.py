"""Amounts as people write them: money, percentages, durations, quantities, counts and ordinals found in text.

Written for this project after trying quantulum3 0.10 (reads "€3.5m" as euro metres, 24 MB, 3 s for ten phrases),
price-parser 0.5 (drops "billion") and text2num 3.1 (numbers only). Amounts are exact decimals until they are stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from rag import numbers
from rag.currencies import CODES
from rag.numbers import DIGITS, GAP, SCALES, SPOKEN, Span
from rag.units import FAMILIES, SYMBOLS, UNIT, unit_of

Kind = Literal["money", "percent", "date", "duration", "quantity", "count", "ordinal", "name", "text"]
Hedge = Literal["", "~", ">", "<"]


@dataclass(frozen=True, slots=True)
class Value:
    """Something found in a text: `source[start:end] == text`.

    `normalized` is a canonical key that a person can read ("USD 50000000000", "duration 7 year", "count >100").
    `low` and `high` bound what the wording allows, counted in `unit`: a point when it is exact, an interval after
    "about", "more than" and their like, or for a range. Dates: days since 0001-01-01 where the year is known, else 0.
    `unit` is the unit that its family is counted in ("USD", "watt", "month"), with "/month" and so on for a rate.
    """

    kind: Kind
    start: int
    end: int
    text: str
    normalized: str
    low: float = 0.0
    high: float = 0.0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class _Amount:
    start: int
    end: int
    number: Decimal
    scale: Decimal | None
    family: str
    factor: Decimal
    prefixed: bool
    more: bool
    upper: Decimal | None = None

    @property
    def exact(self) -> Decimal:
        return self.number * (self.scale or 1) * self.factor


_MONEY_SCALE = rf"(?:{GAP}{SCALES}|\s?(?:MM|[kKmMbBtT])(?![A-Za-z]))"
_PLAIN_SCALE = rf"(?:{GAP}{SCALES}|[kKMB](?![A-Za-z]))"
_NUMBER = rf"(?P<sign>[-−](?=\d)|minus\s|negative\s)?(?P<number>{DIGITS}|{SPOKEN})(?P<plus>\+?)"
_NUMBER += r"(?P<half>\s(?i:and\sa\shalf))?"
_TAIL = rf"(?:{GAP}(?=[A-Za-z%°º£€¥₹×µμ])(?P<unit>{UNIT})(?P<over>\s(?i:and\sa\shalf)\b)?)?(?![A-Za-z0-9_])"
_START = r"(?<![A-Za-z0-9_])(?<!\d[.,])(?<![A-Za-z][-‐‑])"
_PRICED = re.compile(rf"(?<![A-Za-z])(?P<symbol>{SYMBOLS}){GAP}{_NUMBER}(?P<scale>{_MONEY_SCALE})?{_TAIL}")
_PLAIN = re.compile(rf"{_START}(?P<symbol>)(?:{_NUMBER})(?P<scale>{_PLAIN_SCALE})?{_TAIL}")
# The last words of the hedges, so that most numbers need no look at what stands before them.
_HEDGING = set(
    """about around roughly approximately approx circa c ca some estimated nearly almost to under over so than least
    above exceed exceeds exceeded exceeding of below most many much high as a an the another additional""".split()
)
_SIGNS = tuple("~≈∼<>=≥≤")
_SKIP = re.compile(r"\[\d+(?:,\s?\d+)*\]|^[ \t]*\d{1,2}[.)](?=\s)", re.MULTILINE)
_RANGE = re.compile(r"(?:\s?[-–—]\s?|\s(?:to|or)\s)\Z")
_AND = re.compile(r"(?:,?\s|\s?)(?:and\s)?")
_BETWEEN = re.compile(r"\bbetween\s\Z", re.IGNORECASE)
_FROM = re.compile(r"(?<!ranging )(?<!range )(?<!ranged )\bfrom\s\Z", re.IGNORECASE)

_ABOUT = (
    r"about|around|roughly|approximately|approx\.?|circa|ca?\.|some|estimated|nearly|almost|close to"
    r"|just under|just over|~|≈|∼"
)
_MORE = (
    r"more than|over|at least|greater than|above|exceed(?:s|ed|ing)?|upwards? of|north of|in excess of"
    r"|no (?:fewer|less) than|a minimum of|>=?|≥"
)
_LESS = (
    r"(?:less|fewer|lower) than|under|below|up to|at most|as (?:much|many|high) as|no(?:t)? more than|a maximum of"
    r"|short of|<=?|≤"
)
_BEFORE = re.compile(
    rf"(?:(?P<less>(?<![A-Za-z])(?:{_LESS}))|(?P<more>(?<![A-Za-z])(?:{_MORE}))|(?P<about>(?<![A-Za-z])(?:{_ABOUT})))"
    r"(?:\s(?:an?|the|another|total of|additional))*\s?\Z",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:(?P<more>\+|[- ]plus\b|\s(?:or|and)\s(?:more|above|higher|over)\b)"
    r"|(?P<less>\s(?:or|and)\s(?:less|fewer|below|under)\b)|(?P<about>\sor\sso\b|-?ish\b))",
    re.IGNORECASE,
)
_PER = re.compile(
    r"(?:\s?/\s?|\s(?:per|an?|each|every)\s)"
    r"(second|minute|hour|day|week|month|quarter|year|annum|share|person|capita|barrel|head)\b"
)
_EVERY = re.compile(r"\s(hourly|daily|weekly|monthly|quarterly|yearly|annually)\b")
_ROUGHLY = {"~": (3.0, 3.0), ">": (0.0, 5.0), "<": (5.0, 0.0)}  # points below and above a fraction
_NOBODY = re.compile(r"\b(?:nobody|no[ -]one|none(?! the\b))\b", re.IGNORECASE)
_ADVERBS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter"}


def find(text: str) -> list[Value]:
    """Every amount, fraction and ordinal in `text`; spans may overlap, the caller keeps the longest.

    "Nobody" is a count as well: that is how a text says how many it were.
    """
    found = [_value(text, amount) for amount in _ranges(text, _sums(text, _amounts(text)))]
    found += [Value("count", *match.span(), match[0], "count 0") for match in _NOBODY.finditer(text)]
    found += [_fraction(text, span, share) for span, share in numbers.fractions(text)]
    return found + [_ordinal(text, span, number) for span, number in numbers.ordinals(text)]


def _amounts(text: str) -> list[_Amount]:
    skipped = {offset for match in _SKIP.finditer(text) for offset in range(*match.span())}
    matches = [match for pattern in (_PRICED, _PLAIN) for match in pattern.finditer(text)]
    matches.sort(key=lambda match: (match.start(), -match.end()))
    kept: list[_Amount] = []
    for match in matches:
        if match.start() not in skipped and (not kept or match.start() >= kept[-1].end):
            kept += _amount(match)
    return kept


def _amount(match: re.Match[str]) -> list[_Amount]:
    number = numbers.read(match["number"])
    if match["half"] or match["over"]:
        number += numbers.last(match["number"]) / 2
    number = -number if match["sign"] else number
    scale = numbers.scale(match["scale"]) if match["scale"] else None
    if match["number"][0] in "hH" and match["unit"] is None and scale is None:
        return []
    big = abs(number * (scale or 1)) >= 100_000
    family, factor = unit_of(match["unit"], big) if match["unit"] else ("", Decimal(1))
    if match["symbol"]:
        code = CODES[match["symbol"].strip()]
        family, factor = (family, factor) if family and family in code.split("|") else (code, Decimal(1))
    return [
        _Amount(match.start(), match.end(), number, scale, family, factor, bool(match["symbol"]), bool(match["plus"]))
    ]


def _sums(text: str, amounts: list[_Amount]) -> list[_Amount]:
    """ "Two hours and ten minutes" is one amount: some of a unit, and less than one of it in a smaller unit."""
    merged: list[_Amount] = []
    for amount in amounts:
        last = merged[-1] if merged else None
        if last and _AND.fullmatch(text, last.end, amount.start) and _completes(last, amount):
            number = (last.exact + amount.exact) / amount.factor
            merged[-1] = replace(amount, start=last.start, number=number, scale=None)
        else:
            merged.append(amount)
    return merged


def _completes(first: _Amount, second: _Amount) -> bool:
    measured = first.family == second.family and first.family in FAMILIES and not first.more
    return measured and first.number == int(first.number) and 0 < second.exact < first.factor


def _ranges(text: str, amounts: list[_Amount]) -> list[_Amount]:
    """Two amounts joined by a dash, "to", "or", "between ... and" are one, when the second is the larger."""
    merged: list[_Amount] = []
    for amount in amounts:
        last = merged[-1] if merged else None
        joined = last and last.upper is None and _joined(text, last, amount)
        if last and joined:
            first = replace(
                last, scale=last.scale or amount.scale, factor=last.factor if last.family else amount.factor
            )
            second = amount if amount.family else replace(amount, factor=first.factor)
            if first.exact < second.exact:
                merged[-1] = replace(first, end=amount.end, family=amount.family or last.family, upper=second.exact)
                continue
        merged.append(amount)
    return merged


def _joined(text: str, first: _Amount, second: _Amount) -> bool:
    gap = text[first.end : second.start]
    if first.family and first.family != second.family and (second.family or not first.prefixed):
        return False  # other units, or a unit after the first alone: "rose 40% to 344 people"
    before = text[max(0, first.start - 12) : first.start]
    if re.fullmatch(r"\sand\s", gap):
        return _BETWEEN.search(before) is not None
    return _RANGE.fullmatch(gap) is not None and not (gap.strip() == "to" and _FROM.search(before))


def _value(text: str, amount: _Amount) -> Value:
    exact, family = amount.exact, amount.family
    hedge = _amount_hedge(text, amount)
    low, high = (exact, amount.upper) if amount.upper is not None else _bounds(exact, hedge)
    rate = _rate(text, amount.end)
    kind = _kind(family)
    if amount.upper is not None:
        shown = f"{_plain(exact)}..{_plain(amount.upper)}"
        unit = family
    else:
        number, unit = _shown(exact, family)
        shown = hedge + _plain(number)
    key = f"{unit or kind} {shown}{rate}" if kind in ("money", "percent", "count") else f"{kind} {shown} {unit}{rate}"
    return Value(
        kind, amount.start, amount.end, text[amount.start : amount.end], key, float(low), float(high), family + rate
    )


def _kind(family: str) -> Kind:
    if not family:
        return "count"
    if family in ("second", "month"):
        return "duration"
    if family in ("percent", "percentage point"):
        return "percent"
    return "quantity" if family in FAMILIES else "money"


def _shown(exact: Decimal, family: str) -> tuple[Decimal, str]:
    """The amount in the largest unit of its family that leaves 1 or more: 2000 MW and 2 GW are both 2 gigawatt."""
    units = FAMILIES.get(family, {})
    fitting = [(factor, name) for name, factor in units.items() if abs(exact) >= factor]
    if not fitting:
        return exact, family
    factor, name = max(fitting)
    return exact / factor, name


def _plain(number: Decimal) -> str:
    rounded = round(number, 6) if abs(number) < 10**15 else number
    return format(rounded.normalize() if rounded else Decimal(0), "f")


def _rate(text: str, end: int) -> str:
    match = _PER.match(text, end) or _EVERY.match(text, end)
    if match is None:
        return ""
    return "/" + (_ADVERBS.get(match[1], "year") if match[1].endswith("ly") else match[1].replace("annum", "year"))


def _amount_hedge(text: str, amount: _Amount) -> Hedge:
    if amount.more:
        return ">"
    hedge, words = _hedge(text, amount.start, amount.end)
    return "" if amount.family in ("second", "month") and words.lower() == "over" else hedge


def hedge_before(text: str, start: int) -> re.Match[str] | None:
    """The hedge that stands before `text[start:]` ("more than"), within 40 characters of it."""
    before = text[max(0, start - 40) : start].rstrip()
    word = before[before.rfind(" ") + 1 :].strip('(["“.').lower()
    return _BEFORE.search(before) if word in _HEDGING or before[-1:] in _SIGNS else None


def _hedge(text: str, start: int, end: int) -> tuple[Hedge, str]:
    """The hedge around `text[start:end]`, and its words."""
    match = hedge_before(text, start) or _AFTER.match(text, end)
    if match is None:
        return "", ""
    return ">" if match["more"] else "<" if match["less"] else "~", match[0].strip()


def _bounds(exact: Decimal, hedge: Hedge) -> tuple[Decimal, Decimal]:
    """What a hedge allows. "About" is half the last significant place, within 2.5 to 10 percent of the number.

    "More than 100" reaches to the next figure of the same roundness (200; "more than 110": 121), "under 100" down
    to the one before, never below half: who means more than that says the rounder figure.
    """
    size, place = abs(exact), Decimal(10) ** int(exact.normalize().as_tuple().exponent)
    if not hedge or not exact:
        return exact, exact
    if hedge == "~":
        slack = min(max(place / 2, size / 40), size / 10)
        return exact - slack, exact + slack
    step = max(place, size / 10)
    return (exact, exact + step) if hedge == ">" else (exact - min(step, size / 2), exact)


def _fraction(text: str, span: Span, share: Decimal) -> Value:
    """A share as percent. Nobody writes 66.67 percent for two thirds: such a fraction allows half a point.

    Fractions are rough: "more than three fifths" is up to five points more, "about a third" three points either way.
    """
    percent = float(share * 100)
    hedge, _ = _hedge(text, *span)
    slack = 0.0 if percent.is_integer() else 0.5
    below, above = _ROUGHLY.get(hedge, (slack, slack)) if percent >= 1 else (0.0, 0.0)
    key = f"percent {hedge}{_plain(round(share * 100, 2))}"
    return Value("percent", *span, text[slice(*span)], key, percent - below, percent + above, "percent")


def _ordinal(text: str, span: Span, number: int) -> Value:
    return Value("ordinal", *span, text[slice(*span)], f"ordinal {number}", float(number), float(number))
