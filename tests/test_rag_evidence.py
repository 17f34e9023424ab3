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
    ],
)
def test_only_what_may_answer_is_offered(question: str, text: str, offered: list[str]) -> None:
    sentence = Sentence(0, len(text), text, False, 0)
    candidate = Candidate("a.txt", sentence, "", "", 0.0, 0.0, 0.0, 0.0, Rarity([text]))
    assert [text[start:end] for start, end in offers(understand(question), candidate)] == offered
