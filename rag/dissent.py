"""Dissent: which sources say something else than the answer, and which only speak of something else.

A source dissents only when it has an answer of its own: not when it holds the accepted value as well among its
claims, not when the sources that give the accepted value make a claim of the other one too (then the two are values of
different things, a part and the whole), and not when one value is the other but for rounding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from decimal import Decimal
from typing import Protocol

import regex

from index.types import Sentence
from rag import dates, numbers, values
from rag.confidence import Features, logistic
from rag.parallel import parallel
from rag.reader import Reading
from rag.reconcile import Cluster, cluster, independent, log_odds, place, position, support
from rag.slips import slipped
from rag.types import Claim, Position
from rag.words import Rarity, stems


class Texts(Protocol):
    """Where the sentences of a document can be had."""

    def sentences(self, document_id: str) -> list[Sentence]: ...


DISSENT_AT = 0.4
_AHEAD = 4.0  # log-odds from which more make no claim likelier
_APART = 3.0
_SPOKEN = regex.compile(rf"\b{numbers.SPOKEN}")
_NUMBER = regex.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells a source that contradicts from one that speaks of something else.

    sure: log-odds of its claim. ahead: by how much it is surer than any other value in its source, at most 4. like:
    how like what surrounds it is to what surrounds the accepted claims. behind: by how much less of the question is
    around it than around the best accepted claim, 0 or less as a rule. known: the share of the sources that give the
    accepted value whose texts hold this one too, as a figure for something else. slip: 1 where it has the digits
    of the accepted value, which is how copying goes wrong: then neither how sure the claim is nor how like its
    surroundings matters, and all but `behind` and `known` are 0. apart: the logarithm of how many times the one figure
    is the other, 0 to 3; 0 for what are no figures. stronger: by how much the extractor, reading the sentence by
    itself, holds it for likelier than it does the accepted claims. contrast: as in its features.
    """

    sure: float
    ahead: float
    like: float
    behind: float
    known: float
    slip: float
    apart: float
    stronger: float
    contrast: float


Doubt = tuple[Cluster, Claim, Signs]
"""A claim that might contradict the answer: what else says so, the claim, and what tells whether it does."""

# Fitted as `STANDING` is.
DISSENT = Signs(
    sure=0.612,
    ahead=0.252,
    like=1.031,
    behind=0.456,
    known=-0.814,
    slip=3.081,
    apart=-1.682,
    stronger=0.171,
    contrast=0.558,
)
DISSENT_BIAS = -1.318


def positions(
    answer: Cluster,
    readings: Sequence[Reading],
    copies: Mapping[str, str] | None = None,
    context: Sequence[str] = (),
    texts: Texts | None = None,
) -> tuple[Position, ...]:
    """The accepted position first, then the disputed ones; `readings` may be more than those `answer` was found in.

    Where more sources dispute it than give it, it is they who are accepted. `copies` and `context` as for `ranked`.
    """
    own, others = parted(answer, readings, context)
    found = (position(own, "accepted"), *_disputed(own, others, readings, texts))
    return most_first(found, dict(copies or {}))


def parted(answer: Cluster, readings: Sequence[Reading], context: Sequence[str] = ()) -> tuple[Cluster, list[Cluster]]:
    """All that `readings` say: the cluster that `answer` became among it, and the others, the best supported first."""
    clusters = cluster([claim for reading in readings for claim in reading.claims], context)
    own = next(item for item in clusters if place(answer.claims[0]) in map(place, item.claims))
    return own, sorted((item for item in clusters if item is not own), key=lambda item: -support(item, {}))


def most_first(found: Sequence[Position], origin: Mapping[str, str]) -> tuple[Position, ...]:
    """The positions, that of the most independent sources accepted; of equally many the one that was."""
    most = max(found, key=lambda item: independent(item.documents, origin))
    others = (replace(item, stance="disputed") for item in found if item is not most)
    return (replace(most, stance="accepted"), *others)


def dissents(
    accepted: Cluster, others: Sequence[Cluster], readings: Sequence[Reading], texts: Texts | None
) -> list[Doubt]:
    """Every claim that might contradict what is accepted; of a source with a slip, that alone."""
    doubts = list(_doubts(accepted, others, readings, texts))
    slips = {claim.document_id for _, claim, signs in doubts if signs.slip}
    return [doubt for doubt in doubts if doubt[2].slip or doubt[1].document_id not in slips]


def _doubts(
    accepted: Cluster, others: Sequence[Cluster], readings: Sequence[Reading], texts: Texts | None
) -> Iterator[Doubt]:
    measured = {id(item.claim): item.features for reading in readings for item in reading.measured}
    rarity = Rarity(item.text for reading in readings for item in reading.evidence)
    claims = {reading.document_id: reading.claims for reading in readings}
    for item in others:
        if item.documents & accepted.documents or not _comparable(item.value, accepted.value):
            continue
        known = _known(item.value, accepted, texts)
        for claim in item.claims:
            ahead = _ahead(claim, claims[claim.document_id])
            yield item, claim, _signs(claim, accepted, measured, rarity, ahead, known)


