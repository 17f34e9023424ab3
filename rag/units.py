"""The units that amounts are counted in: currencies, and families of units that convert into each other exactly.

A family is named after the unit that it is counted in. Families that measure the same thing in different systems
(miles and kilometres, months and days) meet in BRIDGES, where agreement can only be approximate.
"""

from __future__ import annotations

import re
from decimal import Decimal

from rag.currencies import CODES, MONEY_WORDS

_PREFIXES = {
    "nano": -9,
    "micro": -6,
    "milli": -3,
    "centi": -2,
    "": 0,
    "hecto": 2,
    "kilo": 3,
    "mega": 6,
    "giga": 9,
    "tera": 12,
}
_PREFIXES |= {"peta": 15}
_LETTERS = {
    "nano": "n",
    "micro": "µ",
    "milli": "m",
    "centi": "c",
    "": "",
    "hecto": "h",
    "kilo": "k",
    "mega": "M",
    "giga": "G",
}
_LETTERS |= {"tera": "T", "peta": "P"}

# family: symbol, and the prefixes in use
_METRIC: dict[str, tuple[str, str]] = {
    "watt": ("W", "milli,,kilo,mega,giga,tera"),
    "watt hour": ("Wh", ",kilo,mega,giga,tera,peta"),
    "gram": ("g", "nano,micro,milli,,kilo"),
    "metre": ("m", "nano,micro,milli,centi,,kilo"),
    "litre": ("L", "micro,milli,centi,"),
    "joule": ("J", ",kilo,mega,giga,tera"),
    "calorie": ("cal", ",kilo"),
    "byte": ("B", "kilo,mega,giga,tera,peta"),
    "bit per second": ("bps", "kilo,mega,giga,tera"),
    "hertz": ("Hz", ",kilo,mega,giga,tera"),
    "volt": ("V", "milli,,kilo"),
    "pascal": ("Pa", ",hecto,kilo,mega"),
    "flops": ("FLOPS", "giga,tera,peta"),
}
# family: unit = factor, further spellings after "|"; a word also stands for its plural
_OTHERS = """
second: millisecond = 0.001|ms; second = 1|sec; minute = 60|min; hour = 3600|hr|h; day = 86400; week = 604800|wk
month: month = 1|mo; year = 12|yr; decade = 120; century = 1200|centuries
percent: percent = 1|%|per cent|pct
percentage point: percentage point = 1|percent point; basis point = 0.01|bp
gram: tonne = 1000000|metric ton|ton|t; kilotonne = 1000000000|kt|kiloton
gram: kilo = 1000
gram: megatonne = 1000000000000|Mt; gigatonne = 1000000000000000|Gt
ounce: ounce = 1|oz; pound = 16|lb
inch: inch = 1|inches; foot = 12|feet|ft; yard = 36|yd; mile = 63360|mi
nautical mile: nautical mile = 1|nmi
light year: light year = 1|light-year
square metre: square metre = 1|m²|m2|sq m|sqm|square meter; hectare = 10000|ha
square metre: square kilometre = 1000000|km²|km2|sq km|sq. km|square kilometer
square foot: square foot = 1|sq ft|square feet|sq. ft; acre = 43560; square mile = 27878400|sq mi|sq. mi
litre: cubic metre = 1000|m³|m3|cubic meter; megalitre = 1000000|ML
gallon: gallon = 1|gal; barrel = 42|bbl
cubic foot: cubic foot = 1|cubic feet|cu ft
kilometre per hour: kilometre per hour = 1|km/h|kmh|kph|km per hour|km an hour
kilometre per hour: kilometre per hour = 1|kilometer per hour|kilometres per hour|kilometers per hour
metre per second: metre per second = 1|m/s|meter per second|metres per second|meters per second
mile per hour: mile per hour = 1|mph|miles per hour|miles an hour
knot: knot = 1|kn|kts
celsius: celsius = 1|°C|° C|ºC|degree Celsius|degrees Celsius|degree centigrade|degrees centigrade|C
fahrenheit: fahrenheit = 1|°F|° F|ºF|degree Fahrenheit|degrees Fahrenheit|F
degree: degree = 1|°
pascal: millibar = 100|mbar|mb; bar = 100000
psi: psi = 1
millimetre of mercury: millimetre of mercury = 1|mmHg|mm Hg
milligram per decilitre: milligram per decilitre = 1|mg/dL|mg/dl
millimole per litre: millimole per litre = 1|mmol/L|mmol/l
milligram per kilogram: milligram per kilogram = 1|mg/kg
milligram per litre: milligram per litre = 1|mg/L|mg/l
microgram per cubic metre: microgram per cubic metre = 1|µg/m³|μg/m³|µg/m3
part per million: part per million = 1|ppm|parts per million; part per billion = 0.001|ppb|parts per billion
decibel: decibel = 1|dB
horsepower: horsepower = 1|hp
times: times = 1|x|×|-fold|fold
"""
# Short spellings that are also words, letters or scales: read as units only when they touch the number.
_TOUCHING = {"C", "F", "x", "×", "t", "V"}

