"""Every metric on hand-made answers, with a case where it is neither 0 nor 1."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_scripted import COST, ENGINEER, LENGTH, OPENED, OWNER, RIGHT, RIVER, Shelf, answer, citation, position
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import Case, Proof
from eval.metrics import Cited, cited, judge, percentile, plain, proof_spans, ranks, wilson
from eval.record import Record, measure
from eval.summary import calibration, summarise
from rag.types import Answer


@pytest.mark.parametrize("case", [COST, OPENED, ENGINEER, LENGTH, OWNER], ids=lambda case: case.id)
def test_a_right_answer_is_right(case: Case) -> None:
    verdict = judge(case, RIGHT[case.question])
    assert verdict.right
    assert verdict.why == ""


WRONG = [
    (OWNER, answer("Ada Holm [1]."), "the sources do not say"),
    (OPENED, answer("", status="not_in_sources"), "refused"),
    (OPENED, answer("1940.", positions=(position("1940", "river.txt"),)), "lacks '1931'"),
    (
        OPENED,
        answer("1931, 1913.", positions=(position("1931", "river.txt"), position("1913", "paper.txt"))),
        "gives '1913'",
    ),
    (OPENED, replace(RIGHT[OPENED.question], status="conflict"), "false conflict"),
    (COST, replace(RIGHT[COST.question], status="answered"), "does not say that the sources disagree"),
    (COST, replace(RIGHT[COST.question], text="$40 million [1]; sources differ."), "other position '$4 million'"),
    (
        COST,
        replace(
            RIGHT[COST.question],
            positions=(position("$4 million", "paper.txt"), position("$40 million", "river.txt", "disputed")),
        ),
        "lacks '$40 million'",
    ),
]


@pytest.mark.parametrize(("case", "given_answer", "why"), WRONG)
def test_a_wrong_answer_is_wrong_and_says_why(case: Case, given_answer: Answer, why: str) -> None:
    verdict = judge(case, given_answer)
    assert not verdict.right
    assert why in verdict.why


def test_values_count_however_they_are_written() -> None:
    written = replace(
        RIGHT[COST.question],
        text="$40M [1]. One source says 4,000,000 dollars [2].",
        positions=(position("$40M", "river.txt"), position("4,000,000 dollars", "paper.txt", "disputed")),
    )
    assert judge(COST, written).right


def test_a_value_that_only_the_text_mentions_is_not_the_answer() -> None:
    aside = answer("1940; the dam's rival opened in 1931.", positions=(position("1940", "river.txt"),))
    assert not judge(OPENED, aside).right
    assert judge(OPENED, replace(aside, positions=())).right


def test_an_open_answer_is_judged_by_its_text() -> None:
    case = replace(OPENED, kind="open", answers=(("1931",), ("$40 million",)), rejected=())
    part = (position("1931", "river.txt"),)
    assert judge(case, answer("Opened 1931 [1] at $40 million [2].", positions=part)).right
    assert not judge(case, answer("Opened 1931 [1].")).right


def test_a_citation_marker_is_no_answer() -> None:
    case = replace(OPENED, kind="open", answers=(("12",),), rejected=())
    assert plain("Words [12]. More [1][2].") == "Words. More."
    assert not judge(case, answer("Words [12].")).right


def test_a_tie_that_sides_with_nobody_may_name_both() -> None:
    both = (position("$40 million", "river.txt", "disputed"), position("$4 million", "paper.txt", "disputed"))
    tie = replace(RIGHT[COST.question], positions=both)
    assert judge(COST, tie).right
    assert not judge(COST, replace(tie, positions=both[1:], text="$4 million; not $40 million.")).right


def test_citations_are_counted_by_span() -> None:
    beside = citation(3, "river.txt", "Its engineer was Ada Holm.")
    moved = replace(citation(4, "river.txt", "The dam opened"), start=1)
    given_answer = replace(RIGHT[COST.question], citations=(*RIGHT[COST.question].citations, beside, moved))
    assert cited(COST, given_answer, Shelf()) == Cited(given=4, exact=3, supporting=2, proofs=2, proved=2)
    one = replace(given_answer, citations=given_answer.citations[1:])
    assert cited(COST, one, Shelf()) == Cited(given=3, exact=2, supporting=1, proofs=2, proved=1)


def test_a_citation_of_the_same_sentence_supports_without_sharing_a_word() -> None:
    case = replace(OPENED, answers=(("nineteen thirty-one, said otherwise",),))
    assert cited(case, answer("", citations=(citation(1, "river.txt", "The dam"),)), Shelf()).supporting == 1
    assert cited(case, answer("", citations=(citation(1, "river.txt", "It cost"),)), Shelf()).supporting == 0


def test_another_place_that_holds_the_value_supports() -> None:
    texts = {"river.txt": RIVER + " All this began in 1931."}
    again = answer("", citations=(citation(1, "river.txt", "All this began in 1931.", texts),))
    assert cited(OPENED, again, Shelf(texts)).supporting == 1


def test_a_proof_that_cleaning_lost_has_no_place() -> None:
    case = replace(COST, proof=(COST.proof[0], Proof("paper.txt", "not there")))
    assert proof_spans(case, Shelf()) == [[("river.txt", RIVER.index("It cost"), RIVER.index(". Its"))], []]


def test_ranks_are_of_the_first_passage_that_overlaps_each_proof() -> None:
    found = [("paper.txt", "The lake"), ("river.txt", RIVER), ("river.txt", "It cost")]
    assert ranks(COST, "?", Shelf(found=found)) == (2, None)


def record(case: Case, given_answer: Answer, seconds: float = 1.0, found: tuple[tuple[str, str], ...] = ()) -> Record:
    return measure("made", case, given_answer, Shelf(found=found), seconds)


def test_a_summary_of_mixed_answers() -> None:
    hits = (("paper.txt", "The lake"), ("river.txt", RIVER))
    right, refused = RIGHT[OPENED.question], answer("", status="not_in_sources")
    records = [
        record(COST, RIGHT[COST.question], 1.0, hits),
        record(COST, replace(RIGHT[COST.question], status="answered"), 2.0, hits),
        record(OPENED, right, 3.0, hits[1:]),
        record(OPENED, replace(right, status="conflict"), 4.0, hits[1:]),
        record(ENGINEER, refused, 5.0),
        record(OWNER, refused, 6.0),
        record(OWNER, answer("Holm", positions=(position("Holm", "river.txt", confidence=0.2),)), 7.0),
        record(OWNER, answer("Ada"), 8.0),
    ]
    found = summarise(records)
    assert (found.accuracy.right, found.accuracy.count) == (3, 8)
    assert found.by_kind["single"].value == pytest.approx(1 / 3)
    assert list(found.by_kind) == ["single", "disagree", "absent"]
    assert found.disagreement_found == 1 / 2
    assert found.false_alarms == pytest.approx(1 / 3)
    assert found.abstention_precision == 1 / 2
    assert found.abstention_recall == pytest.approx(1 / 3)
    assert found.wrongly_refused == 1 / 5
    assert found.recall == {1: 2 / 5, 3: 4 / 5, 5: 4 / 5, 10: 4 / 5}
    assert found.coverage == {1: 2 / 7, 3: 4 / 7, 5: 4 / 7, 10: 4 / 7}
    assert found.mrr == pytest.approx((0.5 + 0.5 + 1 + 1) / 5)
    assert (found.p50, found.p95) == (4.0, 8.0)


def test_citation_figures_are_over_right_answers_but_exactness_over_all() -> None:
    beside = citation(3, "river.txt", "Its engineer was Ada Holm.")
    moved = replace(beside, start=1)
    right, wrong = RIGHT[OPENED.question], answer("1940", citations=(moved,))
    half = replace(RIGHT[COST.question], citations=(RIGHT[COST.question].citations[0],))
    found = summarise(
        [
            record(OPENED, replace(right, citations=(*right.citations, beside))),
            record(COST, half),
            record(OPENED, wrong),
        ]
    )
    assert found.citation_precision == pytest.approx(2 / 3)
    assert found.citation_recall == pytest.approx(2 / 3)
    assert found.quote_exact == pytest.approx(3 / 4)


def test_what_was_not_measured_is_none_and_not_zero() -> None:
    found = summarise([record(OWNER, RIGHT[OWNER.question])])
    assert found.accuracy.value == 1
    assert (found.quote_exact, found.mrr, found.false_alarms, found.calibration_error) == (None, None, None, None)
    assert summarise([]).accuracy.value is None


def test_calibration_compares_confidence_with_truth() -> None:
    sure = answer("1931", positions=(position("1931", "river.txt", confidence=0.95),))
    wrong = answer("1940", positions=(position("1940", "river.txt", confidence=1.0),))
    unsure = answer("1940", positions=(position("1940", "river.txt", confidence=0.25),))
    records = [record(OPENED, sure), record(OPENED, wrong), record(OPENED, unsure)]
    low, high = calibration(records)
    assert (low.count, low.confidence, low.right) == (1, 0.25, 0.0)
    assert (high.count, high.confidence, high.right) == (2, 0.975, 0.5)
    assert summarise(records).calibration_error == pytest.approx((2 * 0.475 + 0.25) / 3)


def test_a_record_survives_json() -> None:
    before = record(COST, RIGHT[COST.question], 1.5, (("river.txt", RIVER),))
    assert Record.from_dict(before.to_dict()) == before
    assert before.values == ("$40 million",)
    assert before.disputed == ("$4 million",)


def test_wilson_matches_published_values() -> None:
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_rate_and_stays_a_proportion(case: tuple[int, int]) -> None:
    low, high = wilson(*case)
    assert 0 <= low <= case[0] / case[1] + 1e-9
    assert case[0] / case[1] - 1e-9 <= high <= 1


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile(range(1, 101), 95) == 95
    assert percentile([7.0], 95) == 7.0
    assert percentile([], 50) is None
