"""Fits the reader's confidence on the dev cases: `python -m eval.calibrate [CORPUS ...]`.

Every source of every dev case that asks for a span is read with the default model; each possible answer is right
when it is one that the case accepts (or a dissent it knows). A logistic regression over the features of
`rag.confidence` is fitted to that, checked by leaving out one corpus at a time, and printed as the constants that
`rag/confidence.py` holds, with its reliability (Niculescu-Mizil and Caruana 2005, "Predicting good probabilities
with supervised learning").
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from eval.cases import Case, load, select
from rag import Assistant, Settings, answering, evidence, followup, reader, values
from rag.confidence import Features
from rag.llamacpp import LlamaCpp
from rag.models import resolve

DEFAULT = ("seeds", "storm", "trial")
BINS = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """One possible answer of one source: where it is from, what was measured, whether it is right."""

    corpus: str
    features: Features
    right: bool


def samples(corpus: str, settings: Settings) -> Iterator[Sample]:
    """Every possible answer that the reader weighs for the corpus's dev cases."""
    cases = select(load(corpus), split="dev")
    with Assistant.open(cases.source, settings) as assistant:
        model = LlamaCpp(resolve(settings.model, settings.cache_dir))
        for case in cases.cases:
            question, found = answering.gather(_standalone(case), assistant.index, settings)
            if question.open:
                continue
            for group in evidence.by_source(question, found, settings.evidence, settings.reads):
                for item in reader.read(question, group, model).measured:
                    yield Sample(corpus, item.features, _right(case, item.claim.value))


def fit(data: Sequence[Sample]) -> Pipeline:
    """The standardised logistic regression over the features."""
    inputs, right = _arrays(data)
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)).fit(inputs, right)


def constants(model: Pipeline) -> tuple[Features, float]:
    """The weights and the bias that `rag.confidence` needs for unscaled features."""
    scaler, regression = model[0], model[-1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    return Features(*(round(float(weight), 3) for weight in weights)), round(bias, 3)


def calibration_error(probabilities: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """The expected calibration error over `BINS` equal bins (Guo et al. 2017), 0 to 1."""
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = [
        abs(probabilities[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in range(BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def main(corpora: Sequence[str]) -> None:
    """Prints how well each corpus is told by the others, then the constants fitted on all."""
    settings = Settings.load()
    data = [sample for corpus in corpora for sample in samples(corpus, settings)]
    for corpus in corpora:
        own = [sample for sample in data if sample.corpus == corpus]
        others = [sample for sample in data if sample.corpus != corpus]
        if others:
            inputs, right = _arrays(own)
            told = fit(others).predict_proba(inputs)[:, 1]
            print(  # noqa: T201
                f"{corpus}: {len(own)} answers, AUROC {roc_auc_score(right, told):.3f}, "
                f"calibration error {calibration_error(told, right):.3f} (fitted on the others)"
            )
    weights, bias = constants(fit(data))
    for item, weight in zip(fields(Features), astuple(weights), strict=True):
        print(f"    {item.name}={weight},")  # noqa: T201
    print(f"BIAS = {bias}")  # noqa: T201


def _standalone(case: Case) -> str:
    turns: list[followup.Turn] = []
    for earlier in case.history:
        turns.append(followup.Turn(followup.standalone(earlier, turns)))
    return followup.standalone(case.question, turns)


def _right(case: Case, value: str) -> bool:
    return any(values.same(value, wanted) or values.contains(value, wanted) for wanted in case.values)


def _arrays(data: Sequence[Sample]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    return np.array([astuple(sample.features) for sample in data]), np.array([sample.right for sample in data])


if __name__ == "__main__":
    main(sys.argv[1:] or DEFAULT)
