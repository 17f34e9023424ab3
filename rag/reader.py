"""Read: what one source says, as spans of its own words, each with a probability.

Where the question asks for a kind of value (an amount, a date, a name), the values of that kind that
stand in the evidence are the only possible answers and the model weighs them against each other and
against `none`. Else the model copies words under the grammar, sentence by sentence, and weighs what
it copied. Either way a claim is a span of a sentence that was shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from rag import answer_types, grammar, prompt, values
from rag.confidence import Features, probability
from rag.evidence import Candidate, evidence, offers, ruled_out
from rag.extractor import Extractor
from rag.llm import Reader
from rag.measure import Beliefs, Span, features, words
from rag.question import Question
from rag.types import Claim, Evidence

ROOM_FOR_REPLY = 48
_AIMS = 2  # words that the extractor points at, besides those that are copied
_PRONOUN = regex.compile(
    r"I|me|we|us|our|you|your|he|him|his|she|her|hers|it|its|they|them|their|theirs|this|that|these|those|who|whom|which|what",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Readers:
    """The two that read: a language model, which weighs whole replies, and an encoder, which points at words."""

    model: Reader
    extractor: Extractor


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
    replies = [prompt.reply(span.index + 1, words(group, span)) for span in spans]
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
    points at compete as well; but values that are not of the kind, or of another form, do not.
    """
    spans = typed(question, group)
    if not spans or question.worded:
        copied = (span for span in _copied(question, group, model) if not _PRONOUN.fullmatch(words(group, span)))
        return _with(spans, copied)
    aims = _aimed_at(question, group)[:1] if question.kinds & {"name", "text"} else []
    return _with(spans, (aim for aim in aims if answer_types.of(words(group, aim)) not in answer_types.NUMERIC))


def _with(spans: Sequence[Span], more: Iterable[Span]) -> list[Span]:
    return [*spans, *(span for span in more if not any(_overlap(span, other) for other in spans))]


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
        if not _PRONOUN.fullmatch(words(group, span))
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


def _odds(group: Sequence[Candidate], spans: Sequence[Span]) -> list[float]:
    """What the extractor gives each span against no answer; nothing where it points nowhere."""
    if not any(len(candidate.pointed.offsets) for candidate in group):
        return []
    return [group[span.index].pointed.odds(span.start, span.end) for span in spans]


def _claim(group: Sequence[Candidate], shown: Sequence[Evidence], span: Span, confidence: float) -> Claim:
    sentence = shown[span.index]
    return Claim(
        sentence.document_id,
        words(group, span),
        sentence.start + span.start,
        sentence.start + span.end,
        sentence,
        confidence,
    )


def room(question: Question, model: Reader) -> int:
    """The tokens that the sentences which are shown for the question may have together."""
    return model.context - ROOM_FOR_REPLY - model.count_tokens(question.text) - 64


def size(sentence: str, model: Reader) -> int:
    """The tokens that a sentence takes in the prompt, with its label."""
    return model.count_tokens(sentence) + 8


def _fitting(question: Question, group: Sequence[Candidate], model: Reader) -> list[Candidate]:
    """The sentences that fit the model's context together, the weakest left out first."""
    space = room(question, model)
    kept = list(group)
    sizes = {id(candidate): size(candidate.line, model) for candidate in kept}
    while len(kept) > 1 and sum(sizes[id(candidate)] for candidate in kept) > space:
        kept.remove(min(kept, key=lambda candidate: candidate.score))
    return kept


def _logsumexp(numbers: Sequence[float]) -> float:
    top = max(numbers)
    return top + math.log(sum(math.exp(number - top) for number in numbers))
