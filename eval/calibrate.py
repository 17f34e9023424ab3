"""Fits the reader's confidence on the dev cases: `python -m eval.calibrate [CORPUS ...]`.

Every source of every dev case that asks for a span is read with the default model; each possible answer is right
when it is one that the case accepts (or a dissent it knows). A logistic regression over the features of
`rag.confidence` is fitted to that, checked by leaving out one corpus at a time, and printed as the constants that
`rag/confidence.py` holds, with its reliability (Niculescu-Mizil and Caruana 2005, "Predicting good probabilities
with supervised learning"). A second one is fitted to the best supported answer of each case (whether it is right), a
third to the claims beside a right one (whether they are a dissent that the case knows): the constants of
`rag/reconcile.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from eval import plots
from eval.cases import Case, Groups, load, select
from rag import Assistant, Settings, answering, evidence, followup, reader, reconcile, values
from rag.confidence import Features
from rag.extractor import installed
from rag.question import Question
from rag.reader import Measured, Reading
from rag.roles import open_models

DEFAULT = ("seeds", "storm", "trial", "tram", "outage")
BINS = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A case, the question it became, and what the reader made of each source."""

    corpus: str
    case: Case
    question: Question
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """Something to be told right from wrong: where it is from, what was measured, whether it is right.

    `absent`: nothing is right, since the sources do not say.
    """

    corpus: str
    features: tuple[float, ...]
    right: bool
    absent: bool = False


def asked(corpus: str, settings: Settings) -> Iterator[Asked]:
    """The corpus's dev cases that ask for a span, read."""
    cases = select(load(corpus), split="dev")
    with Assistant.open(cases.source, settings) as assistant:
        model, extractor = open_models(settings).reader, installed(settings.cache_dir)
        for case in cases.cases:
            question, found = answering.gather(_standalone(case), assistant.index, settings)
            if not question.open:
                groups = evidence.by_source(question, found, extractor, settings.evidence, settings.reads)
                yield Asked(corpus, case, question, tuple(reader.read(question, group, model) for group in groups))


def answers(readings: Sequence[Asked]) -> list[Sample]:
    """Every possible answer that the reader weighed."""
    return [
        Sample(item.corpus, astuple(measured.features), _right(item.case, measured.claim.value))
        for item in readings
        for reading in item.readings
        for measured in reading.measured
    ]


def judged(readings: Sequence[Asked], confidence: Pipeline) -> tuple[list[Sample], list[Sample]]:
    """The best supported answers, right or not, and the claims that might contradict those that are right.

    Both under the confidence as it was fitted.
    """
    standing, dissent = [], []
    for item in readings:
        rescored = [_rescored(reading, confidence) for reading in item.readings if reading.measured]
        clusters = reconcile.cluster([claim for reading in rescored for claim in reading.claims])
        if not clusters:
            continue
        accepted, *others = sorted(clusters, key=lambda cluster: -reconcile.support(cluster, {}))
        absent = item.case.status == "not_in_sources"
        right = not absent and _among(accepted.value, item.case.answers)
        measured = astuple(reconcile.standing(accepted, others, rescored, {}))
        standing.append(Sample(item.corpus, measured, right, absent))
        if right:
            dissent += [
                Sample(item.corpus, astuple(signs), _among(cluster.value, item.case.dissent))
                for cluster, _, signs in reconcile.dissents(accepted, others, rescored)
            ]
    return standing, dissent


def _rescored(reading: Reading, confidence: Pipeline) -> Reading:
    told = confidence.predict_proba(np.array([astuple(item.features) for item in reading.measured]))[:, 1]
    measured = [
        Measured(replace(item.claim, confidence=float(sure)), item.features)
        for item, sure in zip(reading.measured, told, strict=True)
    ]
    return replace(reading, measured=tuple(sorted(measured, key=lambda item: -item.claim.confidence)))


def fit(data: Sequence[Sample]) -> Pipeline:
    """The standardised logistic regression over the features."""
    inputs, right = _arrays(data)
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)).fit(inputs, right)


