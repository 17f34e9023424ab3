"""A run-off: answers with about the same support, weighed again by both readers with their sentences side by side.

Each source is read by itself, so that nothing in those readings says which of two sources speaks of what is asked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

from rag import prompt
from rag.confidence import logistic
from rag.question import Question
from rag.reader import Readers, room, size
from rag.reconcile import Cluster, independent, place, support
from rag.types import Claim

CLOSE = 0.7  # natural logarithm of how many times the support of one is that of the other
_MOST = 6


@dataclass(frozen=True, slots=True)
class Beside:
    """What is held of an answer beside its rivals: the logarithm of its support; that of the language model's
    probability of it; the extractor's log-odds of it against no answer."""

    support: float
    copied: float
    pointed: float


# Fitted on the dev cases of eleven corpora by `python -m eval.calibrate`.
WEIGHTS = Beside(support=0.350, copied=0.065, pointed=0.076)

Rival = tuple[Claim, float]
"""The surest claim of an answer, and the logarithm of its support."""

Measured = Mapping[tuple[str, int, int], Beside]
"""By the place (`reconcile.place`) of an answer's surest claim."""


def rivals(question: Question, ranked: Sequence[Cluster], copies: Mapping[str, str], readers: Readers) -> list[Rival]:
    """The first of `ranked` and what is close to it, as far as they can be shown together; [] where nothing is.

    What fewer sources say is no rival, however sure they are. `ranked` and `copies` as `reconcile.ranked` has them.
    """
    held = [(item, math.log(support(item, copies)), independent(item.documents, copies)) for item in ranked]
    close = [
        (item.claims[0], own) for item, own, sources in held if own >= held[0][1] - CLOSE and sources >= held[0][2]
    ]
    fitting = _fitting(question, close[:_MOST], readers)
    return fitting if len(fitting) > 1 else []


def beside(question: Question, close: Sequence[Rival], readers: Readers) -> Measured:
    """What the readers hold of each of the rivals. Raises ModelError."""
    if not close:
        return {}
    claims = [claim for claim, _ in close]
    texts = list(dict.fromkeys(claim.sentence.text for claim in claims))
    shown = [texts.index(claim.sentence.text) for claim in claims]
    replies = [prompt.reply(number + 1, claim.value) for number, claim in zip(shown, claims, strict=True)]
    copied = readers.model.score(prompt.reading(question.text, texts), replies)
    pointed = readers.extractor.point(question.text, texts)
    found = {}
    for (claim, own), number, likely in zip(close, shown, copied, strict=True):
        start, end = claim.start - claim.sentence.start, claim.end - claim.sentence.start
        found[place(claim)] = Beside(own, likely, pointed[number].odds(start, end))
    return found


def ordered(ranked: Sequence[Cluster], measured: Measured) -> list[Cluster]:
    """`ranked` with those that were `measured` first, in the order of what is held of them."""
    known = [item for item in ranked if place(item.claims[0]) in measured]
    return [
        *sorted(known, key=lambda item: -_worth(measured[place(item.claims[0])])),
        *(item for item in ranked if item not in known),
    ]


def _worth(found: Beside) -> float:
    return logistic(astuple(WEIGHTS), 0.0, astuple(found))


def _fitting(question: Question, close: Sequence[Rival], readers: Readers) -> list[Rival]:
    """Those of `close` that fit the model's context together, the first before the others."""
    space = room(question, readers.model)
    kept = []
    for claim, own in close:
        taken = size(claim.sentence.text, readers.model)
        if taken <= space:
            space -= taken
            kept.append((claim, own))
    return kept
