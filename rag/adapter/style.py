"""How one invented document writes its names, amounts and dates."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from random import Random

_LEXICON = Path(__file__).parent / "lexicon.toml"


class Style:
    """How one document writes its values."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.sign = random.choice("$$$$€£")
        self.short = random.random() < 0.3
        self.day_first = random.random() < 0.3
        self.dated = random.random() < 0.3
        self.size = random.choice((0, 0, 1, 1, 2))

    def value(self, kind: str) -> tuple[str, ...]:
        """A value of `kind`: its form, or for an entity its long and its short form."""
        head, _, detail = kind.partition(":")
        if head == "phrase":
            return (self.random.choice(detail.split("|")),)
        if head == "count":
            return (self.count(),)
        if head == "quantity":
            return (f"{self.number()} {detail}",)
        made: tuple[str, ...] = getattr(self, head)()
        return made

    def number(self) -> str:
        chance = self.random
        forms = (
            f"{chance.randrange(11, 99)}",
            f"{chance.randrange(1, 40)}.{chance.randrange(1, 10)}",
            f"{chance.randrange(11, 99) * 10:,}",
            f"{chance.randrange(10, 90) * 100:,}",
        )
        return chance.choice(forms)

    def count(self) -> str:
        chance = self.random
        forms = (
            chance.choice(_words("numbers")),
            f"{chance.randrange(13, 400)}",
            f"{chance.randrange(1000, 60000):,}",
            f"{chance.randrange(10, 99) * 1000:,}",
            f"{chance.randrange(11, 90) / 10} million",
        )
        return chance.choice(forms)

    def money(self) -> tuple[str]:
        chance = self.random
        size = self.size if chance.random() < 0.7 else chance.choice((0, 1, 2))
        forms = (f"{chance.randrange(2, 400)}", f"{chance.randrange(11, 99) / 10}", f"{chance.randrange(2, 40) * 5}")
        amount = chance.choice(forms)
        if size == 2:
            return (f"{self.sign}{chance.randrange(12, 980) * 500:,}",)
        word = ("million", "billion")[size]
        if self.short and self.sign != "$":
            return (f"{self.sign}{amount}{('m', 'bn')[size]}",)
        if self.short:
            return (f"{self.sign}{amount}{('M', 'B')[size]}",)
        return (f"{self.sign}{amount} {word}",)

    def percent(self) -> tuple[str]:
        chance = self.random
        amount = chance.choice((str(chance.randrange(2, 98)), f"{chance.randrange(11, 690) / 10}"))
        return (amount + chance.choice(("%", "%", " percent", " per cent")),)

    def date(self) -> tuple[str]:
        chance = self.random
        if chance.random() < 0.12:
            return (chance.choice(_words("days")),)
        month, day = chance.choice(_words("months")), chance.randrange(1, 29)
        year = chance.randrange(2015, 2031)
        if self.day_first:
            return (f"{day} {month} {year}" if self.dated else f"{day} {month}",)
        return (f"{month} {day}, {year}" if self.dated else f"{month} {day}",)

    def year(self) -> tuple[str]:
        return (str(self.random.randrange(1890, 2036)),)

    def duration(self) -> tuple[str]:
        chance = self.random
        number = chance.choice((chance.choice(_words("numbers")), str(chance.randrange(13, 60))))
        return (f"{number} {chance.choice(('years', 'years', 'months', 'weeks', 'days'))}",)

    def person(self) -> tuple[str, str]:
        last = self.random.choice(_words("last"))
        return f"{self.random.choice(_words('first'))} {last}", last

    def place(self) -> tuple[str]:
        return (self.random.choice(_words("places")),)

    def org(self) -> tuple[str, str]:
        root = self.random.choice(_words("roots"))
        return f"{root} {self.random.choice(_words('tails'))}", root

    def name(self) -> tuple[str, str]:
        thing = self.random.choice(_words("things"))
        return (f"{thing} {self.random.choice(_words('marks'))}" if self.random.random() < 0.5 else thing), thing


@cache
def _lexicon() -> dict[str, str]:
    return dict(tomllib.loads(_LEXICON.read_text(encoding="utf-8")))


@cache
def _words(name: str) -> tuple[str, ...]:
    return tuple(word.replace("%", " ") for word in _lexicon()[name].split())
