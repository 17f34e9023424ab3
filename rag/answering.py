"""From evidence to a draft: by spans read from each source, or by statements for an open question."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.filters import Filter
from rag import (
    compose,
    copies,
    corrections,
    dissent,
    enumeration,
    evidence,
    namesakes,
    numbered,
    reader,
    recency,
    reconcile,
    runoff,
    second_look,
    shortlist,
    statements,
    values,
)
from rag.compose import Draft
from rag.contradictions import contradictions
from rag.cues import REASON
from rag.evidence import Candidate, Library, Sources
from rag.extractor import Extractor
from rag.question import Question, understand
from rag.reader import Readers
from rag.settings import Settings
from rag.speakers import unheard
from rag.spelling import mended
from rag.types import Event, Evidence, Position, Status

OPEN_AT = 0.95
ALL_SAID = 0.99  # of the question, by a sentence with its headings, title and publisher
REASON_AT = 3.6  # log-odds against no answer
NEAR_AT = 0.35


@dataclass(frozen=True, slots=True)
class Outcome:
    """A draft, what it amounts to, and the sentences that were looked at for it."""

    draft: Draft
    status: Status
    evidence: tuple[Evidence, ...]


class Clock:
    """Seconds by stage: `lap` ends one."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage] = now - self._last
        self._last = now

    def seconds(self) -> dict[str, float]:
        return {**self._laps, "total": time.perf_counter() - self._start}


def gather(
    text: str, sources: Sources, settings: Settings, where: Filter | None = None
) -> tuple[Question, list[Candidate]]:
    """The question, understood, and the sentences that may answer it, best first, of the documents that pass `where`.

    A question with a slip of the keyboard is mended by what it brings up, and looked up once more.
    Raises FilterError where no document passes.
    """
    question = understand(text)
    hits = sources.search(question.text, settings.passages, where=where)
    better = mended(question.text, (hit.passage.text for hit in hits), sources.embedder.count_tokens)
    if better != question.text:
        question = replace(understand(better), check=question.check)
        hits = sources.search(question.text, settings.passages, where=where)
    found = evidence.attributed(question, evidence.candidates(question, hits, sources), sources)
    return question, numbered.about(question, found, sources)


Steps = Generator[Event, None, Outcome]


def by_spans(
    question: Question,
    found: Sequence[Candidate],
    sources: Sources,
    readers: Readers,
    settings: Settings,
    clock: Clock,
    where: Filter | None = None,
) -> Steps:
    """Reads each promising source by itself, looks again at those that do not give the answer, and reconciles."""
    known = not evidence.strangers(question, found)
    groups = shortlist.by_source(question, found, readers.extractor, settings.evidence, settings.reads) if known else []
    readings = yield from _read(question, groups, readers)
    context = [candidate.sentence.text for candidate in found]
    repeats = sources.copies()
    said = reconcile.ranked(readings, repeats, context)
    rivals = runoff.rivals(question, said, repeats, readers)
    if rivals:
        yield Event("stage", "read", f"{_count(len(rivals), 'close answer')} side by side")
    answer = reconcile.accept(runoff.ordered(said, runoff.beside(question, rivals, readers)), readings, repeats)
    if answer:
        for new in second_look.beside(question, answer, readings, sources, settings, where):
            yield Event("stage", "read", f"{new[0].document_id} (a second look)")
            readings = second_look.again(question, new, groups, readings, readers, settings.evidence)
    clock.lap("read")
    telling = sum(bool(reading.claims) for reading in readings)
    yield Event("stage", "reconcile", f"{_count(telling, 'source')} to compare")
    positions = _positions(question, answer, readings, repeats, context, sources) if answer else ()
    clock.lap("reconcile")
    yield Event("stage", "compose")
    draft = _spoken(question, positions, repeats, sources) if positions else nothing(question, found, sources)
    clock.lap("compose")
    return Outcome(draft, _status(positions), tuple(item for reading in readings for item in reading.evidence))


