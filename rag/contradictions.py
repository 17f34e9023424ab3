"""Contradictions inside an open answer: a number that it tells, and that another source tells with a slip in it.

An open answer quotes whole sentences, and most of what two of them do not share is no contradiction. A number with the
same digits in the same surroundings is one (`rag.slips`, `rag.parallel`).
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from rag import values
from rag.evidence import Candidate, evidence
from rag.parallel import parallel
from rag.question import Question
from rag.slips import slipped
from rag.statements import Statement
from rag.types import Claim, Position, Stance
from rag.words import Rarity

ALIKE = 0.4
DIRECT = 0.75
_TOLD = 1.0
_AMOUNT = regex.compile(r"\bhow (?:much|many|big|large|long|high|far)\b|\bcompar", regex.IGNORECASE)
_STORY = regex.compile(
    r"\bsummar|\boverview\b|\bdescribe\b|\boutline\b|\bwhat happened\b|\b(?:key|main) points\b", regex.I
)


def contradictions(question: Question, said: Sequence[Statement], found: Sequence[Candidate]) -> tuple[Position, ...]:
    """For each number in `said` that a source in `found` contradicts: what most sources say, then what others do.

    Only numbers that were asked for: where the question is for amounts, those of the statements that answer it most
    directly; all, where it is for the whole story.
    """
    shown = {(claim.document_id, claim.start) for item in _telling(question, said) for claim in item.claims}
    numbers = [claim for candidate in found for claim in _numbers(candidate)]
    telling = [claim for claim in numbers if (claim.document_id, claim.sentence.start) in shown]
    positions: list[Position] = []
    for told in telling:
        if not any(values.same(told.value, position.value) for position in positions):
            positions += _disagreement(told, telling, numbers, found[0].rarity)
    return tuple(positions)


def _telling(question: Question, said: Sequence[Statement]) -> list[Statement]:
    """The statements whose numbers were asked for."""
    if _STORY.search(question.text):
        return list(said)
    if not said or not _AMOUNT.search(question.text):
        return []
    best = max(statement.claims[0].sentence.score for statement in said)
    return [statement for statement in said if statement.claims[0].sentence.score >= DIRECT * best]


def _disagreement(told: Claim, telling: Sequence[Claim], numbers: Sequence[Claim], rarity: Rarity) -> list[Position]:
    """What the sources say of `told` where they disagree, the value that more of them hold first.

    A contradiction stands in like surroundings; beside it, each side has the sources that tell its value in the answer.
    """
    alike = [claim for claim in numbers if parallel(claim, [told], rarity) >= ALIKE]
    agreeing = _meaning(told, [*telling, *alike])
    sources = {claim.document_id for claim in agreeing}
    slips = [claim for claim in alike if claim.document_id not in sources and slipped(claim.value, told.value)]
    if not slips:
        return []
    against = [claim for claim in _meaning(slips[0], [*telling, *alike]) if claim.document_id not in sources]
    most, fewest = sorted((agreeing, against), key=lambda side: -_holders(side[0], numbers))
    return [_position(most, "accepted"), _position(fewest, "disputed")]


def _meaning(claim: Claim, others: Sequence[Claim]) -> list[Claim]:
    """Of each source the first of `others` that means the same as `claim`."""
    return _each_source([other for other in others if values.same(other.value, claim.value)])


def _holders(claim: Claim, numbers: Sequence[Claim]) -> int:
    """How many sources hold the claim's value, wherever."""
    return len({other.document_id for other in numbers if values.same(other.value, claim.value)})


def _numbers(candidate: Candidate) -> list[Claim]:
    shown = evidence(0, candidate)
    return [
        Claim(shown.document_id, value.text, shown.start + value.start, shown.start + value.end, shown, _TOLD)
        for value in values.find(shown.text)
    ]


def _each_source(claims: Sequence[Claim]) -> list[Claim]:
    """The first claim of each source."""
    return list({claim.document_id: claim for claim in reversed(claims)}.values())[::-1]


def _position(claims: Sequence[Claim], stance: Stance) -> Position:
    ordered = tuple(sorted(claims, key=lambda claim: claim.document_id))
    return Position(claims[0].value, values.normalize(claims[0].value), stance, ordered)
