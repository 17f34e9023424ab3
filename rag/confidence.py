"""How sure the reader may be: log-odds that are linear in what was measured of a possible answer.

Fitted by `python -m eval.calibrate` on the dev cases, so that the right one of all possible answers is ahead of the
others; docs/calibration.svg shows how reliable the probabilities are on a corpus that they were not fitted to.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass


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
    named: where the rarest name of the question stands: 1 in the sentence, 0.7 in the one before, 0.3 in the heading
        or the title, 0 nowhere; 1 where the question names nothing.
    words: its length.
    held: 1 where the question asks who, and the text gives this person an office of a name in the question; -1 where
        of another name; 0 otherwise.
    contrast: 1 where the question asks for the previous, the first, the other ... and its sentence or the one before
        has that word; -1 where they have not; 0 where the question has none.
    foreign: 1 where the rarest name of the question stands neither in its sentence nor in the one before, and another
        name does.
    suited: 1 where the question asks who said something and the text has it say something, -1 where it has not; 1 where
        the question asks whose something is and the text has it in the possessive; 0 otherwise.
    pointed: the extractor's log-probability of it among the source's possible answers, 0 or less.
    present: the extractor's log-odds of any of them against no answer.
    alone: the extractor's log-odds of it against no answer when it reads the sentence by itself; 0 without extractor.
    column: in the row of a table, 1 where its column is named by a word of the question, -1 where another is instead.
    line: in the row of a table, 1 where another cell has a word of the question, -1 where none has.
    typed: log-probability that the question wants an answer of this type (rag.answer_types), -4.6 or more.
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
    named: float
    words: float
    held: float
    contrast: float
    foreign: float
    suited: float
    pointed: float
    present: float
    alone: float
    column: float
    line: float
    typed: float


WEIGHTS = Features(
    share=0.247,
    margin=0.226,
    covered=-0.857,
    covered_around=2.076,
    near=1.198,
    near_around=1.563,
    behind=0.745,
    distance=0.114,
    clause=0.436,
    bound=0.038,
    farther=-2.917,
    rarity=0.165,
    acronym=0.402,
    person=-0.201,
    named=0.432,
    words=0.019,
    held=0.766,
    contrast=0.135,
    foreign=0.055,
    suited=0.541,
    pointed=0.073,
    present=0.080,
    alone=0.093,
    column=0.499,
    line=0.918,
    typed=0.100,
)
BIAS = -4.399


def probability(features: Features) -> float:
    """The probability, 0 to 1, that the measured span answers the question."""
    return logistic(astuple(WEIGHTS), BIAS, astuple(features))


def logistic(weights: Sequence[float], bias: float, measured: Sequence[float]) -> float:
    """The probability, 0 to 1, whose log-odds are the weighted sum."""
    total = bias + sum(weight * value for weight, value in zip(weights, measured, strict=True))
    return 1 / (1 + math.exp(-total))
