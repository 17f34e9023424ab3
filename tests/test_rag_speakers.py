"""Who is quoted, and whose something is."""

from __future__ import annotations

import pytest

from index.types import Sentence
from rag.evidence import Candidate
from rag.question import understand
from rag.speakers import suited, unheard
from rag.words import Rarity


@pytest.mark.parametrize(
    ("question", "text", "answer", "worth"),
    [
        ("Who said that the wall would hold?", "The wall will hold, Orla Strand said.", "Orla Strand", 1),
        ("Who said that the wall would hold?", "The wall will hold, said the mayor, Orla Strand.", "Orla Strand", -1),
        ("Who said that the wall would hold?", "The wall will hold, said mayor Orla Strand.", "Orla Strand", 1),
        ("Who said so?", "Orla Strand, the mayor of Lindt, has also warned of it.", "Orla Strand", 1),
        ("Who said so?", "Orla Strand, the mayor of Lindt, has also warned of it.", "Lindt", -1),
        ("Which paper first reported it?", "The Courier previously reported that it broke.", "Courier", 1),
        ("Who has warned of it?", "According to the engineer Tom Farrow it was known.", "Tom Farrow", 1),
        ("Whose bridge fell?", "Lindt’s bridge over the Sill fell.", "Lindt", 1),
        ("Whose bridge fell?", "Lindt’s bridge over the Sill fell.", "Sill", 0),
        ("Who built it?", "Orla Strand said that Tom Farrow built it.", "Orla Strand", 0),
    ],
)
def test_a_name_suits_the_question_by_the_words_beside_it(question: str, text: str, answer: str, worth: float) -> None:
    start = text.index(answer)
    assert suited(question, text, start, start + len(answer)) == worth


@pytest.mark.parametrize(
    ("text", "before", "missing"),
    [
        ("Orla Strand said the wall would hold.", "", False),
        ("The wall would hold, according to Strand.", "", False),
        ("She said it would hold.", "Orla Strand walked along the wall.", False),
        ("Orla Strand's firm announced a new wall.", "", True),
        ("Orla Strand walked along the wall.", "", True),
        ("Tom Farrow said the wall would hold.", "", True),
    ],
)
def test_what_somebody_said_is_missing_where_nothing_quotes_them(text: str, before: str, missing: bool) -> None:
    found = [
        Candidate("a.txt", Sentence(0, len(text), text, False, 0), "", "", 0.5, 0.5, 0.5, 0.5, Rarity([text]), before)
    ]
    assert unheard(understand("What did Orla Strand say about the wall?"), found) is missing
    assert not unheard(understand("Why did Orla Strand build the wall?"), found)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What did the mayor say about the wall?", False),
        ("What did the minister say about the wall?", True),
        ("What do the sources say about the wall?", False),
        ("What did Strand say about the wall?", False),
        ("What did Farrow say about the wall?", True),
    ],
)
def test_who_is_not_mentioned_is_not_heard(question: str, missing: bool) -> None:
    text = "The mayor, Orla Strand, said that the wall would hold, and Tom Farrow listened."
    sentence = Sentence(0, len(text), text, False, 0)
    found = [Candidate("a.txt", sentence, "", "", 0.5, 0.5, 0.5, 0.5, Rarity([text]))]
    assert unheard(understand(question), found) is missing
