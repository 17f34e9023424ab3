"""Select: the sentences of each source that are worth reading for a question.

A sentence's score is what it covers of the question's words, by itself and with what stands around
it, and how near its meaning is, by itself and with its paragraph. Both parts are absolute, so that
scores of different sources and questions can be compared. Weights chosen on XQuAD dev; the table
of what was tried is in docs/decisions.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import regex

from index.filters import Filter
from index.types import Document, Embedder, Hit, Sentence, Vectors
from rag import values
from rag.authors import author
from rag.corrections import taken_back
from rag.cues import DEMONYM, RELATIVE_TIME
from rag.extractor import NOWHERE, Pointed
from rag.forms import currency, fits
from rag.listed import introduction
from rag.question import Question
from rag.recency import formerly
from rag.types import Evidence
from rag.words import Rarity, stems

POINTED = 0.05
AIMED = 0.13
LARGE = 10_000
_TITLED = regex.compile(r"[\p{Ll}\p{N},;] The $")
_LEANING = regex.compile(
    r"[\"“‘'(]*(?:he|she|it|they|this|that|these|those|such|his|her|its|their|both|another|others?|also|then|but|and"
    r"|the (?:company|firm|group|agency|club|team|drug|two|three|both|latter|former|pair|duo)"
    r"|in (?:comparison|addition|contrast)|among them|of (?:these|those|them))\b",
    regex.IGNORECASE,
)


class Library(Protocol):
    """What evidence needs of the index."""

    def document(self, document_id: str) -> Document: ...

    def sentences(self, document_id: str) -> list[Sentence]: ...

    def encode(self, texts: Sequence[str]) -> Vectors: ...

    @property
    def embedder(self) -> Embedder: ...


class Sources(Library, Protocol):
    """What answering needs of the index: what evidence does, its search, and what repeats what."""

    def search(self, query: str, k: int = 10, *, where: Filter | None = None) -> list[Hit]: ...

    def copies(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with what was measured of it: each between 0 and 1, `near` and `near_around` cosines.

    `around` is the text it is understood by: title, heading, the sentence before. `rarity` weighs words by how few of
    the sentences found hold them. `before` is the sentence before, shown or not; `introduction` what introduces
    the list that it is an item of, where an open question is asked. `pointed` is what the extractor points
    at in it, `surest` its log-odds, at most 10 either way, of the likeliest answer of the kinds asked for; 0 before.
    `alone` is what it points at when it is shown nothing else of the source.
    """

    document_id: str
    sentence: Sentence
    lead: str
    around: str
    covered: float
    covered_around: float
    near: float
    near_around: float
    rarity: Rarity
    before: str = ""
    introduction: str = ""
    pointed: Pointed = NOWHERE
    surest: float = 0.0
    alone: Pointed = NOWHERE

    @property
    def line(self) -> str:
        """The sentence as it is read: behind the one that it leans on."""
        return f"{self.lead} {self.sentence.text}".strip()

    @property
    def score(self) -> float:
        """The selection score, about 0 to 2.5."""
        told = self.covered + 0.3 * self.covered_around + self.near + 0.8 * self.near_around
        return told + POINTED * self.surest

    @property
    def framed(self) -> float:
        """The score for an open question, where what stands around counts for more: log-odds but for a constant.

        Fitted as `eval.fitting.choosing` does, to the sentences that prove an open dev case among all that were found.
        """
        told = 0.7 * self.covered + 2.6 * self.covered_around + 0.4 * self.near + 0.9 * self.near_around
        return told + AIMED * max(self.surest, 0.0)


def candidates(question: Question, hits: Sequence[Hit], library: Library) -> list[Candidate]:
    """Every sentence of the passages in `hits`, measured against the question, best first."""
    placed = _placed(hits, library)
    if not placed:
        return []
    rarity = Rarity(sentence.text for _, sentence, _ in placed)
    wanted = [word for term in question.terms for word in stems(term)]
    around = [_around(question, library, document_id, position) for document_id, _, position in placed]
    leads = [_introduced(question, library, document_id, position) for document_id, _, position in placed]
    told = [f"{lead} {sentence.text}".strip() for lead, (_, sentence, _) in zip(leads, placed, strict=True)]
    framed = (f"{lead} {s.text}".strip() for (_, s, _), (lead, _) in zip(placed, around, strict=True))
    vectors = library.encode([*told, *framed])
    near = vectors @ library.embedder.encode_queries([question.text])[0]
    measured = [
        Candidate(
            document_id,
            sentence,
            lead if _LEANING.match(sentence.text) else "",
            context,
            rarity.coverage(wanted, told[i]),
            rarity.coverage(wanted, f"{context} {told[i]}"),
            float(near[i]),
            float(near[len(placed) + i]),
            rarity,
            lead,
            leads[i],
        )
        for i, ((document_id, sentence, _), (lead, context)) in enumerate(zip(placed, around, strict=True))
    ]
    return sorted(measured, key=lambda candidate: -candidate.score)


