"""Close answers, read side by side by the real readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from rag.extractor import installed
from rag.llamacpp import LlamaCpp
from rag.models import DEFAULT, resolve
from rag.question import understand
from rag.reader import Readers
from rag.reconcile import Cluster, place
from rag.runoff import Measured, beside, ordered, rivals
from rag.settings import Settings
from rag.types import Claim, Evidence

CACHE = Settings().cache_dir
QUESTION = understand("How much did the mill cost?")


def answer(document: str, text: str, value: str, confidence: float) -> Cluster:
    sentence = Evidence(1, document, 40, 40 + len(text), text, 1.0)
    start = 40 + text.index(value)
    return Cluster((Claim(document, value, start, start + len(value), sentence, confidence),))


COST = answer("a", "Orla Strand bought the mill for $4 million.", "$4 million", 0.4)
LOAN = answer("b", "Kestrel Bank lent her brother $9 million in March.", "$9 million", 0.45)
RARE = answer("c", "The mill has 9 rooms, and a fence for $2 million.", "$2 million", 0.1)


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with closing(LlamaCpp(resolve(DEFAULT, CACHE), context=1024)) as model:
        yield Readers(model, installed(CACHE))


def measured_of(said: list[Cluster], copies: dict[str, str], readers: Readers) -> Measured:
    return beside(QUESTION, rivals(QUESTION, said, copies, readers), readers)


def test_of_close_answers_the_one_that_reads_as_the_answer_is_first(readers: Readers) -> None:
    said = [LOAN, COST, RARE]
    measured = measured_of(said, {}, readers)
    assert set(measured) == {place(item.claims[0]) for item in (LOAN, COST)}
    assert ordered(said, measured) == [COST, LOAN, RARE]


def test_what_is_far_ahead_is_not_read_again(readers: Readers) -> None:
    ahead = answer("b", LOAN.claims[0].sentence.text, "$9 million", 0.9)
    assert measured_of([ahead, COST], {}, readers) == {}
    assert ordered([ahead, COST], {}) == [ahead, COST]
    assert measured_of([], {}, readers) == {}


def test_what_fewer_sources_say_is_no_rival(readers: Readers) -> None:
    other = answer("d", LOAN.claims[0].sentence.text, "$9 million", 0.2)
    twice = Cluster((*LOAN.claims, *other.claims))
    assert measured_of([twice, COST], {}, readers) == {}
    assert measured_of([twice, COST], {"d": "b"}, readers)  # a copy counts with its original


def test_answers_of_one_sentence_are_told_apart_in_it(readers: Readers) -> None:
    text = "The mill cost $4 million, and the loan to her brother came to $9 million."
    said = [answer("a", text, "$9 million", 0.5), answer("b", text, "$4 million", 0.45)]
    assert ordered(said, measured_of(said, {}, readers))[0].value == "$4 million"


def test_only_what_fits_the_context_is_shown(readers: Readers) -> None:
    with closing(LlamaCpp(resolve(DEFAULT, CACHE), context=160)) as small:
        long = answer("d", " ".join(["Orla Strand bought the mill"] * 20) + " for $5 million.", "$5 million", 0.43)
        measured = measured_of([LOAN, long, COST], {}, replace(readers, model=small))
        assert set(measured) == {place(item.claims[0]) for item in (LOAN, COST)}
