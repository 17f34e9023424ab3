"""What one source is read to say: which words compete, what both readers hold of them, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Sentence
from rag.evidence import Candidate
from rag.extractor import Absent, Extractor, Pointed
from rag.llm import Prompt, Reply
from rag.question import understand
from rag.reader import Reading, read
from rag.shortlist import pointed_at
from rag.words import Rarity

SENTENCES = (
    "The mill was sold to Orla Strand for $4 million.",
    "Kestrel Bank lent her $9 million in March.",
    "The old millers are glad of it.",
)
RAINED = "It rained (for a while) in Aberdeen-on-Sea, and 3,000 people stayed at home."


class Model:
    """A language model that copies one thing, and finds the replies with its favourite words the likeliest."""

    name = "scripted"
    context = 2048

    def __init__(self, copied: str = "", favourite: str = "") -> None:
        self.copied, self.favourite = copied, favourite
        self.scored: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def read(self, prompt: Prompt, grammar: str, first: Sequence[str] = (), max_tokens: int = 64) -> Reply:
        return Reply(self.copied, -1.0, {})

    def score(self, prompt: Prompt, replies: Sequence[str]) -> list[float]:
        self.scored += replies
        return [-1.0 if self.favourite and self.favourite in reply else -4.0 for reply in replies]


class Fond:
    """An extractor that points at some words wherever they stand."""

    name = "scripted"

    def __init__(self, words: str) -> None:
        self.words = words

    def point(self, question: str, sentences: Sequence[str]) -> list[Pointed]:
        return [self._in(sentence) for sentence in sentences]

    def _in(self, sentence: str) -> Pointed:
        at = sentence.find(self.words)
        offsets = np.array([(i, i + 1) for i in range(len(sentence))])
        begins = np.array([5.0 if i == at else -3.0 for i in range(len(sentence))], dtype=np.float32)
        ends = np.array(
            [5.0 if i == at + len(self.words) - 1 else -3.0 for i in range(len(sentence))], dtype=np.float32
        )
        return Pointed(offsets, begins, ends)


def told(question: str, model: Model, extractor: Extractor, texts: Sequence[str] = SENTENCES) -> Reading:
    asked = understand(question)
    group = [
        Candidate("a", Sentence(100 * i, 100 * i + len(text), text, False, 0), "", "", 0, 0, 0, 0, Rarity(texts))
        for i, text in enumerate(texts)
    ]
    return read(asked, pointed_at(asked, group, extractor), model)


def said(reading: Reading) -> set[str]:
    return {claim.value for claim in reading.claims}


def test_only_values_of_the_kind_asked_for_compete() -> None:
    assert said(told("How much did the mill cost?", Model(), Fond("millers"))) == {"$4 million", "$9 million"}


def test_for_a_name_the_words_that_are_pointed_at_compete_as_well() -> None:
    reading = told("Who is glad of the sale?", Model(), Fond("old millers"))
    assert {"Orla Strand", "Kestrel Bank", "old millers"} <= said(reading)
    pointed = {m.claim.value: m.features.pointed for m in reading.measured}
    assert pointed["old millers"] > pointed["Orla Strand"]


def test_where_no_kind_is_asked_for_what_is_copied_and_what_is_pointed_at_compete() -> None:
    reading = told("What rained?", Model(copied="[1] for a while"), Fond("stayed at home"), (RAINED,))
    assert said(reading) == {"for a while", "stayed at home"}


def test_what_is_pointed_at_is_widened_to_whole_words_and_values() -> None:
    reading = told("What rained?", Model(copied="[1] while"), Fond("000 peop"), (RAINED,))
    assert "3,000 people" in {value.strip() for value in said(reading)}


def test_a_pronoun_is_no_answer() -> None:
    assert "her" not in said(told("Who got the money of Kestrel Bank?", Model(), Fond("her")))
    assert said(told("What rained?", Model(copied="[1] It"), Fond("It"), (RAINED,))) == set()


def test_both_readers_are_measured() -> None:
    reading = told("How much did the mill cost?", Model(favourite="$4"), Fond("$9 million"))
    four, nine = sorted((m for m in reading.measured), key=lambda m: m.claim.value)
    assert four.features.share > nine.features.share
    assert four.features.pointed < nine.features.pointed
    assert four.features.margin == nine.features.margin == pytest.approx(3.05, abs=0.01)


def test_without_the_extractor_the_model_stands_in_for_it() -> None:
    reading = told("How much did the mill cost?", Model(favourite="$4"), Absent())
    for measured in reading.measured:
        assert measured.features.pointed == pytest.approx(measured.features.share)
        assert measured.features.present == pytest.approx(measured.features.margin)


@given(label=st.integers(1, len(SENTENCES)), words=st.sampled_from([w for text in SENTENCES for w in text.split()]))
def test_a_claim_is_the_very_words_of_a_sentence_that_was_shown(label: int, words: str) -> None:
    copied = f"[{label}] {SENTENCES[label - 1][4:19].strip()}"
    reading = told("What is known of the mill?", Model(copied), Fond(words))
    assert reading.claims
    for claim in reading.claims:
        start, text = claim.sentence.start, claim.sentence.text
        assert text in SENTENCES
        assert text[claim.start - start : claim.end - start] == claim.value
        assert claim.sentence in reading.evidence
