"""Reconcile: what the sources say together, who agrees, and who says something else.

Each source counts once, however often it repeats itself, and copies of one article count once
together. Who says otherwise is told by `rag.dissent`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass

from rag import values
from rag.amounts import hedge_before
from rag.confidence import logistic
from rag.reader import Reading
from rag.types import Claim, Position, Stance

ANSWER_AT = 0.3
SAID_AT = 0.02  # what is less likely than that a source does not say: it holds the words for another reason
STRENGTH = 2.0
_PLAIN = 4.0  # odds against `none` from which more make no answer likelier
_LEAST = 1e-3
_FLOOR = 0.03  # of support: being ahead of nothing is no merit


@dataclass(frozen=True, slots=True)
class Standing:
    """What tells an answer that the sources give from the best of what they happen to hold.

    sure: log-odds of the surest claim. likely: the model's log-probability of the likeliest claim, with its odds
    against `none`, at most 4. lead: log of its support over that of the next best. believed: the model's own
    probability of it, the mean over the sources, each weighed by its probability that it answers at all. alone: the
    extractor's log-odds of it against no answer when it reads a sentence by itself, the mean over the claims.
    """

    sure: float
    likely: float
    lead: float
    believed: float
    alone: float


# Fitted on the dev cases of eleven corpora by `python -m eval.calibrate`.
STANDING = Standing(sure=0.574, likely=0.013, lead=1.009, believed=1.000, alone=0.045)
STANDING_BIAS = -0.632


@dataclass(frozen=True, slots=True)
class Cluster:
    """Claims of several sources that mean the same, the surest first."""

    claims: tuple[Claim, ...]

    @property
    def value(self) -> str:
        return self.claims[0].value

    @property
    def documents(self) -> frozenset[str]:
        return frozenset(claim.document_id for claim in self.claims)


def ranked(readings: Sequence[Reading], copies: Mapping[str, str], context: Sequence[str] = ()) -> list[Cluster]:
    """All that the sources say, the claims with the most support first.

    `copies` maps a document to the one it is a copy of; `context` holds texts that introduce abbreviations.
    """
    clusters = cluster([claim for reading in readings for claim in reading.claims], context)
    return sorted(clusters, key=lambda item: -support(item, copies))


def accept(found: Sequence[Cluster], readings: Sequence[Reading], copies: Mapping[str, str]) -> Cluster | None:
    """The first of what was `found` in the readings, None where it is not sure enough."""
    if not found:
        return None
    best, *others = found
    chance = logistic(astuple(STANDING), STANDING_BIAS, astuple(standing(best, others, readings, copies)))
    return best if chance >= ANSWER_AT else None


def place(claim: Claim) -> tuple[str, int, int]:
    return claim.document_id, claim.start, claim.end


def cluster(claims: Sequence[Claim], context: Sequence[str] = ()) -> list[Cluster]:
    """Groups of claims that mean the same, one claim a source and group, made from the surest claim down to SAID_AT."""
    groups: list[list[Claim]] = []
    likely = [claim for claim in claims if claim.confidence >= SAID_AT]
    for claim in sorted(likely, key=lambda item: -item.confidence):
        known = context if values.kind_of(claim.value) in ("name", "text") else ()
        said = _said(claim)
        home = next((group for group in groups if values.same(_said(group[0]), said, context=known)), None)
        if home is None:
            groups.append([claim])
        elif all(claim.document_id != other.document_id for other in home):
            home.append(claim)
    return [Cluster(tuple(group)) for group in groups]


def _said(claim: Claim) -> str:
    """The value as its sentence has it, "nearly" and the like before it."""
    hedge = hedge_before(claim.sentence.text, max(claim.start - claim.sentence.start, 0))
    return f"{hedge[0]} {claim.value}" if hedge else claim.value


def standing(
    accepted: Cluster, others: Sequence[Cluster], readings: Sequence[Reading], origin: Mapping[str, str]
) -> Standing:
    """How the cluster with the most support stands among what was read."""
    measured = {id(item.claim): item.features for reading in readings for item in reading.measured}
    surest = _surest(accepted, origin)
    next_best = max((support(item, origin) for item in others), default=0.0)
    return Standing(
        sure=log_odds(max(surest.values())),
        likely=max(measured[id(c)].share + min(measured[id(c)].margin, _PLAIN) for c in accepted.claims),
        lead=math.log(support(accepted, origin) + _FLOOR) - math.log(next_best + _FLOOR),
        believed=_believed(accepted, readings),
        alone=sum(measured[id(c)].alone for c in accepted.claims) / len(accepted.claims),
    )


def _believed(accepted: Cluster, readings: Sequence[Reading]) -> float:
    own = {id(claim) for claim in accepted.claims}
    told = answering = 0.0
    for reading in (reading for reading in readings if reading.measured):
        some = 1 / (1 + math.exp(-reading.measured[0].features.margin))
        answering += some
        told += some * sum(math.exp(item.features.share) for item in reading.measured if id(item.claim) in own)
    return told / answering


def independent(documents: Iterable[str], origin: Mapping[str, str]) -> int:
    """How many sources these are: copies of one article count once together."""
    return len({origin.get(document, document) for document in documents})


def support(item: Cluster, origin: Mapping[str, str]) -> float:
    """The sum over independent sources of the surest claim of each, to the power of `STRENGTH`.

    The power lets one source that is sure outweigh several that only mention something like it.
    """
    return sum(math.pow(confidence, STRENGTH) for confidence in _surest(item, origin).values())


def _surest(item: Cluster, origin: Mapping[str, str]) -> dict[str, float]:
    """The confidence of the surest claim of each independent source."""
    best: dict[str, float] = {}
    for claim in item.claims:
        source = origin.get(claim.document_id, claim.document_id)
        best[source] = max(best.get(source, 0.0), claim.confidence)
    return best


def log_odds(probability: float) -> float:
    bounded = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))


def position(item: Cluster, stance: Stance) -> Position:
    """The cluster as a position, its claims in the order of their documents, a name in its longest form."""
    ordered = tuple(sorted(item.claims, key=lambda claim: claim.document_id))
    value = _fullest(item) if values.kind_of(item.value) == "name" else item.value
    return Position(value, values.normalize(value), stance, ordered)


def _fullest(item: Cluster) -> str:
    """The longest form of the surest claim's name: "Anna Berg" for "Anna"."""
    surest = set(item.value.split())
    return max(
        (claim.value for claim in item.claims if surest <= set(claim.value.split())), key=lambda v: len(v.split())
    )
