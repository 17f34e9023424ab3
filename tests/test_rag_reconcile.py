"""What the sources say together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Sentence
from rag.confidence import Features
from rag.dissent import positions
from rag.reader import Measured, Reading
from rag.reconcile import accept, cluster, ranked
from rag.types import Claim, Evidence, Position

NOTHING = Features(*[0.0] * len(fields(Features)))


def claim(document: str, value: str, confidence: float) -> Claim:
    text = f"It cost {value}."
    start = text.index(value)
    return Claim(document, value, start, start + len(value), Evidence(1, document, 0, len(text), text, 1.0), confidence)


def reading(document: str, *said: tuple[str, float], margin: float = 0.0, share: float = 0.0) -> Reading:
    claims = [claim(document, value, confidence) for value, confidence in said]
    features = replace(NOTHING, margin=margin, share=share)
    return Reading(
        document, tuple(item.sentence for item in claims), tuple(Measured(item, features) for item in claims)
    )


@dataclass(frozen=True)
class Shelf:
    """What the documents say besides what was read."""

    texts: Mapping[str, str]

    def sentences(self, document_id: str) -> list[Sentence]:
        text = self.texts.get(document_id, "")
        return [Sentence(0, len(text), text, heading=False, paragraph=0)]


def told(readings: list[Reading], besides: Mapping[str, str]) -> list[str]:
    """The values of all positions, the accepted one first."""
    answer = accept(ranked(readings, {}), readings, {})
    assert answer is not None
    return [position.value for position in positions(answer, readings, texts=Shelf(besides))]


def reconcile(readings: list[Reading], copies: dict[str, str] | None = None) -> tuple[Position, ...]:
    origin = copies or {}
    answer = accept(ranked(readings, origin), readings, origin)
    return positions(answer, readings, copies) if answer else ()


def stances(readings: list[Reading]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(p.stance, p.value, p.documents) for p in reconcile(readings)]


def test_values_that_mean_the_same_are_one_position() -> None:
    found = stances(
        [
            reading("a", ("$110 billion", 0.9)),
            reading("b", ("$110bn", 0.8)),
            reading("c", ("110,000,000,000 dollars", 0.7)),
        ]
    )
    assert found == [("accepted", "$110 billion", ("a", "b", "c"))]


def test_a_name_is_told_as_the_source_has_it_that_says_most() -> None:
    readings = [reading("a", ("Anna", 0.9)), reading("b", ("Anna Berg", 0.7))]
    answer = accept(ranked(readings, {}, ["Anna Berg opened it."]), readings, {})
    assert answer is not None
    assert answer.value == "Anna"
    (found,) = positions(answer, readings, context=["Anna Berg opened it."])
    assert (found.value, found.documents) == ("Anna Berg", ("a", "b"))


def test_a_rounded_value_agrees_where_its_sentence_says_that_it_is_one() -> None:
    exact, rounded = claim("a", "11.8 kilometres", 0.9), claim("b", "12 kilometres", 0.8)
    text = "It ran for nearly 12 kilometres."
    hedged = replace(rounded, start=18, end=31, sentence=replace(rounded.sentence, text=text, end=len(text)))
    assert len(cluster([exact, hedged])) == 1
    assert len(cluster([exact, rounded])) == 2


def test_the_dissenter_is_named_and_the_better_supported_value_accepted() -> None:
    found = stances(
        [reading("a", ("$11 billion", 0.95)), reading("b", ("$110 billion", 0.9)), reading("c", ("$110 billion", 0.9))]
    )
    assert found == [("accepted", "$110 billion", ("b", "c")), ("disputed", "$11 billion", ("a",))]


def test_a_slip_in_copying_is_told_from_a_value_of_something_else() -> None:
    agreed = [reading("b", ("$110 billion", 0.9)), reading("c", ("$110 billion", 0.9))]
    assert len(stances([reading("a", ("$11 billion", 0.1)), *agreed])) == 2
    assert len(stances([reading("a", ("$24 billion", 0.1)), *agreed])) == 1


def test_a_source_that_is_as_sure_of_another_value_dissents_unless_the_others_know_that_value_too() -> None:
    readings = [reading("a", ("16", 0.4)), reading("b", ("14", 0.9)), reading("c", ("14", 0.9))]
    assert told(readings, {}) == ["14", "16"]
    assert told(readings, {"b": "It has 14 trams and nothing else."}) == ["14", "16"]
    assert told(readings, {"b": "The old line had sixteen trams.", "c": "There were 16 trams before."}) == ["14"]


def test_a_value_with_fewer_decimals_does_not_contradict() -> None:
    agreed = [reading("b", ("17 percent", 0.9)), reading("c", ("17 percent", 0.9))]
    assert told([reading("a", ("17.2%", 0.8)), *agreed], {}) == ["17 percent"]
    assert told([reading("a", ("17.6%", 0.8)), *agreed], {}) == ["17 percent", "17.6%"]
    assert told([reading("a", ("27.2%", 0.8)), *agreed], {}) == ["17 percent", "27.2%"]


def test_a_source_that_holds_the_accepted_value_too_does_not_dissent() -> None:
    found = stances(
        [
            reading("a", ("$15 billion", 0.9), ("$50 billion", 0.6)),
            reading("b", ("$50 billion", 0.9)),
            reading("c", ("$50 billion", 0.9)),
        ]
    )
    assert found == [("accepted", "$50 billion", ("a", "b", "c"))]


def test_a_value_that_an_agreeing_source_also_holds_is_of_something_else() -> None:
    found = stances(
        [
            reading("a", ("$15 billion", 0.9)),
            reading("b", ("$50 billion", 0.9), ("$15 billion", 0.3)),
            reading("c", ("$50 billion", 0.9)),
        ]
    )
    assert [stance for stance, _, _ in found] == ["accepted"]


def test_nothing_sure_enough_is_nothing() -> None:
    assert stances([reading("a", ("$11 billion", 0.1), margin=-4.0, share=-2.0), reading("b")]) == []


def test_sources_that_agree_make_an_answer_of_claims_that_are_not_sure_each() -> None:
    alone = stances([reading("a", ("$11 billion", 0.1), margin=-2.0), reading("b", ("$5 million", 0.09), margin=-2.0)])
    together = stances([reading(name, ("$11 billion", 0.1), margin=1.0) for name in "abc"])
    assert alone == []
    assert together == [("accepted", "$11 billion", ("a", "b", "c"))]


def test_copies_count_once() -> None:
    readings = [
        reading("a", ("5", 0.8)),
        reading("copy-of-a", ("5", 0.8)),
        reading("b", ("6", 0.9)),
        reading("c", ("6", 0.5)),
    ]
    assert reconcile(readings, {"copy-of-a": "a"})[0].value == "6"
    assert reconcile(readings)[0].value == "5"


def test_more_independent_sources_win_over_one_that_is_surer() -> None:
    readings = [
        reading("a", ("$50 million", 0.95)),
        reading("b", ("$5 million", 0.5)),
        reading("c", ("$5 million", 0.6)),
    ]
    assert stances(readings) == [("accepted", "$5 million", ("b", "c")), ("disputed", "$50 million", ("a",))]
    copied = reconcile(readings, {"c": "b"})
    assert [(p.stance, p.value) for p in copied] == [("accepted", "$50 million"), ("disputed", "$5 million")]
    assert stances(readings[:2]) == [("accepted", "$50 million", ("a",)), ("disputed", "$5 million", ("b",))]


values = st.sampled_from(["$5 million", "$5m", "$6 million", "7 people", "Anna Berg", "Berg", "2026"])


@given(st.lists(st.tuples(st.sampled_from("abcd"), values, st.floats(0, 1)), max_size=12))
def test_every_claim_is_in_at_most_one_cluster_and_a_source_once_in_each(said: list[tuple[str, str, float]]) -> None:
    claims = [claim(*item) for item in said]
    clusters = cluster(claims)
    placed = [id(item) for group in clusters for item in group.claims]
    assert len(placed) == len(set(placed))
    for group in clusters:
        documents = [item.document_id for item in group.claims]
        assert len(documents) == len(set(documents))
        assert group.claims[0].confidence == max(item.confidence for item in group.claims)


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("2016", "8 August", False),
        ("June 2023", "30 June 2022", True),
        ("Maren Oduya", "Maren", False),
        ("Hugo Lenn", "Hugo Lind", True),
        ("$5 million", "€7 million", False),
    ],
)
def test_what_can_contradict_what(one: str, other: str, may: bool) -> None:
    readings = [reading("a", (one, 0.9)), reading("b", (one, 0.9)), reading("c", (other, 0.9))]
    assert told(readings, {}) == ([one, other] if may else [one])
