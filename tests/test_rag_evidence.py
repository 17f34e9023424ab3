"""What a sentence offers as an answer, and which sentences of a source are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from index.types import Sentence
from rag.evidence import LOOKED_AT, Candidate, by_source, explained, offers
from rag.extractor import Pointed
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
        ("How old is the mill?", "The mill, 40 metres long, is 130 years old.", ["130 years"]),
        ("In which year did it open?", "It opened on Friday, in May 1987.", ["May 1987"]),
        ("Which month did it open in?", "It opened on Friday, 3 May, after 1987.", ["Friday, 3 May"]),
    ],
)
def test_only_what_may_answer_is_offered(question: str, text: str, offered: list[str]) -> None:
    sentence = Sentence(0, len(text), text, False, 0)
    candidate = Candidate("a.txt", sentence, "", "", 0.0, 0.0, 0.0, 0.0, Rarity([text]))
    assert [text[start:end] for start, end in offers(understand(question), candidate)] == offered


class Pointing:
    """An extractor that points at the words it was given, and says what it was shown."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.shown: list[str] = []

    def point(self, question: str, sentences: Sequence[str]) -> list[Pointed]:
        self.shown += sentences
        return [self._in(sentence) for sentence in sentences]

    def _in(self, sentence: str) -> Pointed:
        starts = [i for i, letter in enumerate(sentence) if i == 0 or sentence[i - 1] == " " != letter]
        offsets = np.array([(i, i + len(sentence[i:].split(" ")[0])) for i in starts])
        odds = np.array([4.0 if sentence[i:].startswith(self.words) else -4.0 for i in starts], dtype=np.float32)
        return Pointed(offsets, odds, odds)


def candidate(document: str, place: int, text: str, near: float, lead: str = "") -> Candidate:
    sentence = Sentence(place, place + len(text), text, False, 0)
    return Candidate(document, sentence, lead, "", 0.0, 0.0, near, 0.0, Rarity([text]))


def test_what_the_extractor_points_at_is_read_first() -> None:
    texts = ["It rained for a while.", "It was dry on Monday.", "The harbour opened.", "Nobody came at all."]
    found = [candidate("a", 100 * i, text, 0.9 - i / 100) for i, text in enumerate(texts)]
    (group,) = by_source(understand("What opened?"), found, Pointing("harbour"), 2, 5)
    assert [item.sentence.text for item in group] == [texts[0], texts[2]]
    assert group[1].surest == 8.0
    assert group[1].pointed.best() == (4, 11)
    assert group[0].surest == -8.0


def test_a_sentence_is_pointed_at_behind_the_one_it_leans_on() -> None:
    found = [candidate("a", 0, "It opened the harbour.", 0.9, lead="The harbour board met.")]
    extractor = Pointing("harbour")
    ((read,),) = by_source(understand("What opened?"), found, extractor, 2, 5)
    assert extractor.shown == ["The harbour board met. It opened the harbour."]
    assert read.sentence.text[slice(*read.pointed.best())] == "harbour."


def test_the_extractor_sees_no_more_of_a_source_than_it_can_take() -> None:
    found = [candidate("a", 100 * i, f"Thing {i} happened there.", 0.9) for i in range(3 * LOOKED_AT)]
    extractor = Pointing("Thing")
    (group,) = by_source(understand("What happened?"), found, extractor, 4, 5)
    assert len(extractor.shown) == LOOKED_AT
    assert len(group) == 4


def test_every_sentence_is_asked_for_a_reason() -> None:
    lines = [candidate("ab"[i % 2], 100 * i, f"Thing {i} happened.", 0.9) for i in range(4 * LOOKED_AT)]
    reason = candidate("a", 9000, "Rust broke the pipe.", 0.2)
    extractor = Pointing("Rust")
    found = explained(understand("Why did it flood?"), [*lines, reason], extractor)
    assert sorted(extractor.shown) == sorted(item.line for item in found)
    assert found[0].surest == 8.0
    assert reason.sentence == max(found, key=lambda item: item.surest).sentence
