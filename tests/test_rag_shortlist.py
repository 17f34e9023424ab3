"""Which sentences of a source are read, and what is pointed at in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.types import Sentence
from rag.evidence import Candidate
from rag.extractor import Pointed
from rag.question import understand
from rag.shortlist import LOOKED_AT, by_source, explained
from rag.words import Rarity


class Pointing:
    """An extractor that points at the words it was given, and says what it was shown."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.shown: list[list[str]] = []

    def point(self, question: str, sentences: Sequence[str]) -> list[Pointed]:
        self.shown.append(list(sentences))
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


def test_what_is_read_is_pointed_at_once_more_by_itself() -> None:
    texts = ["It rained for a while.", "It was dry on Monday.", "The harbour opened."]
    found = [candidate("a", 100 * i, text, 0.9 - i / 100) for i, text in enumerate(texts)]
    extractor = Pointing("harbour")
    (group,) = by_source(understand("What opened?"), found, extractor, 2, 5)
    assert extractor.shown == [texts, [texts[0]], [texts[2]]]
    assert group[1].alone.odds(4, 11) == 8.0
    assert group[0].alone.odds(0, 2) == -8.0


def test_a_sentence_is_pointed_at_behind_the_one_it_leans_on() -> None:
    found = [candidate("a", 0, "It opened the harbour.", 0.9, lead="The harbour board met.")]
    extractor = Pointing("harbour")
    ((read,),) = by_source(understand("What opened?"), found, extractor, 2, 5)
    assert extractor.shown == [["The harbour board met. It opened the harbour."]] * 2
    assert read.sentence.text[slice(*read.pointed.best())] == "harbour."
    assert read.sentence.text[slice(*read.alone.best())] == "harbour."


def test_the_extractor_sees_no_more_of_a_source_than_it_can_take() -> None:
    found = [candidate("a", 100 * i, f"Thing {i} happened there.", 0.9) for i in range(3 * LOOKED_AT)]
    extractor = Pointing("Thing")
    (group,) = by_source(understand("What happened?"), found, extractor, 4, 5)
    assert len(extractor.shown[0]) == LOOKED_AT
    assert len(group) == 4


def test_every_sentence_is_asked_for_a_reason() -> None:
    lines = [candidate("ab"[i % 2], 100 * i, f"Thing {i} happened.", 0.9) for i in range(4 * LOOKED_AT)]
    reason = candidate("a", 9000, "Rust broke the pipe.", 0.2)
    extractor = Pointing("Rust")
    found = explained(understand("Why did it flood?"), [*lines, reason], extractor)
    assert sorted(line for lines in extractor.shown for line in lines) == sorted(item.line for item in found)
    assert found[0].surest == 8.0
    assert reason.sentence == max(found, key=lambda item: item.surest).sentence