# (family, factor, of family): one of the first is so many of the second, to be compared within 2.5 percent
BRIDGES: dict[str, tuple[float, str]] = {
    "month": (2_629_746.0, "second"),
    "inch": (0.0254, "metre"),
    "nautical mile": (1852.0, "metre"),
    "light year": (9.4607e15, "metre"),
    "ounce": (28.349523, "gram"),
    "square foot": (0.09290304, "square metre"),
    "gallon": (3.785412, "litre"),
    "cubic foot": (28.316847, "litre"),
    "mile per hour": (1.609344, "kilometre per hour"),
    "metre per second": (3.6, "kilometre per hour"),
    "knot": (1.852, "kilometre per hour"),
    "calorie": (4.184, "joule"),
    "psi": (6894.757, "pascal"),
    "millimetre of mercury": (133.322, "pascal"),
    "horsepower": (745.7, "watt"),
}


def dimension(unit: str) -> str:
    """What `unit`, one that a family is counted in, measures: the family that it converts to ("inch": "metre")."""
    return BRIDGES.get(unit, (1.0, unit))[1]


def _families() -> dict[str, dict[str, Decimal]]:
    families: dict[str, dict[str, Decimal]] = {}
    for base, (_, prefixes) in _METRIC.items():
        families[base] = {prefix + base: Decimal(10) ** _PREFIXES[prefix] for prefix in prefixes.split(",")}
    for line in _OTHERS.strip().splitlines():
        family, units = line.split(": ", 1)
        for unit in units.split("; "):
            name, factor = unit.split("|")[0].split(" = ")
            families.setdefault(family, {})[name] = Decimal(factor)
    return families


def _spellings() -> dict[str, tuple[str, str, Decimal]]:
    """Spelling -> (unit, family, factor). Spellings of three letters and more are found in any case."""
    known: dict[str, tuple[str, str, Decimal]] = {}
    for base, (symbol, prefixes) in _METRIC.items():
        for prefix in prefixes.split(","):
            entry = (prefix + base, base, Decimal(10) ** _PREFIXES[prefix])
            known |= dict.fromkeys(_metric_spellings(prefix, base, symbol), entry)
    for line in _OTHERS.strip().splitlines():
        family, units = line.split(": ", 1)
        for unit in units.split("; "):
            first, *more = unit.split("|")
            name, factor = first.split(" = ")
            known |= dict.fromkeys((name, *more), (name, family, Decimal(factor)))
    for code, words in MONEY_WORDS.items():
        known |= dict.fromkeys(words.split("|"), (code, code, Decimal(1)))
    codes = (code for code in CODES if code.isalpha() and code.isupper() and code != "RM")
    known |= {code: (CODES[code], CODES[code], Decimal(1)) for code in codes}
    known |= {sign: (CODES[sign], CODES[sign], Decimal(1)) for sign in "€£¥₹"}
    known |= {"won": ("KRW", "KRW", Decimal(1))}
    return known | {
        "cent": ("USD|EUR|AUD|CAD", "USD|EUR|AUD|CAD", Decimal("0.01")),
        "pence": ("GBP", "GBP", Decimal("0.01")),
    }


def _metric_spellings(prefix: str, base: str, symbol: str) -> set[str]:
    letter = _LETTERS[prefix]
    spellings = {
        prefix + base,
        prefix + base.replace("re", "er") if base in ("metre", "litre") else prefix + base,
        letter + symbol,
    }
    if prefix == "micro":
        spellings |= {"μ" + symbol, "mc" + symbol if symbol == "g" else "μ" + symbol}
    if base == "watt hour":
        spellings |= {prefix + "watt-hour"}
    if base == "byte" and prefix == "kilo":
        spellings |= {"KB"}
    if base == "bit per second":
        spellings |= {f"{letter}bit/s", f"{letter}b/s", f"{prefix}bits per second", f"{prefix}bit per second"}
    if base == "litre":
        spellings |= {letter + "l"}
    return spellings


FAMILIES = _families()
_KNOWN = _spellings()
_FOLDED = {spelling.lower(): entry for spelling, entry in _KNOWN.items() if len(spelling) > 2}


def _pattern() -> str:
    """A regular expression for any unit; longer spellings first, short ones case-sensitive."""
    any_case = sorted(
        (word for word in _KNOWN if (len(word) > 3 and word.lower() == word) or " " in word), key=len, reverse=True
    )
    exact = sorted(
        (word for word in _KNOWN if word not in any_case and word not in _TOUCHING and word != "won"),
        key=len,
        reverse=True,
    )
    words = "|".join(re.escape(word) for word in any_case)
    symbols = "|".join(
        re.escape(word) + ("s?" if word.isalpha() and word.islower() and len(word) > 1 else "") for word in exact
    )
    touching = "|".join(rf"(?<=[\d.]){re.escape(word)}" for word in sorted(_TOUCHING))
    # "won" is a verb, but for "5 billion won"
    return rf"(?:(?<=illion )won|(?i:{words})s?|(?:{symbols})|(?:{touching}))(?![A-Za-z0-9_])"


UNIT = _pattern()
SYMBOLS = "|".join(re.escape(sign) for sign in sorted(CODES, key=len, reverse=True))


def unit_of(written: str, big: bool) -> tuple[str, Decimal]:
    """(family, factor) of a unit as written. "Pounds" of 100,000 and more (`big`) are money, fewer are weight."""
    spelling = " ".join(written.split())
    for candidate in (spelling, spelling.removesuffix("s")):
        entry = _KNOWN.get(candidate) or _FOLDED.get(candidate.lower())
        if entry is not None:
            return ("GBP", Decimal(1)) if big and entry[0] == "pound" else entry[1:]
    raise KeyError(written)
