"""Shortlist: of all sentences that were found, those that each source is read by, as the extractor points at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from rag.evidence import Candidate, offers
from rag.extractor import Extractor, Pointed
from rag.question import Question

AS_GOOD_AS = 0.4
LOOKED_AT = 12
_MOST = 10.0


def by_source(
    question: Question, found: Sequence[Candidate], extractor: Extractor, per_source: int, sources: int
) -> list[list[Candidate]]:
    """The best `per_source` sentences of each of the best `sources` documents, in the order they stand in.

    Only sentences that hold a value of the kind asked for are worth showing, and only sources that are not far
    behind the best one. Of each source some more are shown to the extractor, and chosen by what it points at as well.
    """
    grouped: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in found:
        if candidate.score >= AS_GOOD_AS * found[0].score and (
            question.worded or not question.kinds or offers(question, candidate)
        ):
            grouped[candidate.document_id].append(candidate)
    looked_at = [pointed_at(question, group[:LOOKED_AT], extractor) for group in list(grouped.values())[:sources]]
    best = (sorted(group, key=lambda candidate: -candidate.score)[:per_source] for group in looked_at)
    inorder = (sorted(group, key=lambda candidate: candidate.sentence.start) for group in best)
    return [alone(question, group, extractor) for group in inorder]


def alone(question: Question, group: Sequence[Candidate], extractor: Extractor) -> list[Candidate]:
    """The sentences with what the extractor points at in each by itself: a second opinion, asked for once."""
    return [
        c if len(c.alone.offsets) else replace(c, alone=_own(c, extractor.point(question.text, [c.line])[0]))
        for c in group
    ]


def _own(candidate: Candidate, pointed: Pointed) -> Pointed:
    """What is pointed at in the sentence itself, behind the one that it leans on."""
    return pointed.without(len(candidate.line) - len(candidate.sentence.text))


def explained(question: Question, found: Sequence[Candidate], extractor: Extractor) -> list[Candidate]:
    """All sentences with what the extractor points at as the answer, the best for an open question first.

    Those of one source are read together, some at a time, in the order they stand in.
    """
    grouped: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in sorted(found, key=lambda candidate: candidate.sentence.start):
        grouped[candidate.document_id].append(candidate)
    parts = (group[at : at + LOOKED_AT] for group in grouped.values() for at in range(0, len(group), LOOKED_AT))
    read = (candidate for part in parts for candidate in pointed_at(question, part, extractor))
    return sorted(read, key=lambda candidate: -candidate.framed)


def pointed_at(question: Question, group: Sequence[Candidate], extractor: Extractor) -> list[Candidate]:
    """The sentences of one source with what the extractor points at, read in the order they stand in."""
    group = sorted(group, key=lambda candidate: candidate.sentence.start)
    found = extractor.point(question.text, [candidate.line for candidate in group])
    read = []
    for candidate, line in zip(group, found, strict=True):
        own = _own(candidate, line)
        spots = offers(question, candidate) or [own.best()]
        surest = max(own.odds(*spot) for spot in spots) if len(own.offsets) else 0.0
        read.append(replace(candidate, pointed=own, surest=min(max(surest, -_MOST), _MOST)))
    return read
