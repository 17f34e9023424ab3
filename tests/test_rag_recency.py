"""A question for the latest is answered by the newest source; what older ones said is told as earlier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.types import Document
from rag import recency, values
from rag.compose import span
from rag.types import Claim, Evidence, Position
from rag.verify import verify

TEXTS = {
    "early.txt": "The storm killed 12.",
    "late.txt": "The storm killed 15.",
    "other.txt": "It is 13.",
}


def document(name: str) -> Document:
    return Document(name, name, TEXTS[name], DATES[name], None, "0")


DATES = {"early.txt": "2027-03-01", "late.txt": "2027-03-04", "other.txt": None}


def position(value: str, *documents: str, stance: str = "accepted") -> Position:
    claims = []
    for name in documents:
        start = TEXTS[name].index(value)
        sentence = Evidence(1, name, 0, len(TEXTS[name]), TEXTS[name], 1.0)
        claims.append(Claim(name, value, start, start + len(value), sentence, 0.9))
    return Position(value, values.normalize(value), stance, tuple(claims))  # type: ignore[arg-type]


EARLY, LATE = position("12", "early.txt"), position("15", "late.txt", stance="disputed")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What is the latest death toll?", True),
        ("How many people have died so far?", True),
        ("Who leads Skarn Grid now?", True),
        ("What is the current estimate?", True),
        ("How many nodes does the cluster have today?", True),
        ("How many people were hurt today?", False),
        ("How many people died?", False),
        ("Is it known now how many died?", False),
    ],
)
def test_what_asks_for_the_latest(question: str, asked: bool) -> None:
    assert recency.asked(question) is asked


def test_the_newest_source_wins_and_the_older_one_is_told_with_its_date() -> None:
    positions = recency.latest_first((EARLY, LATE), DATES)
    assert [(p.value, p.stance) for p in positions] == [("15", "accepted"), ("12", "earlier")]
    draft = span(positions, lambda name: name, published=DATES)
    assert draft.text == "15 [1]; earlier early.txt (2027-03-01) said 12 [2]."
    assert verify(draft, document) == draft


def test_a_date_that_no_source_has_does_not_pass_as_one() -> None:
    draft = span((EARLY, LATE), lambda name: name, published={**DATES, "late.txt": "2028-01-01"})
    assert "2028" in draft.text
    assert "2028" not in verify(draft, document).text


def test_nothing_is_concluded_where_a_date_is_unknown_or_too_coarse() -> None:
    unknown = (EARLY, position("13", "other.txt", stance="disputed"))
    assert recency.latest_first(unknown, DATES) == unknown
    coarse = recency.latest_first((EARLY, LATE), {**DATES, "early.txt": "2027-03"})
    assert [(p.value, p.stance) for p in coarse] == [("15", "accepted"), ("12", "disputed")]


def test_sources_of_one_day_are_named_without_it() -> None:
    same = {**DATES, "late.txt": "2027-03-01"}
    assert span((EARLY, LATE), lambda name: name, published=same).text == "12 [1]; late.txt says 15 [2]."
    assert recency.latest_first((EARLY, LATE), same)[0] == replace(EARLY, stance="accepted")


@pytest.mark.parametrize(
    ("question", "text", "value", "said"),
    [
        (
            "How much did Orlo raise in its latest round?",
            "Orlo's previous round closed at $40 million.",
            "$40 million",
            True,
        ),
        (
            "How much did Orlo raise in its first round?",
            "Orlo's previous round closed at $40 million.",
            "$40 million",
            False,
        ),
        ("What is the current toll?", "The toll is $9, and the former toll was $5.", "$9", False),
        ("What is the current toll?", "The toll is $9, and the former toll was $5.", "$5", True),
        ("Who is the current mayor?", "The former mayor Ann Holt was followed by Rita Vance.", "Ann Holt", True),
        ("Who is the current mayor?", "The former mayor Ann Holt was followed by Rita Vance.", "Rita Vance", False),
        ("Who is the current mayor?", "The former teacher Rita Vance became mayor.", "Rita Vance", False),
    ],
)
def test_what_was_before_is_no_answer_to_what_is_latest(question: str, text: str, value: str, said: bool) -> None:
    start = text.index(value)
    assert recency.formerly(question, text, start, start + len(value)) is said
