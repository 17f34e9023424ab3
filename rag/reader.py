"""Read: what one source says, as spans of its own words, each with a probability.

Where the question asks for a kind of value (an amount, a date, a name), the values of that kind that
stand in the evidence are the only possible answers and the model weighs them against each other and
against `none`. Else the model copies words under the grammar, sentence by sentence, and weighs what
it copied. Either way a claim is a span of a sentence that was shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from rag import cells, grammar, prompt, values
from rag.alignment import align
from rag.confidence import Features, probability
from rag.cues import CONTRASTS
from rag.evidence import Candidate, evidence, offers, ruled_out
from rag.extractor import Extractor
from rag.llm import Reader
from rag.offices import held
from rag.question import Question
from rag.speakers import suited
from rag.types import Claim, Evidence
from rag.words import stems

ROOM_FOR_REPLY = 48
_AIMS = 2  # words that the extractor points at, besides those that are copied
_PRONOUN = regex.compile(
    r"I|me|we|us|our|you|your|he|him|his|she|her|hers|it|its|they|them|their|theirs|this|that|these|those|who|whom|which|what",
    regex.IGNORECASE,
)
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
class Readers:
    """The two that read: a language model, which weighs whole replies, and an encoder, which points at words."""

    model: Reader
    extractor: Extractor


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What the two readers hold of a span, as `rag.confidence.Features` has it."""

    share: float
    margin: float
    pointed: float
    present: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A possible answer with what was measured of it."""

    claim: Claim
    features: Features


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source says: `claims` best first, empty where it offers nothing of the kind asked for."""

    document_id: str
    evidence: tuple[Evidence, ...]
    measured: tuple[Measured, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(item.claim for item in self.measured)


def next_label(readings: Sequence[Reading]) -> int:
    """The label for the next sentence that is shown: one more than was given to any before."""
    return 1 + max((item.label for reading in readings for item in reading.evidence), default=0)


def read(question: Question, group: Sequence[Candidate], model: Reader, first_label: int = 1) -> Reading:
    """Read one source's sentences `group` for `question`. Raises ModelError."""
    group = _fitting(question, group, model)
    shown = tuple(evidence(first_label + i, candidate) for i, candidate in enumerate(group))
    texts = [candidate.line for candidate in group]
    asked = prompt.reading(question.text, texts)
    spans = _possible(question, group, model)
    if not spans:
        return Reading(group[0].document_id, shown, ())
    replies = [prompt.reply(span.index + 1, _words(group, span)) for span in spans]
    *scores, silent = model.score(asked, [*replies, prompt.NONE])
    total = _logsumexp(scores)
    odds = _odds(group, spans) or [score - silent for score in scores]  # the model's, where nothing points
    some = _logsumexp(odds)
    measured = []
    for span, score, second in zip(spans, scores, odds, strict=True):
        beliefs = Beliefs(score - total, total - silent, second - some, some)
        found = features(question, group, span, spans, beliefs)
        measured.append(Measured(_claim(group, shown, span, probability(found)), found))
    measured.sort(key=lambda item: -item.claim.confidence)
    return Reading(group[0].document_id, shown, tuple(measured))


def _possible(question: Question, group: Sequence[Candidate], model: Reader) -> list[Span]:
    """The spans that compete: values of the kinds asked for, or what is copied where there are none.

    What plays the part of a name need not look like one ("developers"), so that for names the words that the extractor
    points at compete as well.
    """
    spans = typed(question, group)
    if not spans:
        return [span for span in _copied(question, group, model) if not _PRONOUN.fullmatch(_words(group, span))]
    aims = _aimed_at(question, group)[:1] if "name" in question.kinds else []
    return [*spans, *(aim for aim in aims if not any(_overlap(aim, span) for span in spans))]


def typed(question: Question, group: Sequence[Candidate]) -> list[Span]:
    """The spans of `group` that have a kind the question asks for."""
    return [Span(index, *spot) for index, candidate in enumerate(group) for spot in offers(question, candidate)]


def _copied(question: Question, group: Sequence[Candidate], model: Reader) -> list[Span]:
    """The words the model copies from all sentences, from the one selected first, and those pointed at most surely."""
    texts = [candidate.sentence.text for candidate in group]
    asked = prompt.reading(question.text, [candidate.line for candidate in group])
    first = max(range(len(group)), key=lambda index: group[index].score) + 1
    spans: dict[Span, None] = {}
    for only in (None, first):
        if only is not None and any(span.index + 1 == only for span in spans):
            continue
        reply = model.read(asked, grammar.verbatim(texts, only=only, silence=False), max_tokens=ROOM_FOR_REPLY)
        found = grammar.parse(reply.text, texts)
        if found is not None:
            spans[_whole(Span(found.label - 1, found.start, found.end), texts[found.label - 1])] = None
    return list(dict.fromkeys([*spans, *_aimed_at(question, group)[:_AIMS]]))


def _aimed_at(question: Question, group: Sequence[Candidate]) -> list[Span]:
    """What the extractor points at in each sentence, surest first; no pronouns, and nothing that is ruled out."""
    aims = [(*candidate.pointed.best(), index, candidate) for index, candidate in enumerate(group)]
    aims.sort(key=lambda aim: -aim[3].pointed.odds(*aim[:2]))
    spans = [_whole(Span(index, start, end), c.sentence.text) for start, end, index, c in aims if start < end]
    return [
        span
        for span in spans
        if not _PRONOUN.fullmatch(_words(group, span))
        and not ruled_out(question, group[span.index], span.start, span.end)
    ]


def _overlap(one: Span, other: Span) -> bool:
    return one.index == other.index and one.start < other.end and other.start < one.end


def _whole(span: Span, text: str) -> Span:
    """`span` widened to the words, names and values that it cuts through: "Defense" to "the Defense Department"."""
    start, end = span.start, span.end
    for first, last in (*grammar.words(text), *((v.start, v.end) for v in (*values.find(text), *values.names(text)))):
        if first < end and last > start and not (start <= first and last <= end):
            start, end = min(start, first), max(end, last)
    return Span(span.index, start, end)


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
    said = _words(group, span)
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
    )


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


def _odds(group: Sequence[Candidate], spans: Sequence[Span]) -> list[float]:
    """What the extractor gives each span against no answer; nothing where it points nowhere."""
    if not any(len(candidate.pointed.offsets) for candidate in group):
        return []
    return [group[span.index].pointed.odds(span.start, span.end) for span in spans]


def _claim(group: Sequence[Candidate], shown: Sequence[Evidence], span: Span, confidence: float) -> Claim:
    sentence = shown[span.index]
    return Claim(
        sentence.document_id,
        _words(group, span),
        sentence.start + span.start,
        sentence.start + span.end,
        sentence,
        confidence,
    )


def _words(group: Sequence[Candidate], span: Span) -> str:
    return group[span.index].sentence.text[span.start : span.end]


def _fitting(question: Question, group: Sequence[Candidate], model: Reader) -> list[Candidate]:
    """The sentences that fit the model's context together, the weakest left out first."""
    room = model.context - ROOM_FOR_REPLY - model.count_tokens(question.text) - 64
    kept = list(group)
    sizes = {id(candidate): model.count_tokens(candidate.line) + 8 for candidate in kept}
    while len(kept) > 1 and sum(sizes[id(candidate)] for candidate in kept) > room:
        kept.remove(min(kept, key=lambda candidate: candidate.score))
    return kept


def _logsumexp(numbers: Sequence[float]) -> float:
    top = max(numbers)
    return top + math.log(sum(math.exp(number - top) for number in numbers))
