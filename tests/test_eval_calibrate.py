"""What the fits and their curves say of samples whose truth is known."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from eval import calibrate, training
from eval.fitting import Sample, _Choice, choosing, decided, left_out, telling

# Of three corpora, right where the one feature is above 0; every fourth question has no answer.
SAMPLES = [
    Sample(
        corpus, (value,), right=value > 0, absent=index % 4 == 0 and value < 0, question=corpus, accepted=value > 1.9
    )
    for corpus in ("a", "b", "c")
    for index, value in enumerate(np.linspace(-2, 2, 40).tolist())
]


def test_weights_are_those_of_features_that_are_not_standardised() -> None:
    for fit in (telling, choosing):
        fitted = fit(SAMPLES)
        (told,) = fitted.told(np.array([[1.5]]))
        assert 1 / (1 + np.exp(-(fitted.bias + 1.5 * fitted.weights[0]))) == pytest.approx(told)
        assert told > 0.9 > 0.1 > fitted.told(np.array([[-1.5]]))[0]


def test_choosing_goes_by_what_sets_an_answer_apart_from_its_rivals() -> None:
    # The first feature is of the question as a whole, and higher where more is right; the second tells the answer.
    random = np.random.default_rng(3)
    samples = []
    for number in range(60):
        easy = number % 2
        for i in range(8):
            accepted = i == 0
            mark = float(random.normal(1.5 if accepted else 0.0, 0.5))
            samples.append(
                Sample("a", (float(easy), mark), accepted or bool(easy and i < 6), False, str(number), accepted)
            )
    by_each, by_rivals = telling(samples), choosing(samples)
    assert by_each.weights[0] > by_each.weights[1]
    assert by_rivals.weights[1] > 2 * abs(by_rivals.weights[0])


def test_a_question_without_an_answer_lowers_what_speaks_for_its_rivals() -> None:
    samples = [
        Sample("a", (mark,), accepted, False, str(number), accepted)
        for number in range(20)
        for mark, accepted in ((0.0, False), (2.0, number < 15))
    ]
    bold = choosing([sample for sample in samples if int(sample.question) < 15])
    assert bold.told(np.array([[2.0]]))[0] > choosing(samples).told(np.array([[2.0]]))[0] + 0.1


def test_the_gradient_of_choosing_is_its_slope() -> None:
    random = np.random.default_rng(5)
    questions = np.repeat(np.arange(4), 5)
    accepted = (random.random(20) < 0.3) & (questions != 2)
    choice = _Choice(random.normal(size=(20, 3)), accepted, questions)
    at = random.normal(size=4)
    _, slope = choice.loss(at)
    for i in range(4):
        step = np.eye(4)[i] * 1e-5
        assert (choice.loss(at + step)[0] - choice.loss(at - step)[0]) / 2e-5 == pytest.approx(slope[i], rel=1e-4)


def test_a_corpus_is_told_by_the_others() -> None:
    strange = [Sample("d", (value,), right=value < 0) for value in (-1.0, -0.5, 0.5, 1.0)]
    told = left_out([*SAMPLES, *strange], telling)[-4:]
    assert (told[:2] < 0.5).all()
    assert (told[2:] > 0.5).all()


def test_the_threshold_curve_counts_right_answers_and_right_refusals() -> None:
    samples = [Sample("a", (), True), Sample("a", (), False), Sample("a", (), False, absent=True)]
    curve = dict(decided(np.array([0.9, 0.6, 0.3]), samples))
    assert curve[0.0] == pytest.approx(1 / 3)
    assert curve[0.5] == pytest.approx(2 / 3)
    assert curve[1.0] == pytest.approx(1 / 3)


def test_the_curves_are_written(tmp_path: Path) -> None:
    calibrate.draw(SAMPLES, SAMPLES, tmp_path)
    drawn = [ElementTree.parse(tmp_path / name).getroot() for name in ("calibration.svg", "threshold.svg")]
    assert all(root.tag == "{http://www.w3.org/2000/svg}svg" for root in drawn)
    assert "chosen" in "".join(drawn[1].itertext())


def test_the_course_of_a_training_goes_on_from_run_to_run() -> None:
    first = [
        {"kind": "train", "step": 5, "right": 0.5, "queries": 100, "loss": 1.5},
        {"kind": "train", "step": 10, "right": 0.7, "queries": 300, "loss": 1.2},
        {"kind": "validation", "step": 10, "right": 0.6, "queries": 50, "loss": 1.1},
    ]
    second = [{"kind": "validation", "step": 30, "right": 0.8, "queries": 50, "loss": 0.9}]
    course = training.course([first, second])
    assert course["training"] == [(0.125, 0.5), (0.25, pytest.approx(0.65))]
    assert course["held back"] == [(0.25, 0.6), (1.0, 0.8)]
    assert course["half the loss held back"] == [(0.25, 0.55), (1.0, 0.45)]
