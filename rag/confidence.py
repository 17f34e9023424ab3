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
    distance, clause, bound: of its alignment with the question's words (rag.alignment).
    farther: by how much its distance is more than that of the nearest rival in the same sentence, 0 or more.
    rarity: how rare it is among the sentences found, as the weight of its rarest word.
    acronym: 1 where it is one word in capitals.
    person: 1 where the question asks who, and it reads like a person's name; -1 where it does not; 0 otherwise.
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
    clause: float
    bound: float
    farther: float
    rarity: float
    acronym: float
    person: float
    words: float


WEIGHTS = Features(
    share=0.41,
    margin=0.28,
    covered=-0.993,
    covered_around=2.391,
    near=2.121,
    near_around=0.108,
    behind=0.784,
    distance=-0.372,
    clause=1.258,
    bound=0.313,
    farther=-3.901,
    rarity=-0.314,
    acronym=-0.417,
    person=0.328,
    words=-0.038,
)
BIAS = -1.785


def probability(question: Question, features: Features) -> float:
    """The probability, 0 to 1, that the measured span answers the question."""
    total = BIAS + sum(weight * value for weight, value in zip(astuple(WEIGHTS), astuple(features), strict=True))
    return 1 / (1 + math.exp(-total))
