"""The assistant: a question through every stage, to a cited answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from index import Index
from index.types import Progress
from rag import compose, evidence, followup, reader, reconcile, statements
from rag.errors import QuestionError
from rag.evidence import Candidate
from rag.llamacpp import LlamaCpp
from rag.llm import Reader
from rag.models import resolve
from rag.question import Question, understand
from rag.settings import Settings
from rag.types import Answer, Event, Position, Status
from rag.verify import verify

OPEN_AT = 1.1


class Assistant:
    """Answers questions over one folder of sources.

        assistant = Assistant.open("seeds")
        answer = assistant.ask("How much did Amazon invest?")

    It is safe to share between threads: the model answers one question at a time.
    """

    def __init__(self, index: Index, model: Reader, settings: Settings | None = None) -> None:
        self.index = index
        self.settings = settings or Settings()
        self._model = model
        self.settings_hash = self.settings.digest(model.name, index.settings_hash)

    @classmethod
    def open(
        cls,
        source: Path | str,
        settings: Settings | None = None,
        *,
        index_path: Path | None = None,
        progress: Callable[[Progress], None] | None = None,
        **flags: Any,
    ) -> Self:
        """Opens the sources in `source`, bringing their index up to date first. Raises CorroborateError."""
        settings = settings or Settings.load(flags)
        index = Index.open(source, settings, path=index_path)
        try:
            index.sync(progress)
            return cls(index, LlamaCpp(resolve(settings.model, settings.cache_dir)), settings)
        except BaseException:
            index.close()
            raise

    @property
    def model(self) -> str:
        """The name of the model that answers."""
        return self._model.name

    def ask(self, question: str) -> Answer:
        """The answer to a question that stands by itself. Raises QuestionError, ModelError."""
        return _last(self.stream(question))

    def stream(self, question: str) -> Iterator[Event]:
        """The same, step by step; the last event carries the answer."""
        return self._answer(question, question)

    def chat(self) -> Chat:
        """A conversation in which a question may lean on the ones before."""
        return Chat(self)

    def close(self) -> None:
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, asked: str, standalone: str) -> Iterator[Event]:
        clock = _Clock()
        question = understand(_checked(standalone, self.settings.question_limit), asked)
        yield Event("stage", "understand", question.text)
        clock.lap("understand")
        yield Event("stage", "retrieve", f"{len(self.index.documents())} documents")
        hits = self.index.search(question.text, self.settings.passages)
        clock.lap("retrieve")
        yield Event("stage", "select", f"{len(hits)} passages")
        found = evidence.candidates(question, hits, self.index)
        clock.lap("select")
        draft, status, shown = yield from (
            self._statements(question, found, clock) if question.open else self._span(question, found, clock)
        )
        yield Event("stage", "verify", f"{len(draft.citations)} citations")
        draft = verify(draft, self.index.document)
        clock.lap("verify")
        yield from (Event("text", piece) for piece in _pieces(draft.text))
        answer = Answer(
            question.text,
            status,
            draft.text,
            draft.citations,
            draft.positions,
            shown,
            self.model,
            self.settings_hash,
            clock.seconds(),
        )
        yield Event("answer", answer=answer)

    def _span(self, question: Question, found: Sequence[Candidate], clock: _Clock) -> Iterator[Any]:
        groups = evidence.by_source(found, self.settings.evidence, self.settings.reads)
        readings = []
        for number, group in enumerate(groups, start=1):
            yield Event("stage", "read", f"{group[0].document_id} ({number} of {len(groups)})")
            readings.append(
                reader.read(question, group, self._model, 1 + sum(len(reading.evidence) for reading in readings))
            )
        clock.lap("read")
        yield Event(
            "stage", "reconcile", f"{sum(bool(reading.claims) for reading in readings)} sources have something to say"
        )
        positions = reconcile.reconcile(readings, context=[candidate.sentence.text for candidate in found])
        clock.lap("reconcile")
        yield Event("stage", "compose")
        shown = tuple(item for reading in readings for item in reading.evidence)
        draft = compose.span(positions, self._title) if positions else self._nothing(question, found)
        clock.lap("compose")
        return draft, _status(positions), shown

    def _statements(self, question: Question, found: Sequence[Candidate], clock: _Clock) -> Iterator[Any]:
        yield Event("stage", "reconcile", f"{len(found)} sentences")
        said = statements.collect(question, found, self.index, 1.0) if found and found[0].score >= OPEN_AT else []
        clock.lap("reconcile")
        yield Event("stage", "compose")
        draft = compose.statements(said, self._title) if said else self._nothing(question, found)
        clock.lap("compose")
        shown = tuple(evidence.evidence(label, candidate) for label, candidate in enumerate(found[:8], start=1))
        return draft, "answered" if said else "not_in_sources", shown

    def _nothing(self, question: Question, found: Sequence[Candidate]) -> compose.Draft:
        near = statements.collect(question, [c for c in found if c.near > 0.35][:4], self.index, 0.0)[:2]
        return compose.nothing(near, self._title)

    def _title(self, document_id: str) -> str:
        return self.index.document(document_id).title


class Chat:
    """A conversation: each question is made standalone by the turns before it."""

    def __init__(self, assistant: Assistant, turns: Sequence[followup.Turn] = ()) -> None:
        self._assistant = assistant
        self.turns = list(turns)

    def ask(self, question: str) -> Answer:
        """The answer; `Answer.question` is the standalone question. Raises QuestionError, ModelError."""
        return _last(self.stream(question))

    def stream(self, question: str) -> Iterator[Event]:
        """The same, step by step."""
        standalone = followup.standalone(question, self.turns)
        for event in self._assistant._answer(question, standalone):
            if event.answer is not None:
                self.turns.append(followup.Turn(event.answer.question, _accepted(event.answer.positions)))
            yield event


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage] = now - self._last
        self._last = now

    def seconds(self) -> dict[str, float]:
        return {**self._laps, "total": time.perf_counter() - self._start}


def _checked(question: str, limit: int) -> str:
    text = " ".join(question.split())
    if not text:
        raise QuestionError("The question is empty.", 'Ask something, for example: rag ask "Who is the CEO?"')
    if len(text) > limit:
        raise QuestionError(
            f"The question has {len(text):,} characters; {limit:,} is the most.",
            "Ask a shorter one, and put long texts into the sources.",
        )
    return text


def _status(positions: Sequence[Position]) -> Status:
    if not positions:
        return "not_in_sources"
    return "conflict" if any(position.stance == "disputed" for position in positions) else "answered"


def _accepted(positions: Sequence[Position]) -> str:
    return next((position.value for position in positions if position.stance == "accepted"), "")


def _pieces(text: str) -> Iterator[str]:
    """The text in words, spaces kept: what a page shows one after the other."""
    start = 0
    for i, letter in enumerate(text):
        if letter == " ":
            yield text[start : i + 1]
            start = i + 1
    if text[start:]:
        yield text[start:]


def _last(events: Iterator[Event]) -> Answer:
    answer = None
    for event in events:
        answer = event.answer
    assert answer is not None, "a stream ends with its answer"
    return answer
