"""Reconcile: what the sources say together, who agrees, and who says something else.

Each source counts once, however often it repeats itself, and copies of one article count once
together. A source dissents only when it has an answer of its own: not when it holds the accepted
value as well, not when the sources that hold the accepted value also hold the other one (then the
two are values of different things, a part and the whole), and not when its value stands among words
that are more like those around another value than like those around the accepted one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace

import regex

from rag import values
from rag.confidence import Features
from rag.parallel import parallel
from rag.reader import Reading
from rag.slips import slipped
from rag.types import Claim, Position, Stance
from rag.words import Rarity

ANSWER_AT = 0.3
DISSENT_AT = 0.4
STRENGTH = 2.0
_HEDGE = regex.compile(
    r"\b(?:nearly|almost|about|around|roughly|approximately|some|close to|just (?:under|over))\s$", regex.IGNORECASE
)
_PLAIN = 4.0  # odds against `none` from which more make no answer likelier
_LEAST = 1e-3
_FLOOR = 0.03  # of support: being ahead of nothing is no merit


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells a source that contradicts from one that speaks of something else.

    confidence: how sure its claim is. like: how like what surrounds it is to what surrounds the accepted claims;
    preferred: how much liker than to other values in the same sources. behind: by how much less of the question is
    around it than around the best accepted claim, 0 or less as a rule. clause: share of the question in its clause.
    slip: 1 where it has the digits of the accepted value, which is how copying goes wrong: then neither how sure the
    claim is nor how like its surroundings matters, and these are 0. first: 1 where it is the surest of its source.
    """

    confidence: float
    like: float
    preferred: float
    behind: float
    clause: float
    slip: float
    first: float


@dataclass(frozen=True, slots=True)
class Standing:
    """What tells an answer that the sources give from the best of what they happen to hold.

    sure: log-odds of the surest claim. likely: the model's log-probability of the likeliest claim, with its odds
    against `none`, at most 4. lead: log of its support over that of the next best. believed: the model's own
    probability of it, the mean over the sources, each weighed by its probability that it answers at all.
    """

    sure: float
    likely: float
    lead: float
    believed: float


# STANDING is fitted on the dev cases of five corpora by `python -m eval.calibrate`; DISSENT on seeds, storm and trial
# alone: fitted to all five it told more that is none (docs/tried.md).
STANDING = Standing(sure=0.559, likely=0.094, lead=1.261, believed=1.724)
STANDING_BIAS = -0.997
DISSENT = Signs(confidence=5.194, like=1.492, preferred=-2.128, behind=1.336, clause=0.339, slip=6.866, first=2.375)
DISSENT_BIAS = -6.472


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


def accept(
    readings: Sequence[Reading], copies: Mapping[str, str] | None = None, context: Sequence[str] = ()
) -> Cluster | None:
    """The claims with the most support, None where they are not sure enough.

    `copies` maps a document to the one it is a copy of; `context` holds texts that introduce abbreviations.
    """
    clusters = cluster([claim for reading in readings for claim in reading.claims], context)
    if not clusters:
        return None
    origin = dict(copies or {})
    best, *others = sorted(clusters, key=lambda item: -support(item, origin))
    return best if _logistic(STANDING, STANDING_BIAS, standing(best, others, readings, origin)) >= ANSWER_AT else None


def positions(
    answer: Cluster,
    readings: Sequence[Reading],
    copies: Mapping[str, str] | None = None,
    context: Sequence[str] = (),
) -> tuple[Position, ...]:
    """The accepted position first, then the disputed ones; `readings` may be more than those `answer` was found in.

    Where more sources dispute it than give it, it is they who are accepted.
    """
    clusters = cluster([claim for reading in readings for claim in reading.claims], context)
    own = next(item for item in clusters if _place(answer.claims[0]) in map(_place, item.claims))
    others = sorted((item for item in clusters if item is not own), key=lambda item: -support(item, {}))
    found = (position(own, "accepted"), *_disputed(own, others, readings))
    return most_first(found, dict(copies or {}))


def most_first(found: Sequence[Position], origin: Mapping[str, str]) -> tuple[Position, ...]:
    """The positions, that of the most independent sources accepted; of equally many the one that was."""
    most = max(found, key=lambda item: len({origin.get(document, document) for document in item.documents}))
    others = (replace(item, stance="disputed") for item in found if item is not most)
    return (replace(most, stance="accepted"), *others)


def _place(claim: Claim) -> tuple[str, int, int]:
    return claim.document_id, claim.start, claim.end


def cluster(claims: Sequence[Claim], context: Sequence[str] = ()) -> list[Cluster]:
    """Groups of claims that mean the same, one claim a source and group, made from the surest claim down."""
    groups: list[list[Claim]] = []
    for claim in sorted(claims, key=lambda item: -item.confidence):
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
    hedge = _HEDGE.search(claim.sentence.text, 0, max(claim.start - claim.sentence.start, 0))
    return f"{hedge[0]}{claim.value}" if hedge else claim.value


