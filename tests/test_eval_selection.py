"""The comparison of ways to choose a sentence: each prefers the one that answers, and ranks are counted right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eval.selection import BASE, Found, Likelihood, MaxSim, Measure, added, extracted, of_kind, score
from index.types import Sentence
from rag.evidence import Candidate
from rag.question import understand
from rag.settings import Settings
from rag.words import Rarity

TEXTS = (
    "It rained for most of the week in Brackwater.",
    "The council of Brackwater approved 12 million euros for the harbour.",
    "Children painted the benches along the sea front.",
)


def candidates() -> list[Candidate]:
    return [
        Candidate("a", Sentence(100 * i, 100 * i + len(text), text, False, 0), "", "", 0, 0, 0, 0, Rarity(TEXTS))
        for i, text in enumerate(TEXTS)
    ]


@pytest.mark.parametrize("make", [MaxSim, Likelihood, extracted])
def test_the_sentence_that_answers_is_preferred(make: type[MaxSim]) -> None:
    measure: Measure = make(Settings())
    scores = measure(understand("How much did the council approve for the harbour?"), candidates())
    assert len(scores) == len(TEXTS)
    assert int(np.argmax(scores)) == 1


def test_sentences_at_the_same_place_of_two_sources_are_told_apart() -> None:
    _, here, _ = candidates()
    elsewhere = replace(here, document_id="b", sentence=replace(here.sentence, text=TEXTS[2]))
    scores = extracted(Settings())(understand("How much did the council approve?"), [here, elsewhere])
    assert scores[0] > scores[1] + 1


def test_only_a_sentence_with_the_kind_asked_for_is_of_the_kind() -> None:
    assert of_kind(understand("How much did the council approve?"), candidates()) == [0, 1, 0]
    assert of_kind(understand("What happened on the sea front?"), candidates()) == [1, 1, 1]


def test_ranks_are_counted() -> None:
    base = np.array([0.1 * k for k in range(10, 0, -1)])
    here = [
        Found(np.arange(10) == place, {BASE: base, "other": (np.arange(10) == 7).astype(float)}) for place in (0, 4, 7)
    ]
    plain = score(here, added("other", 0))
    assert (plain.first, plain.five) == pytest.approx((1 / 3, 2 / 3))
    helped = score(here, added("other", 5))
    assert (helped.first, helped.five) == pytest.approx((1 / 3, 2 / 3))
    assert score(here[2:], added("other", 5)).first == 1
    assert score([Found(np.zeros(3, dtype=bool), {BASE: np.ones(3)})], added(BASE, 0)).five == 0