def _read(
    question: Question, groups: Sequence[Sequence[Candidate]], readers: Readers
) -> Generator[Event, None, list[reader.Reading]]:
    readings: list[reader.Reading] = []
    for number, group in enumerate(groups, start=1):
        yield Event("stage", "read", f"{group[0].document_id} ({number} of {len(groups)})")
        readings.append(reader.read(question, group, readers.model, reader.next_label(readings)))
    return readings


def _positions(
    question: Question,
    answer: reconcile.Cluster,
    readings: Sequence[reader.Reading],
    repeats: Mapping[str, str],
    context: Sequence[str],
    library: Library,
) -> tuple[Position, ...]:
    """Who gives the answer and who says otherwise, by date where the latest is asked for, namesakes told apart."""
    positions = dissent.positions(answer, readings, repeats, context, library)
    if recency.asked(question.text):
        positions = recency.latest_first(positions, _published(positions, library))
    named = {name for position in positions for name in position.documents}
    documents = {name: library.document(name) for name in named | {repeats.get(name, name) for name in named}}
    positions = corrections.superseded(positions, documents, repeats)
    positions = enumeration.completed(question.text, positions)
    return namesakes.told_apart(positions, readings, context, namesakes.Kin(question, repeats, library))


def by_statements(
    question: Question, found: Sequence[Candidate], library: Library, extractor: Extractor, clock: Clock
) -> Steps:
    """Gathers the sentences that answer an open question, merged where sources say the same.

    A question for a reason is answered only where the extractor points at one: what is near is seldom a reason. One for
    what was got wrong is answered by the corrections.
    """
    corrected = corrections.asked_for(question.text, map(library.document, sorted({c.document_id for c in found})))
    promising = bool(corrected) or any(
        candidate.score >= OPEN_AT or candidate.covered_around >= ALL_SAID for candidate in found
    )
    if promising and REASON.search(question.text):
        yield Event("stage", "read", _count(len(found), "sentence"))
        found = shortlist.explained(question, found, extractor)
        promising = max(candidate.surest for candidate in found) >= REASON_AT
        clock.lap("read")
    yield Event("stage", "reconcile", f"{_count(len(found), 'sentence')} to compare")
    known = not evidence.strangers(question, found) and not unheard(question, found)
    said = statements.collect(question, found, library, 1.0, corrected) if promising and known else []
    clock.lap("reconcile")
    yield Event("stage", "compose")
    draft = compose.statements(said, _titles(library)) if said else nothing(question, found, library)
    disputed = contradictions(question, said, found)
    draft = compose.disagreeing(draft, disputed, _titles(library))
    clock.lap("compose")
    shown = tuple(evidence.evidence(label, candidate) for label, candidate in enumerate(found[:8], start=1))
    status: Status = "conflict" if disputed else "answered"
    return Outcome(draft, status if said else "not_in_sources", shown)


def nothing(question: Question, found: Sequence[Candidate], library: Library) -> Draft:
    """The refusal, with the two nearest sentences where they are near at all."""
    near = [candidate for candidate in found if candidate.near > NEAR_AT][:4]
    return compose.nothing(statements.collect(question, near, library, 0.0)[:2], _titles(library))


def _spoken(question: Question, positions: Sequence[Position], repeats: Mapping[str, str], library: Library) -> Draft:
    """The positions as text; behind "Yes" or "No" where the question asks to confirm a value."""
    cited = {document for position in positions for document in position.documents}
    notes = copies.notes(cited, repeats, library)
    draft = compose.span(positions, _titles(library), notes, _published(positions, library))
    if not question.check:
        return draft
    word = "Yes" if values.same(positions[0].value, question.check) else "No"
    ((text, citations),) = draft.lines
    return replace(draft, lines=((f"{word}: {text}", citations),))


def _published(positions: Sequence[Position], library: Library) -> recency.Dates:
    named = {document for position in positions for document in position.documents}
    return {document: library.document(document).published for document in named}


def _titles(library: Library) -> compose.Titles:
    return lambda document_id: library.document(document_id).title


def _status(positions: Sequence[Position]) -> Status:
    if not positions:
        return "not_in_sources"
    return "conflict" if any(position.stance == "disputed" for position in positions) else "answered"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
