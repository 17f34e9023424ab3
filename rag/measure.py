"""Measure: what tells a possible answer from others of its source, before any weights (rag.confidence)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from rag import answer_types, cells, values
from rag.alignment import align
from rag.confidence import Features
from rag.cues import CONTRASTS
from rag.evidence import Candidate
from rag.offices import held
from rag.question import Question
from rag.speakers import suited
from rag.words import stems

_LEAST = 0.01  # no type of answer is ruled out
_WHO = regex.compile(r"\bwho(?:se|m)?\b", regex.IGNORECASE)
_BODY = regex.compile(
    r"\b(?:Inc|Corp|Ltd|LLC|plc|GmbH|Group|Bank|Company|Institute|Agency|University|Hospital|Ministry|Department|Board|Council|"
    r"Committee|Office|Party|Club|United|City|Labs?|Services|Systems|Therapeutics|Pharma|Mutual|Capital|Partners|Journal|Times|"
    r"Island|Bay|Street|River|Coast)\b"
)
_OFFICE = regex.compile(
    r"\b(?:CEO|CFO|CTO|COO|Chief|Chair(?:man|woman)?|President|Minister|Mayor|Director|Dr|Mr|Mrs|Ms|Prof|Professor|Judge|Senator|"
    r"General|Major|Captain|Coach|Manager|Governor|Secretary|Chancellor|King|Queen|Sir|Lord)\.?\s*$",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A possible answer: `sentences[index].text[start:end]`, index from 0."""

    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What the two readers hold of a span, as `rag.confidence.Features` has it."""

    share: float
    margin: float
    pointed: float
    present: float


def words(group: Sequence[Candidate], span: Span) -> str:
    """The characters of the span."""
    return group[span.index].sentence.text[span.start : span.end]


def features(
    question: Question, group: Sequence[Candidate], span: Span, spans: Sequence[Span], beliefs: Beliefs
) -> Features:
    """What is measured of `span`, one of the possible answers `spans`."""
    candidate = group[span.index]
    rarity = candidate.rarity
    wanted = {word for term in question.terms for word in stems(term)}
    aligned = {
        rival: align(candidate.sentence.text, rival.start, rival.end, wanted, rarity)
        for rival in spans
        if rival.index == span.index
    }
    own = aligned[span]
    said = words(group, span)
    asked = set(stems(question.text))
    named = _named(question, candidate)
    row = cells.cells(candidate.sentence.text)
    return Features(
        share=beliefs.share,
        margin=beliefs.margin,
        covered=candidate.covered,
        covered_around=candidate.covered_around,
        near=candidate.near,
        near_around=candidate.near_around,
        behind=candidate.score - max(other.score for other in group),
        distance=own.distance,
        clause=own.clause,
        bound=own.bound,
        farther=own.distance - min(other.distance for other in aligned.values()),
        rarity=max((rarity.weight(word) for word in stems(said)), default=0.0),
        acronym=float(said.isupper() and said.isalpha()),
        person=_person(question, said, candidate.sentence.text[span.start - 40 if span.start > 40 else 0 : span.start]),
        named=named,
        words=float(len(said.split())),
        held=held(candidate.sentence.text, span.start, span.end, asked) if _WHO.search(question.text) else 0.0,
        contrast=_contrast(asked, candidate),
        foreign=float(named < 0.7 and _foreign(candidate.sentence.text, span, asked)),
        suited=suited(question.text, candidate.sentence.text, span.start, span.end),
        pointed=beliefs.pointed,
        present=beliefs.present,
        alone=candidate.alone.odds(span.start, span.end) if len(candidate.alone.offsets) else 0.0,
        column=cells.column(row, span.start, wanted),
        line=cells.line(row, span.start, wanted),
        typed=_typed(question, said),
    )


def _typed(question: Question, said: str) -> float:
    """The log-probability of what `said` is among the types of answer."""
    if not question.types:
        return 0.0
    return math.log(max(question.types[answer_types.TYPES.index(answer_types.of(said))], _LEAST))


def _contrast(asked: set[str], candidate: Candidate) -> float:
    """Whether the sentence speaks of the one that the question tells from others of its sort."""
    told = asked & CONTRASTS
    if not told:
        return 0.0
    return 1.0 if told & set(stems(f"{candidate.before} {candidate.sentence.text}")) else -1.0


def _foreign(text: str, span: Span, asked: set[str]) -> bool:
    """Whether the sentence names another than the question does, besides the answer itself."""
    besides = (name for name in values.names(text) if name.end <= span.start or name.start >= span.end)
    return any(not asked & set(stems(name.text)) for name in besides)


def _named(question: Question, candidate: Candidate) -> float:
    """Where the rarest name of the question stands; what is said of another is no answer about this one."""
    names = [set(stems(name.text)) for name in values.names(question.text)]
    if not names:
        return 1.0
    rarest = max(names, key=lambda name: max((candidate.rarity.weight(word) for word in name), default=0.0))
    places = ((1.0, candidate.sentence.text), (0.7, candidate.before), (0.3, candidate.around))
    return next((worth for worth, text in places if rarest & set(stems(text))), 0.0)


def _person(question: Question, said: str, before: str) -> float:
    """Whether `said` suits a question for a person: two or three capitalised words, or a name behind an office."""
    if not _WHO.search(question.text):
        return 0.0
    several = 2 <= len(said.split()) <= 4 and not said.isupper() and not _BODY.search(said)
    return 1.0 if several or (_OFFICE.search(before) and not said.isupper()) else -1.0
