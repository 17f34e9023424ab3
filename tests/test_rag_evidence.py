"""What a sentence offers as an answer."""

from __future__ import annotations

import pytest

from index.types import Sentence
from rag.evidence import Candidate, offers
from rag.question import understand
from rag.words import Rarity


@pytest.mark.parametrize(
    ("question", "text", "offered"),
    [
        ("Which paper reported it?", "The wall broke at night, The Courier reported.", ["The Courier"]),
        ("Which paper reported it?", "The Orrin Courier reported it.", ["Orrin Courier"]),
        ("How much did the wall cost?", "It cost €4 million in 2027, said Lindt.", ["€4 million"]),
        ("Who paid Lindt?", "Lindt was paid by Nestlé.", ["Nestlé"]),
        ("When did it open?", "It opened in 2024, not in 2023.", ["2024"]),
        (
            "How much did it cost?",
            "It cost $5 million instead of $4 million, if not $6 million.",
            ["$5 million", "$6 million"],
        ),
        ("Who sold it?", "Rather than Nestlé it was Lindt that did not sell Suchard.", ["Lindt", "Suchard"]),
        ("At what time did it start?", "It began on Tuesday 14 October at 03:40.", ["03:40"]),
        ("What time of year is best?", "It is best on 14 October at 03:40.", ["14 October", "03:40"]),
        ("How old is Wren?", "Otto Wren, 84, of number 31, has 22 clocks and 8 keys.", ["84"]),
        ("How old was the boy?", "A boy of 9 was one of 17 hurt, with a man of 40 years.", ["9", "40 years"]),
        ("How old is the mill?", "The mill, 40 metres long, is 130 years old.", ["130 years"]),
        ("In which year did it open?", "It opened on Friday, in May 1987.", ["May 1987"]),
        ("Which month did it open in?", "It opened on Friday, 3 May, after 1987.", ["Friday, 3 May"]),
    ],
)
def test_only_what_may_answer_is_offered(question: str, text: str, offered: list[str]) -> None:
    sentence = Sentence(0, len(text), text, False, 0)
    candidate = Candidate("a.txt", sentence, "", "", 0.0, 0.0, 0.0, 0.0, Rarity([text]))
    assert [text[start:end] for start, end in offers(understand(question), candidate)] == offered