def constants(model: Pipeline) -> tuple[list[float], float]:
    """The weights and the bias for features that are not standardised."""
    scaler, regression = model[0], model[-1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    return [round(float(weight), 3) for weight in weights], round(bias, 3)


def calibration_error(probabilities: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """The expected calibration error over `BINS` equal bins (Guo et al. 2017), 0 to 1."""
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = [
        abs(probabilities[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in range(BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def decided(told: npt.NDArray[np.float64], data: Sequence[Sample]) -> list[tuple[float, float]]:
    """(threshold, share of `data` decided right): answered rightly from the threshold up, rightly refused below it."""
    _, right = _arrays(data)
    absent = np.array([sample.absent for sample in data])
    steps = np.linspace(0.0, 1.0, 101)
    return [(float(at), float(np.where(told >= at, right, absent).mean())) for at in steps]


def main(
    corpora: Annotated[list[str] | None, typer.Argument(help="Corpora with dev cases. Default: all.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--plots", help="Folder for calibration.svg and threshold.svg.")
    ] = None,
) -> None:
    """Print how well each corpus is told by the others, then the constants fitted on all."""
    settings = Settings.load()
    readings = [item for corpus in corpora or DEFAULT for item in asked(corpus, settings)]
    possible = answers(readings)
    _report("WEIGHTS", Features, possible)
    standing, dissent = judged(readings, fit(possible))
    _report("STANDING", reconcile.Standing, standing)
    _report("DISSENT", reconcile.Signs, dissent)
    if folder is not None:
        draw(possible, standing, folder)


def draw(possible: Sequence[Sample], standing: Sequence[Sample], folder: Path) -> None:
    """What each corpus is told by the others: the reliability of a claim, and the threshold for an answer."""
    told = left_out(possible)
    _, right = _arrays(possible)
    bins = np.minimum((told * BINS).astype(int), BINS - 1)
    points = [(told[bins == b].mean(), right[bins == b].mean(), int((bins == b).sum())) for b in set(bins.tolist())]
    scaled = [(float(sure), float(share), max(1, count // 20)) for sure, share, count in points]
    (folder / "calibration.svg").write_text(plots.alone(plots.reliability(scaled)), encoding="utf-8")
    curve = decided(left_out(standing), standing)
    chosen = [(reconcile.ANSWER_AT, 0.0), (reconcile.ANSWER_AT, 1.0)]
    shown = plots.lines({"decided right": curve, "chosen": chosen}, "threshold 1")
    (folder / "threshold.svg").write_text(plots.alone(shown), encoding="utf-8")


def left_out(data: Sequence[Sample]) -> npt.NDArray[np.float64]:
    """The probability of each sample by a fit to the other corpora."""
    told = np.zeros(len(data))
    names = np.array([sample.corpus for sample in data])
    for corpus in sorted(set(names)):
        own = names == corpus
        others = [sample for sample, mine in zip(data, own, strict=True) if not mine]
        told[own] = fit(others).predict_proba(_arrays(data)[0][own])[:, 1]
    return told


def _report(name: str, kind: type, data: Sequence[Sample]) -> None:
    say = partial(print, flush=True)
    say(f"{name}: {len(data)} samples, {sum(sample.right for sample in data)} right")
    for corpus in sorted({sample.corpus for sample in data}):
        own = [sample for sample in data if sample.corpus == corpus]
        others = [sample for sample in data if sample.corpus != corpus]
        if others and len({sample.right for sample in own}) == 2:
            inputs, right = _arrays(own)
            told = fit(others).predict_proba(inputs)[:, 1]
            say(
                f"  {corpus}: {len(own)}, AUROC {roc_auc_score(right, told):.3f}, "
                f"calibration error {calibration_error(told, right):.3f} (fitted on the others)"
            )
    weights, bias = constants(fit(data))
    for item, weight in zip(fields(kind), weights, strict=True):
        say(f"    {item.name}={weight},")
    say(f"  bias {bias}")


def _standalone(case: Case) -> str:
    turns: list[followup.Turn] = []
    for earlier in case.history:
        turns.append(followup.Turn(followup.standalone(earlier, turns)))
    return followup.standalone(case.question, turns)


def _right(case: Case, value: str) -> bool:
    return case.status != "not_in_sources" and _among(value, (*case.answers, *case.dissent))


def _among(value: str, groups: Groups) -> bool:
    wanted = [text for group in groups for text in group]
    return any(values.same(value, text) or values.contains(value, text) for text in wanted)


def _arrays(data: Sequence[Sample]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    return np.array([sample.features for sample in data]), np.array([sample.right for sample in data])


if __name__ == "__main__":
    typer.run(main)
