"""Contradictions inside an open answer: a number that it tells, and that another source tells with a slip in it.

An open answer quotes whole sentences, and most of what two of them do not share is no contradiction. A number with the
same digits in the same surroundings is one (`rag.slips`, `rag.parallel`).
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from rag import values
from rag.cues import STORY
from rag.dissent import most_first
from rag.evidence import Candidate, evidence
from rag.parallel import parallel
from rag.question import Question
from rag.reconcile import Cluster, position
from rag.slips import slipped
from rag.statements import Statement
from rag.types import Claim, Position
from rag.words import Rarity

Dispute = tuple[Position, ...]
ALIKE = 0.4
DIRECT = 0.75
_TOLD = 1.0
_AMOUNT = regex.compile(r"\bhow (?:much|many|big|large|long|high|far)\b|\bcompar", regex.IGNORECASE)
_STORY = regex.compile(STORY, regex.IGNORECASE)


def contradictions(question: Question, said: Sequence[Statement], found: Sequence[Candidate]) -> list[Dispute]:
    """For each number in `said` that a source in `found` contradicts: what most sources say, then what others do.

    Only numbers that were asked for: where the question is for amounts, those of the statements that answer it most
    directly; all, where it is for the whole story.
    """
    shown = {(claim.document_id, claim.start) for item in _telling(question, said) for claim in item.claims}
    numbers = [claim for candidate in found for claim in _numbers(candidate)]
    telling = [claim for claim in numbers if (claim.document_id, claim.sentence.start) in shown]
    disputes: list[Dispute] = []
    for told in telling:
        if not any(values.same(told.value, side.value) for dispute in disputes for side in dispute):
            dispute = _dispute(told, telling, numbers, found[0].rarity)
            disputes += [dispute] if dispute else []
    return disputes


def _telling(question: Question, said: Sequence[Statement]) -> list[Statement]:
    """The statements whose numbers were asked for."""
    if _STORY.search(question.text):
        return list(said)
    if not said or not _AMOUNT.search(question.text):
        return []
    best = max(statement.claims[0].sentence.score for statement in said)
    return [statement for statement in said if statement.claims[0].sentence.score >= DIRECT * best]


def _dispute(told: Claim, telling: Sequence[Claim], numbers: Sequence[Claim], rarity: Rarity) -> Dispute | None:
    """What the sources say of `told` where they disagree, the value that more of them hold first.

    A contradiction stands in like surroundings; beside it, each side has the sources that tell its value in the answer.
    """
    alike = [claim for claim in numbers if parallel(claim, [told], rarity) >= ALIKE]
    agreeing = _meaning(told, [*telling, *alike])
    sources = {claim.document_id for claim in agreeing}
    slips = [claim for claim in alike if claim.document_id not in sources and slipped(claim.value, told.value)]
    if not slips:
        return None
    against = [claim for claim in _meaning(slips[0], [*telling, *alike]) if claim.document_id not in sources]
    return most_first([position(Cluster(tuple(side)), "accepted") for side in (agreeing, against)], {})


def _meaning(claim: Claim, others: Sequence[Claim]) -> list[Claim]:
    """Of each source the first of `others` that means the same as `claim`."""
    kept: dict[str, Claim] = {}
    for other in others:
        if values.same(other.value, claim.value):
            kept.setdefault(other.document_id, other)
    return list(kept.values())


def _numbers(candidate: Candidate) -> list[Claim]:
    shown = evidence(0, candidate)
    return [
        Claim(shown.document_id, value.text, shown.start + value.start, shown.start + value.end, shown, _TOLD)
        for value in values.find(shown.text)
    ]