def _disputed(
    accepted: Cluster, others: Sequence[Cluster], readings: Sequence[Reading], texts: Texts | None
) -> list[Position]:
    """The positions of the sources that dissent, each source's likeliest only."""
    chances: dict[str, tuple[float, Cluster, Claim]] = {}
    for item, claim, signs in dissents(accepted, others, readings, texts):
        chance = logistic(astuple(DISSENT), DISSENT_BIAS, astuple(signs))
        if chance >= max(DISSENT_AT, chances.get(claim.document_id, (0.0,))[0]):
            chances[claim.document_id] = (chance, item, claim)
    kept: dict[int, tuple[Cluster, list[Claim]]] = {}
    for _, item, claim in chances.values():
        kept.setdefault(id(item), (item, []))[1].append(claim)
    return [position(Cluster(tuple(claims)), "disputed") for _, claims in kept.values()]


def _signs(
    claim: Claim, accepted: Cluster, measured: Mapping[int, Features], rarity: Rarity, ahead: float, known: float
) -> Signs:
    own, agreed = measured[id(claim)], [measured[id(other)] for other in accepted.claims]
    behind = own.covered_around - max(other.covered_around for other in agreed)
    if slipped(claim.value, accepted.value):
        return Signs(0.0, 0.0, 0.0, behind, known, 1.0, 0.0, 0.0, 0.0)
    return Signs(
        sure=log_odds(claim.confidence),
        ahead=ahead,
        like=parallel(claim, accepted.claims, rarity),
        behind=behind,
        known=known,
        slip=0.0,
        apart=_apart(claim.value, accepted.value),
        stronger=own.alone - sum(other.alone for other in agreed) / len(agreed),
        contrast=own.contrast,
    )


def _apart(one: str, other: str) -> float:
    """How far two figures are from each other: those that contradict are seldom of another magnitude."""
    pair = [value for value in (*values.find(one)[:1], *values.find(other)[:1]) if value.kind != "date"]
    sizes = [abs(value.low + value.high) / 2 for value in pair]
    if len(sizes) < 2:
        return 0.0
    return min(abs(math.log(sizes[0] / sizes[1])), _APART) if all(sizes) else _APART


def _ahead(claim: Claim, beside: Sequence[Claim]) -> float:
    """By how much, in log-odds, a claim is surer than what else its source might say."""
    others = (log_odds(other.confidence) for other in beside if not values.same(other.value, claim.value))
    lead = log_odds(claim.confidence) - max(others, default=log_odds(0.0))
    return min(max(lead, -_AHEAD), _AHEAD)


def _known(value: str, accepted: Cluster, texts: Texts | None) -> float:
    """The share of the accepted claims' documents that hold the figure or date; names stand for many reasons."""
    if texts is None or values.kind_of(value) == "name":
        return 0.0
    return sum(mentions(texts.sentences(name), value) for name in accepted.documents) / len(accepted.documents)


def mentions(sentences: Sequence[Sentence], value: str) -> bool:
    """Whether the figure or date `value` stands in one of the sentences, by meaning."""
    words = _words(value) | _words(values.normalize(value))
    near = (s.text for s in sentences if words & _words(s.text) or _SPOKEN.search(s.text))
    return any(values.same(found.text, value) for sentence in near for found in values.find(sentence))


def _words(text: str) -> set[str]:
    return set(regex.findall(r"\p{L}+|\d+", text.lower()))


def _comparable(one: str, other: str) -> bool:
    """Whether two values can contradict each other: the same kind, currency and sort of date; other words never do.

    A bare number can contradict money where it is a slip of it. A name and a part of it ("Maren", "Maren Oduya") never
    do, nor dates that share no part ("2016", "8 August").
    """
    kind = values.kind_of(one)
    if kind != values.kind_of(other):
        return slipped(one, other)
    if kind == "text":
        return False
    first, second = values.normalize(one), values.normalize(other)
    if kind == "money" and first.split()[0] != second.split()[0]:
        return False
    if kind == "date":
        return _numbered(first) == _numbered(second) and dates.related(one, other)
    if kind == "name":
        return not (set(stems(one)) <= set(stems(other)) or set(stems(other)) <= set(stems(one)))
    return not _rounded(one, other)


def _numbered(date: str) -> bool:
    """Whether a date has a number: "Friday" and 27 February say nothing against each other."""
    return any(letter.isdigit() for letter in date)


def _rounded(one: str, other: str) -> bool:
    """Whether one value is the other with fewer decimals: "17 percent" and "17.2%"."""
    rest, figures = zip(*((_NUMBER.sub("", text), _NUMBER.findall(text)) for text in (one, other)), strict=True)
    if len(figures[0]) != 1 or len(figures[1]) != 1 or not values.same(f"1{rest[0]}", f"1{rest[1]}"):
        return False
    rougher, finer = sorted((Decimal(numbers[0].replace(",", "")) for numbers in figures), key=_decimals)
    return _decimals(rougher) < _decimals(finer) and round(finer, _decimals(rougher)) == rougher


def _decimals(number: Decimal) -> int:
    return -int(number.as_tuple().exponent)
