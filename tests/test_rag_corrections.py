"""What a text takes back is no answer; what it puts in its place is."""

from __future__ import annotations

import pytest

from rag.corrections import taken_back

TITLE = "Corrections and clarifications"


@pytest.mark.parametrize(
    ("text", "value", "around", "back"),
    [
        ("The mill was sold in 2024, not 2023.", "2023", "", True),
        ("The mill was sold in 2024, not 2023.", "2024", "", False),
        ("It was Lindt rather than the Nestlé of old.", "Nestlé", "", True),
        ("It cost $5 million if not $6 million.", "$6 million", "", False),
        ("On Friday we gave the length of the pier as 410 metres.", "410 metres", TITLE, True),
        ("On Friday we gave the length of the pier as 410 metres.", "410 metres", "The pier", False),
        ("In the same article the keeper was called Tom Farrow.", "Tom Farrow", TITLE, True),
        ("The pier measures 140 metres, as the keeper had told us.", "140 metres", TITLE, False),
        ("In our report of Monday, please read that 17 percent were hurt.", "17 percent", TITLE, False),
        (
            "The article said the pier was old; it should have said that it is 140 metres long.",
            "140 metres",
            TITLE,
            False,
        ),
    ],
)
def test_what_is_taken_back_is_told_from_what_stands(text: str, value: str, around: str, back: bool) -> None:
    assert taken_back(text, text.index(value), around) == back
