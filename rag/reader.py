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

from rag import grammar, prompt, values
from rag.confidence import Features, probability
from rag.evidence import Candidate, evidence
from rag.llm import Reader
from rag.question import Question
from rag.types import Claim, Evidence
from rag.words import Rarity, stems

ROOM_FOR_REPLY = 48


@dataclass(frozen=True, slots=True)
class Span:
    """A possible answer: `sentences[index].text[start:end]`, index from 0."""

    index: int
    start: int
    end: int


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


def read(question: Question, group: Sequence[Candidate], model: Reader, first_label: int = 1) -> Reading:
    """Read one source's sentences `group` for `question`. Raises ModelError."""
    group = _fitting(question, group, model)
    shown = tuple(evidence(first_label + i, candidate) for i, candidate in enumerate(group))
    texts = [_line(candidate) for candidate in group]
    asked = prompt.reading(question.text, texts)
    spans = typed(question, group) if question.kinds else _copied(question, group, model)
    if not spans:
        return Reading(group[0].document_id, shown, ())
    replies = [prompt.reply(span.index + 1, _words(group, span)) for span in spans]
    *scores, silent = model.score(asked, [*replies, prompt.NONE])
    total = _logsumexp([*scores])
    rarity = Rarity(candidate.sentence.text for candidate in group)
    measured = []
    for span, score in zip(spans, scores, strict=True):
        features = _features(question, group, span, spans, rarity, score - total, total - silent)
        measured.append(Measured(_claim(group, shown, span, probability(question, features)), features))
    measured.sort(key=lambda item: -item.claim.confidence)
    return Reading(group[0].document_id, shown, tuple(measured))


def typed(question: Question, group: Sequence[Candidate]) -> list[Span]:
    """The spans of `group` that have a kind the question asks for and are not named in the question."""
    spans: list[Span] = []
    for index, candidate in enumerate(group):
        text = candidate.sentence.text
        found = [value for value in values.find(text) if value.kind in question.kinds]
        if "name" in question.kinds:
            found += values.names(text)
        spans += [Span(index, value.start, value.end) for value in found if not _asked_already(value.text, question)]
    return spans


def _asked_already(value: str, question: Question) -> bool:
    return " or " not in question.text and set(stems(value)) <= set(stems(question.text))


def _copied(question: Question, group: Sequence[Candidate], model: Reader) -> list[Span]:
    """The words the model copies when it may use every sentence, and when only the one selected first."""
    texts = [candidate.sentence.text for candidate in group]
    asked = prompt.reading(question.text, [_line(candidate) for candidate in group])
    first = max(range(len(group)), key=lambda index: group[index].score) + 1
    spans: dict[Span, None] = {}
    for only in (None, first):
        if only is not None and any(span.index + 1 == only for span in spans):
            continue
        reply = model.read(asked, grammar.verbatim(texts, only=only, silence=False), max_tokens=ROOM_FOR_REPLY)
        found = grammar.parse(reply.text, texts)
        if found is not None:
            spans[Span(found.label - 1, found.start, found.end)] = None
    return list(spans)


def _features(
    question: Question,
    group: Sequence[Candidate],
    span: Span,
    spans: Sequence[Span],
    rarity: Rarity,
    share: float,
    margin: float,
) -> Features:
    candidate = group[span.index]
    rivals = [other for other in spans if other.index == span.index]
    wanted = {word for term in question.terms for word in stems(term)}
    distance = _distance(candidate.sentence.text, span, wanted, rarity)
    nearest = min(_distance(candidate.sentence.text, rival, wanted, rarity) for rival in rivals)
    best = max(other.score for other in group)
    return Features(
        share=share,
        margin=margin,
        covered=candidate.covered,
        covered_around=candidate.covered_around,
        near=candidate.near,
        near_around=candidate.near_around,
        behind=candidate.score - best,
        distance=distance,
        farther=distance - nearest,
        words=float(len(_words(group, span).split())),
    )


def _distance(text: str, span: Span, wanted: set[str], rarity: Rarity) -> float:
    """How far the question's words stand from the span, 0 to 1: 1 - mean closeness, each word by its rarity."""
    spots = grammar.words(text)
    inside = [i for i, (start, end) in enumerate(spots) if start < span.end and end > span.start] or [0]
    weight = total = 0.0
    best: dict[str, float] = {}
    for i, (start, end) in enumerate(spots):
        gap = max(inside[0] - i, i - inside[-1], 0)
        for word in set(stems(text[start:end])) & wanted:
            best[word] = max(best.get(word, 0.0), 1 / (1 + gap / 4))
    for word in wanted:
        total += rarity.weight(word)
        weight += rarity.weight(word) * best.get(word, 0.0)
    return 1 - weight / total if total else 1.0


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


def _line(candidate: Candidate) -> str:
    return f"{candidate.lead} {candidate.sentence.text}".strip()


def _fitting(question: Question, group: Sequence[Candidate], model: Reader) -> list[Candidate]:
    """The sentences that fit the model's context together, the weakest left out first."""
    room = model.context - ROOM_FOR_REPLY - model.count_tokens(question.text) - 64
    kept = list(group)
    sizes = {id(candidate): model.count_tokens(_line(candidate)) + 8 for candidate in kept}
    while len(kept) > 1 and sum(sizes[id(candidate)] for candidate in kept) > room:
        kept.remove(min(kept, key=lambda candidate: candidate.score))
    return kept


def _logsumexp(numbers: Sequence[float]) -> float:
    top = max(numbers)
    return top + math.log(sum(math.exp(number - top) for number in numbers))
