"""Whose office someone is said to hold."""

from __future__ import annotations

import pytest

from rag.offices import held
from rag.words import stems

LINDT = set(stems("Who is the head of Lindt?"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lindt CEO Ann Osk said that the deal was good.", 1.0),
        ("Skarn CEO Ann Osk said that the deal was good.", -1.0),
        ("The report quotes Lindt's chief executive Ann Osk at length.", 1.0),
        ("Ann Osk, the head of Lindt, said so.", 1.0),
        ("Ann Osk, the mayor of Sarrow, said so to Lindt.", -1.0),
        ("It was the boss of Lindt, Ann Osk, who said so.", 1.0),
        ("They asked Ann Osk, Skarn Grid's chair, for an answer.", -1.0),
        ("The shares of Skarn Grid fell; CEO Ann Osk said so.", -1.0),
        ("Ann Osk said that the deal with Lindt was good.", 0.0),
        ("Former CEO Ann Osk said that the deal was good.", 0.0),
        ("The CEO Ann Osk said that the deal was good.", 0.0),
    ],
)
def test_an_office_is_its_owners(text: str, expected: float) -> None:
    start = text.index("Ann Osk")
    assert held(text, start, start + len("Ann Osk"), LINDT) == expected
