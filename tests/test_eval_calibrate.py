"""What the fits and their curves say of samples whose truth is known."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from eval import calibrate, training
from eval.calibrate import Sample

# Of three corpora, right where the one feature is above 0; every fourth question has no answer.
SAMPLES = [
    Sample(corpus, (value,), right=value > 0, absent=index % 4 == 0 and value < 0)
    for corpus in ("a", "b", "c")
    for index, value in enumerate(np.linspace(-2, 2, 40).tolist())
]


def test_constants_are_those_of_features_that_are_not_standardised() -> None:
    model = calibrate.fit(SAMPLES)
    (weight,), bias = calibrate.constants(model)
    told = model.predict_proba(np.array([[1.5]]))[0, 1]
    assert 1 / (1 + np.exp(-(bias + 1.5 * weight))) == pytest.approx(told, abs=1e-3)


def test_a_corpus_is_told_by_the_others() -> None:
    strange = [Sample("d", (value,), right=value < 0) for value in (-1.0, -0.5, 0.5, 1.0)]
    told = calibrate.left_out([*SAMPLES, *strange])[-4:]
    assert (told[:2] < 0.5).all()
    assert (told[2:] > 0.5).all()


def test_the_threshold_curve_counts_right_answers_and_right_refusals() -> None:
    samples = [Sample("a", (), True), Sample("a", (), False), Sample("a", (), False, absent=True)]
    curve = dict(calibrate.decided(np.array([0.9, 0.6, 0.3]), samples))
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
