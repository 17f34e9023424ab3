"""Reconcile: what the sources say together, who agrees, and who says something else.

Each source counts once, however often it repeats itself, and copies of one article count once
together. A source dissents only when it has an answer of its own: not when it holds the accepted
value as well, and not when the sources that hold the accepted value also hold the other one, for
then the two are values of different things (a part and the whole, an earlier and a later amount).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag import values
from rag.reader import Reading
from rag.types import Claim, Position

ANSWER_AT = 0.3
DISSENT_AT = 0.2
DISSENT_RATIO = 0.4
STRENGTH = 2.0


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


def reconcile(
    readings: Sequence[Reading], copies: Mapping[str, str] | None = None, context: Sequence[str] = ()
) -> tuple[Position, ...]:
    """The accepted position first, then the disputed ones; empty where nothing is sure enough.

    `copies` maps a document to the one it is a copy of; `context` holds texts that introduce abbreviations.
    """
    clusters = cluster([claim for reading in readings for claim in reading.claims], context)
    if not clusters:
        return ()
    origin = dict(copies or {})
    ranked = sorted(clusters, key=lambda item: -support(item, origin))
    accepted = ranked[0]
    if max(claim.confidence for claim in accepted.claims) < ANSWER_AT:
        return ()
    said = {reading.document_id: reading.claims[0] for reading in readings if reading.claims}
    others = [item for item in ranked[1:] if _dissents(item, accepted, said)]
    return (_position(accepted, "accepted"), *(_position(item, "disputed") for item in others))


def cluster(claims: Sequence[Claim], context: Sequence[str] = ()) -> list[Cluster]:
    """Groups of claims that mean the same, one claim a source and group, made from the surest claim down."""
    groups: list[list[Claim]] = []
    for claim in sorted(claims, key=lambda item: -item.confidence):
        home = next((group for group in groups if values.same(group[0].value, claim.value, context=context)), None)
        if home is None:
            groups.append([claim])
        elif all(claim.document_id != other.document_id for other in home):
            home.append(claim)
    return [Cluster(tuple(group)) for group in groups]


def support(item: Cluster, origin: Mapping[str, str]) -> float:
    """The sum over independent sources of the surest claim of each, to the power of `STRENGTH`.

    The power lets one source that is sure outweigh several that only mention something like it.
    """
    best: dict[str, float] = {}
    for claim in item.claims:
        source = origin.get(claim.document_id, claim.document_id)
        best[source] = max(best.get(source, 0.0), claim.confidence)
    return sum(confidence**STRENGTH for confidence in best.values())


def _dissents(item: Cluster, accepted: Cluster, said: Mapping[str, Claim]) -> bool:
    """Whether a source says `item` instead of what is accepted: as the surest it has to say, and sure enough."""
    if item.documents & accepted.documents or not _comparable(item.value, accepted.value):
        return False
    needed = max(DISSENT_AT, DISSENT_RATIO * accepted.claims[0].confidence)
    return any(claim.confidence >= needed and said[claim.document_id] is claim for claim in item.claims)


def _comparable(one: str, other: str) -> bool:
    """Whether two values can contradict each other: the same kind and currency; other words never do."""
    kind = values.kind_of(one)
    if kind != values.kind_of(other) or kind == "text":
        return False
    return kind != "money" or values.normalize(one).split()[0] == values.normalize(other).split()[0]


def _position(item: Cluster, stance: str) -> Position:
    ordered = tuple(sorted(item.claims, key=lambda claim: claim.document_id))
    return Position(
        item.value, values.normalize(item.value), "accepted" if stance == "accepted" else "disputed", ordered
    )
