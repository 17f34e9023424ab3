"""Numbers as people write them: digits with separators, words, halves; and the fractions and ordinals made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

Span = tuple[int, int]

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {"zero": 0, "a": 1, "an": 1} | {word: n for n, word in enumerate(_ONES + _TEENS, 1)}
_WORDS |= {word: 10 * n for n, word in enumerate(_TENS, 2)}
_POWERS = {"hundred": 2, "thousand": 3, "k": 3, "lakh": 5, "lac": 5, "million": 6, "m": 6, "mn": 6, "mln": 6, "mm": 6}
_POWERS |= {"crore": 7, "billion": 9, "b": 9, "bn": 9, "bln": 9, "trillion": 12, "t": 12, "tn": 12, "trn": 12}
_VULGAR = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "⅓": Decimal(1) / 3, "⅔": Decimal(2) / 3}

_ONE, _TEN = "|".join(_ONES), "|".join(_TENS)
_BIG = r"(?:thousand|million|billion|trillion|crore|lakh|dozen)\b"
_SMALL = rf"(?:(?:{_TEN})(?:[\s-]+(?:{_ONE}))?|{'|'.join(_TEENS)}|{_ONE}|zero)\b"

# A gap may hold a hyphen, with or without spaces: "$20 - billion" is as common in machine-made text as "$20-billion".
GAP = r"(?:\s?[-‐‑–]\s?|\s)?"
_HUNDRED = rf"(?:{_SMALL}|an?){GAP}hundred\b(?:[\s-]+(?:and\s+)?{_SMALL})?"
_ABOVE = rf"(?:{GAP}{_BIG}(?:[\s-](?:and\s)?(?:{_HUNDRED}|{_SMALL}))?)*"
SPOKEN = rf"(?i:half{GAP}an?\b|(?:{_HUNDRED}|{_SMALL}|an?(?=[\s-]{_BIG})){_ABOVE}|an?(?=\s[a-z]+\sand\sa\shalf\b))"
DIGITS = (
    r"(?:\d{1,3}(?:,\d{2,3}){1,6}(?:\.\d{1,12})?|\d{1,3}(?:\.\d{3}){2,6}|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3}){1,6}"
    r"|\d{1,3}(?: \d{3}){2,6}|\d{1,24}(?:\.\d{1,12})?)(?![.,]?\d)(?:\s?[½¼¾⅓⅔])?|[½¼¾⅓⅔]"
)
SCALES = r"(?i:hundred|thousand|millions?|billions?|trillions?|crores?|lakhs?|lacs?|mn|mln|bn|bln|tn|trn)(?![A-Za-z])"

_PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_PART = "|".join(_PARTS)
_FRACTION = re.compile(
    rf"\b(?P<top>{_ONE})[\s-](?P<parts>{_PART})s\b|\b(?:an?|one)[\s-](?P<part>{_PART})(?=\sof\b|\Z)"
    r"|(?<!first )(?<!second )(?<!other )(?<!latter )(?<!and a )\b(?P<half>half)\b"
    r"(?![\s-]?(?:an?\b|-|time|hour|year|dozen))"
    r"|(?<![\d/])(?P<up>\d)/(?P<down>[2-9]|10)(?![\d/])",
    re.IGNORECASE,
)
_NTH = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth".split()
_NTH += "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
_OF_A_PERCENT = re.compile(r"\sof\s(?:one|an?|1)\sper\s?cent(?:age\spoint)?\b", re.IGNORECASE)
_ORDINAL = re.compile(
    rf"(?<![A-Za-z0-9_.,-])(?:(?P<digits>[0-9]+)(?:st|nd|rd|th)|(?:(?P<tens>{_TEN})[\s-])?(?P<word>{'|'.join(_NTH)}))\b"
    r"(?!\s?[-‑]\s?[a-z])",
    re.IGNORECASE,
)


def read(written: str) -> Decimal:
    """The number that a match of DIGITS or SPOKEN writes."""
    text = written.strip().lower()
    if text.startswith("half"):
        return Decimal("0.5")
    part = _VULGAR.get(text[-1], Decimal(0))
    digits = re.sub(r"[½¼¾⅓⅔,\s]", "", text)
    if not digits:
        return part
    if digits[0].isdigit():
        return Decimal(digits.replace(".", "") if digits.count(".") > 1 else digits) + part
    return _spoken(re.findall(r"[a-z]+", text))


def last(written: str) -> Decimal:
    """What "and a half" is half of: one, or the scale that the number ends with ("a million and a half")."""
    word = written.strip().lower().rpartition(" ")[2]
    return scale(word) if word in _POWERS else Decimal(1)


def _spoken(words: list[str]) -> Decimal:
    total, current = Decimal(0), Decimal(0)
    for word in words:
        if word in _WORDS:
            current += _WORDS[word]
        elif word == "hundred":
            current *= 100
        elif word == "dozen":
            current *= 12
        elif word != "and":
            total, current = total + current * scale(word), Decimal(0)
    return total + current


def scale(written: str) -> Decimal:
    """What "billion", "bn" or "- billions" multiplies by."""
    word = written.strip(" \t\n\u00a0-‐‑–").lower()
    return Decimal(10) ** _POWERS[word[:-1] if word.endswith("s") else word]


def fractions(text: str) -> Iterator[tuple[Span, Decimal]]:
    """Spans of "two thirds", "half", "3/4" and "a fifth of one per cent", each with its share of one."""
    for match in _FRACTION.finditer(text):
        if match["up"]:
            share = Decimal(match["up"]) / Decimal(match["down"])
        elif match["half"]:
            share = Decimal("0.5")
        elif match["top"]:
            share = Decimal(_WORDS[match["top"].lower()]) / _PARTS[match["parts"].lower()]
        else:
            share = Decimal(1) / _PARTS[match["part"].lower()]
        hundredth = _OF_A_PERCENT.match(text, match.end())
        if hundredth:
            yield (match.start(), hundredth.end()), share / 100
        elif share < 1:
            yield match.span(), share


def ordinals(text: str) -> Iterator[tuple[Span, int]]:
    """Spans of "third", "21st" and "twenty-first", each with its number."""
    for match in _ORDINAL.finditer(text):
        number = int(match["digits"][:12]) if match["digits"] else 1 + _NTH.index(match["word"].lower())
        yield match.span(), number + (_WORDS[match["tens"].lower()] if match["tens"] else 0)
