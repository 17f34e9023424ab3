"""Linear models of what is right, fitted to what was measured: `telling` one from the other, `choosing` among many.

`choosing` weighs all possible answers to a question against each other and against none of them being right, as the
reader and the reconciliation do (the top-one loss of Cao et al. 2007, "Learning to rank: from pairwise approach to
listwise approach"), and then scales its score to a probability (Platt 1999, "Probabilistic outputs for support vector
machines").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

BINS = 10
PENALTY = 3.0
_STEEPEST = 50.0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """Something to be told right from wrong: where it is from, what was measured, whether it is right.

    `absent`: nothing is right, since the sources do not say. `question`: what it competes for with the others of the
    same. `accepted`: not only right, as a known dissent is too, but what an answer should be.
    """

    corpus: str
    features: tuple[float, ...]
    right: bool
    absent: bool = False
    question: str = ""
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Linear:
    """Log-odds that are linear in the features; `weights` of shape (features,)."""

    weights: Floats
    bias: float

    def score(self, inputs: Floats) -> Floats:
        """The log-odds of each row of `inputs`."""
        return inputs @ self.weights + self.bias

    def told(self, inputs: Floats) -> Floats:
        """The probability of each row of `inputs`, shape (rows, features)."""
        return np.asarray(expit(self.score(inputs)))


Fit = Callable[[Sequence[Sample]], Linear]


def telling(data: Sequence[Sample]) -> Linear:
    """The logistic regression over the standardised features."""
    inputs, right = arrays(data)
    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)).fit(inputs, right)
    return _unscaled(fitted[-1].coef_[0], float(fitted[-1].intercept_[0]), fitted[0])


def choosing(data: Sequence[Sample]) -> Linear:
    """The weights by which the accepted answers of each question have most of it, as a probability of being right."""
    inputs, right = arrays(data)
    scaler = StandardScaler().fit(inputs)
    accepted = np.array([sample.accepted for sample in data])
    _, questions = np.unique([sample.question for sample in data], return_inverse=True)
    known = _Choice(scaler.transform(inputs), accepted, questions)
    found = minimize(known.loss, np.zeros(inputs.shape[1] + 1), jac=True, method="L-BFGS-B").x
    chosen = _unscaled(found[:-1], float(found[-1]), scaler)
    scale = LogisticRegression(C=1e6).fit(chosen.score(inputs)[:, None], right)
    slope = float(scale.coef_[0, 0])
    return Linear(slope * chosen.weights, slope * chosen.bias + float(scale.intercept_[0]))


@dataclass(frozen=True, slots=True)
class _Choice:
    inputs: Floats
    accepted: npt.NDArray[np.bool_]
    questions: npt.NDArray[np.int64]

    def loss(self, parameters: Floats) -> tuple[float, Floats]:
        """Minus the log of what the accepted answers of each question have, or none of them; and its gradient."""
        weights, bias = parameters[:-1], parameters[-1]
        odds = np.exp(np.clip(self.inputs @ weights + bias, -_STEEPEST, _STEEPEST))
        every = 1 + np.bincount(self.questions, odds)
        good = np.bincount(self.questions, odds * self.accepted)
        some = good > 0
        loss = float(np.log(every).sum() - np.log(good[some]).sum() + PENALTY * weights @ weights)
        wanted = np.where(some[self.questions], odds * self.accepted / np.where(some, good, 1.0)[self.questions], 0.0)
        slope = odds / every[self.questions] - wanted
        return loss, np.append(self.inputs.T @ slope + 2 * PENALTY * weights, slope.sum())


def _unscaled(weights: Floats, bias: float, scaler: StandardScaler) -> Linear:
    own = weights / scaler.scale_
    return Linear(own, bias - float(own @ scaler.mean_))


def left_out(data: Sequence[Sample], fit: Fit) -> Floats:
    """The probability of each sample by a fit to the other corpora."""
    told = np.zeros(len(data))
    names = np.array([sample.corpus for sample in data])
    for corpus in sorted(set(names)):
        own = names == corpus
        others = [sample for sample, mine in zip(data, own, strict=True) if not mine]
        told[own] = fit(others).told(arrays(data)[0][own])
    return told


def calibration_error(probabilities: Floats, right: npt.NDArray[np.bool_]) -> float:
    """The expected calibration error over `BINS` equal bins (Guo et al. 2017), 0 to 1."""
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = [
        abs(probabilities[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in range(BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def decided(told: Floats, data: Sequence[Sample]) -> list[tuple[float, float]]:
    """(threshold, share of `data` decided right): answered rightly from the threshold up, rightly refused below it."""
    _, right = arrays(data)
    absent = np.array([sample.absent for sample in data])
    steps = np.linspace(0.0, 1.0, 101)
    return [(float(at), float(np.where(told >= at, right, absent).mean())) for at in steps]


def arrays(data: Sequence[Sample]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """What was measured, shape (samples, features), and what is right, shape (samples,)."""
    return np.array([sample.features for sample in data]), np.array([sample.right for sample in data])
