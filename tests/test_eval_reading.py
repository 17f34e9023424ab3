"""What adapters are measured by: the two readers together say what both hold likely, and nothing where neither does."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval.reading import Asked, Both, Pointing, read, silence
from rag.adapter.examples import Group, Query
from rag.extractor import installed
from rag.settings import Settings

SENTENCES = ("Orla Strand paid $4 million for the mill.", "Kestrel Bank lent Orla $9 million in March.")


class Scripted:
    """A reader that says one thing, and holds each reply as likely as it was told."""

    def __init__(self, words: str, odds: dict[str, float]) -> None:
        self.words, self.likely = words, odds

    def said(self, asked: Asked) -> str:
        return self.words

    def odds(self, question: str, sentences: Sequence[str], replies: Sequence[str]) -> list[float]:
        return [self.likely.get(reply, -9.0) for reply in replies]


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"[1] $4 million": 2.0, "[2] $9 million": 1.0}, {"[1] $4 million": -3.0, "[2] $9 million": 4.0}, "$9 million"),
        ({"[1] $4 million": 2.0}, {"[1] $4 million": 1.0, "[2] $9 million": 8.0}, "$4 million"),
        ({"[1] $4 million": 2.0}, {"[1] $4 million": -3.0}, ""),
    ],
)
def test_both_weigh_what_either_says(one: dict[str, float], other: dict[str, float], said: str) -> None:
    both = Both(Scripted("$4 million", one), Scripted("$9 million", other))
    assert both.said(Asked("How much was lent?", SENTENCES, ("$9 million",))) == said


def test_both_say_nothing_where_neither_does() -> None:
    assert Both(Scripted("", {}), Scripted("", {})).said(Asked("Who?", SENTENCES, ("Orla",))) == ""


def test_what_the_extractor_reads_is_scored() -> None:
    asked = [
        Asked("How much did Orla Strand pay for the mill?", SENTENCES, ("$4 million",)),
        Asked("How much was paid?", (), ("$4 million",)),
    ]
    found = read(asked, Pointing(installed(Settings().cache_dir)))
    assert (found.exact, found.f1, found.none) == (0.5, 0.5, 0.5)


def test_odds_tell_answers_from_none() -> None:
    queries = [
        Query(f"Is it {n}?", ("[1] Orla",), ("[2] Orla", "none"))
        if n % 2
        else Query(f"Is it {n}?", ("none",), ("[1] the",))
        for n in range(24)
    ]
    told = {"[1] Orla": 3.0, "[2] Orla": 1.0, "[1] the": -2.0}
    auroc, _, first, count = silence([Group("test", SENTENCES, tuple(queries))], Scripted("", told))
    assert (auroc, first, count) == (1.0, 1.0, 24)
