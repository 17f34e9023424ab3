"""How sure the reader may be: a logistic model over what was measured of a possible answer.

Fitted by `python -m eval.calibrate` on the dev cases; its curve is in docs/calibration.svg.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

from rag.question import Question


@dataclass(frozen=True, slots=True)
class Features:
    """What is measured of a possible answer.

    share: log-probability of it among the source's possible answers, 0 or less.
    margin: log-odds of any of them against `none`.
    covered, covered_around: share of the question's words that its sentence holds, alone and with what frames it.
    near, near_around: cosine of question and sentence, alone and with the sentence before.
    behind: how far its sentence's selection score is behind the source's best, 0 or less.
    distance: how far the question's words stand from it, 0 to 1.
    farther: by how much that is farther than the nearest rival in the same sentence, 0 or more.
    words: its length.
    """

    share: float
    margin: float
    covered: float
    covered_around: float
    near: float
    near_around: float
    behind: float
    distance: float
    farther: float
    words: float


WEIGHTS = Features(
    share=0.7,
    margin=0.2,
    covered=1.5,
    covered_around=1.5,
    near=1.5,
    near_around=1.5,
    behind=1.0,
    distance=-1.5,
    farther=-4.0,
    words=0.0,
)
BIAS = -2.0


def probability(question: Question, features: Features) -> float:
    """The probability, 0 to 1, that the measured span answers the question."""
    total = BIAS + sum(weight * value for weight, value in zip(astuple(WEIGHTS), astuple(features), strict=True))
    return 1 / (1 + math.exp(-total))