def attributed(question: Question, found: Sequence[Candidate], library: Library) -> list[Candidate]:
    """Only the sentences of the source that the question names ("according to the Courier"); all where it names none.

    A source is named by its publisher, title or file name, or by a name that only its text holds.
    """
    named = set(stems(question.attributed))
    if not named:
        return list(found)
    documents = [library.document(document_id) for document_id in dict.fromkeys(c.document_id for c in found)]
    labels = {d.id for d in documents if named <= set(stems(f"{d.publisher or ''} {d.title} {d.id}"))}
    texts = {d.id for d in documents if named <= set(stems(d.text))}
    kept = labels or texts
    return [candidate for candidate in found if not kept or candidate.document_id in kept]


def strangers(question: Question, found: Sequence[Candidate]) -> list[str]:
    """The names in the question that nothing found mentions, by any of their words or by their initials.

    What is asked about someone whom the sources do not know is not in the sources.
    """
    texts = [f"{candidate.around} {candidate.sentence.text}" for candidate in found]
    known = {word for text in texts for word in stems(text)}
    initials = {"".join(part[0] for part in name.text.split()).lower() for text in texts for name in values.names(text)}
    return [
        name.text
        for name in values.names(question.text)
        if not known & set(stems(name.text))
        and name.text.lower() not in initials
        and not _is_unit(name.text)
        and not DEMONYM.fullmatch(name.text)
    ]


def offers(question: Question, candidate: Candidate) -> list[tuple[int, int]]:
    """Where the sentence holds values of the kinds asked for that the question does not name itself."""
    text = candidate.sentence.text
    everything = values.find(text)
    found = [(value.start, value.end) for value in everything if value.kind in question.kinds]
    if "money" in question.kinds and not any(value.kind == "money" for value in everything):
        found += [(value.start, value.end) for value in everything if value.kind == "count" and value.low >= LARGE]
    unit = currency(question)
    if unit:
        found = [(value.start, value.end) for value in everything if value.unit == unit]
    found = [spot for spot in found if fits(text, *spot, question)]
    if "date" in question.kinds:
        found += [match.span() for match in RELATIVE_TIME.finditer(text)]
    if "name" in question.kinds:
        found += [(_with_article(text, name.start), name.end) for name in values.names(text)]
    trimmed = ((start, start + len(text[start:end].rstrip())) for start, end in dict.fromkeys(found))
    return [(start, end) for start, end in trimmed if not ruled_out(question, candidate, start, end)]


def ruled_out(question: Question, candidate: Candidate, start: int, end: int) -> bool:
    """Whether these characters of the sentence are no answer: the question names them, or the text denies them.

    Or the question is for the latest, and they are of before.
    """
    text = candidate.sentence.text
    denied = taken_back(text, start, candidate.around) or formerly(question.text, text, start, end)
    return _named_already(text[start:end], question) or denied


def _with_article(text: str, start: int) -> int:
    """Where a name begins, with a "The" that belongs to it: one written large in mid-sentence ("as The Post says")."""
    return start - 4 if _TITLED.search(text, 0, start) else start


def _is_unit(word: str) -> bool:
    return any(value.kind in ("money", "quantity") for value in values.find(f"5 {word}"))


def _named_already(value: str, question: Question) -> bool:
    """Whether the question has all of the words itself, and is no choice between them."""
    return " or " not in question.text and set(stems(value)) <= set(stems(question.text))


def evidence(label: int, candidate: Candidate) -> Evidence:
    """The candidate as evidence under `label`."""
    sentence = candidate.sentence
    return Evidence(
        label, candidate.document_id, sentence.start, sentence.end, sentence.text, candidate.score, candidate.lead
    )


def _placed(hits: Sequence[Hit], library: Library) -> list[tuple[str, Sentence, int]]:
    """Document, sentence and its number in the document, for every sentence of the hits that is no heading."""
    found: dict[tuple[str, int], tuple[str, Sentence, int]] = {}
    for hit in hits:
        passage = hit.passage
        for position, sentence in enumerate(library.sentences(passage.document_id)):
            inside = passage.start <= sentence.start and sentence.end <= passage.end
            if inside and not sentence.heading:
                found.setdefault((passage.document_id, sentence.start), (passage.document_id, sentence, position))
    return list(found.values())


def _introduced(question: Question, library: Library, document_id: str, position: int) -> str:
    """What introduces the list that the sentence is an item of, for an open question; else ""."""
    if not question.open:
        return ""
    return introduction(library.document(document_id).text, library.sentences(document_id), position)


def _around(question: Question, library: Library, document_id: str, position: int) -> tuple[str, str]:
    """The sentence before it, "" behind a heading; and all that frames the sentence.

    For an open question that is the author too: what somebody wants is written without the name.
    """
    document, sentences = library.document(document_id), library.sentences(document_id)
    heading = next((s.text for s in reversed(sentences[:position]) if s.heading), "")
    before = sentences[position - 1] if position else None
    lead = before.text if before is not None and not before.heading else ""
    writer = author(document) if question.open else ""
    return lead, " ".join(part for part in (document.title, document.publisher, writer, heading, lead) if part)
