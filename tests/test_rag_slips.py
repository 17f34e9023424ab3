"""What is a slip in copying, and what another value."""

from __future__ import annotations

import pytest

from rag.slips import slipped


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$5 billion", "$50 billion"),
        ("$730bn", "73 billion dollars"),
        ("$50 million", "$50 billion"),
        ("1,200", "120,000"),
        ("1978", "1987"),
        ("1,216", "1261 "),
        ("12 February 2027", "21 February 2027"),
        ("1 February 2027", "2 January 2027"),
        ("48 percent", "84%"),
        ("3.5 GW", "35 gigawatts"),
        ("26 hours", "62 hours"),
        ("twenty-six hours", "62 hours"),
        ("October 2026", "October 2062"),
        ("12 March 2027", "3 December 2027"),
        ("312", "231"),
        ("35 million", "53 million francs"),
    ],
)
def test_a_slip_has_the_same_digits_and_another_meaning(one: str, other: str) -> None:
    assert slipped(one, other)
    assert slipped(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$5 billion", "5,000,000,000 dollars"),
        ("$5 billion", "$55 billion"),
        ("$5 billion", "5 gigawatts"),
        ("35,000", "305"),
        ("19", "19000"),
        ("1978", "1979"),
        ("LANTERN-2", "Trainium2"),
        ("no number", "none"),
        ("27 February", "Friday"),
        ("January", "October"),
        ("two", "200"),
        ("26 hours", "62 days"),
        ("48 hours", "2 days"),
        ("January 2026", "October 2026"),
        ("22:15", "21:52"),
        ("42", "24 francs"),
        ("60 francs", "sixty"),
    ],
)
def test_what_is_no_slip(one: str, other: str) -> None:
    assert not slipped(one, other)
    assert not slipped(other, one)