def standing(
    accepted: Cluster, others: Sequence[Cluster], readings: Sequence[Reading], origin: Mapping[str, str]
) -> Standing:
    """How the cluster with the most support stands among what was read."""
    measured = {id(item.claim): item.features for reading in readings for item in reading.measured}
    surest = _surest(accepted, origin)
    next_best = max((support(item, origin) for item in others), default=0.0)
    return Standing(
        sure=_log_odds(max(surest.values())),
        likely=max(measured[id(c)].share + min(measured[id(c)].margin, _PLAIN) for c in accepted.claims),
        lead=math.log(support(accepted, origin) + _FLOOR) - math.log(next_best + _FLOOR),
        believed=_believed(accepted, readings),
    )


def _believed(accepted: Cluster, readings: Sequence[Reading]) -> float:
    own = {id(claim) for claim in accepted.claims}
    told = answering = 0.0
    for reading in (reading for reading in readings if reading.measured):
        some = 1 / (1 + math.exp(-reading.measured[0].features.margin))
        answering += some
        told += some * sum(math.exp(item.features.share) for item in reading.measured if id(item.claim) in own)
    return told / answering


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


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))


def dissents(
    accepted: Cluster, others: Sequence[Cluster], readings: Sequence[Reading]
) -> Iterator[tuple[Cluster, Claim, Signs]]:
    """Every claim that might contradict what is accepted, with what tells whether it does."""
    measured = {id(item.claim): item.features for reading in readings for item in reading.measured}
    rarity = Rarity(item.text for reading in readings for item in reading.evidence)
    rivals = [claim for item in others for claim in item.claims if claim.document_id in accepted.documents]
    first = {id(reading.claims[0]) for reading in readings if reading.claims}
    for item in others:
        if item.documents & accepted.documents or not _comparable(item.value, accepted.value):
            continue
        for claim in item.claims:
            yield item, claim, _signs(claim, accepted, rivals, measured, rarity, id(claim) in first)


def _disputed(accepted: Cluster, others: Sequence[Cluster], readings: Sequence[Reading]) -> list[Position]:
    """The positions of the sources that dissent, each source's likeliest only."""
    chances: dict[str, tuple[float, Cluster, Claim]] = {}
    for item, claim, signs in dissents(accepted, others, readings):
        chance = _logistic(DISSENT, DISSENT_BIAS, signs)
        if chance >= max(DISSENT_AT, chances.get(claim.document_id, (0.0,))[0]):
            chances[claim.document_id] = (chance, item, claim)
    kept: dict[int, tuple[Cluster, list[Claim]]] = {}
    for _, item, claim in chances.values():
        kept.setdefault(id(item), (item, []))[1].append(claim)
    return [position(Cluster(tuple(claims)), "disputed") for _, claims in kept.values()]


def _signs(
    claim: Claim,
    accepted: Cluster,
    rivals: Sequence[Claim],
    measured: Mapping[int, Features],
    rarity: Rarity,
    first: bool,
) -> Signs:
    own = measured[id(claim)]
    behind = own.covered_around - max(measured[id(other)].covered_around for other in accepted.claims)
    if slipped(claim.value, accepted.value):
        return Signs(0.0, 0.0, 0.0, behind, own.clause, 1.0, float(first))
    like = parallel(claim, accepted.claims, rarity)
    comparable = [other for other in rivals if _comparable(other.value, claim.value)]
    preferred = like - parallel(claim, comparable, rarity)
    return Signs(claim.confidence, like, preferred, behind, own.clause, 0.0, float(first))


def _logistic(weights: Signs | Standing, bias: float, measured: Signs | Standing) -> float:
    total = bias + sum(weight * value for weight, value in zip(astuple(weights), astuple(measured), strict=True))
    return 1 / (1 + math.exp(-total))


def _comparable(one: str, other: str) -> bool:
    """Whether two values can contradict each other: the same kind, currency and sort of date; other words never do."""
    kind = values.kind_of(one)
    if kind != values.kind_of(other) or kind == "text":
        return False
    first, second = values.normalize(one), values.normalize(other)
    if kind == "money":
        return first.split()[0] == second.split()[0]
    return kind != "date" or _numbered(first) == _numbered(second)


def _numbered(date: str) -> bool:
    """Whether a date has a number: "Friday" and 27 February say nothing against each other."""
    return any(letter.isdigit() for letter in date)


def position(item: Cluster, stance: Stance) -> Position:
    """The cluster as a position, its claims in the order of their documents."""
    ordered = tuple(sorted(item.claims, key=lambda claim: claim.document_id))
    return Position(item.value, values.normalize(item.value), stance, ordered)
