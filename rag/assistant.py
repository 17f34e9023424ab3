"""The assistant: a question through every stage, to a cited answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from index import Filter, Index, Progress
from rag import answering, followup, prose
from rag.answering import Clock
from rag.errors import QuestionError
from rag.extractor import Extractor, installed
from rag.llm import Reader, Writer
from rag.reader import Readers
from rag.referents import Turn
from rag.roles import credited, open_models
from rag.settings import Settings
from rag.types import Answer, Event, Position
from rag.verify import verify


class Assistant:
    """Answers questions over one folder of sources.

        assistant = Assistant.open("seeds")
        answer = assistant.ask("How much did Amazon invest?")

    It is safe to share between threads: the model answers one question at a time.
    """

    def __init__(
        self,
        index: Index,
        model: Reader,
        settings: Settings | None = None,
        writer: Writer | None = None,
        extractor: Extractor | None = None,
    ) -> None:
        self.index = index
        self.settings = settings or Settings()
        self._readers = Readers(model, extractor or installed(self.settings.cache_dir))
        self._writer = writer
        self.settings_hash = self.settings.digest(self.model, index.settings_hash)

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
        """Opens the sources in `source`, bringing their index up to date first.

        `flags` are settings by name, used where no `settings` are given. Raises CorroborateError.
        """
        settings = settings or Settings.load(flags)
        index = Index.open(source, settings, path=index_path)
        try:
            index.sync(progress)
            # llama.cpp loads without Python's lock, the embedder's libraries hold it: side by side they save a second.
            with ThreadPoolExecutor(1) as aside:
                opening = aside.submit(open_models, settings, progress)
                index.embedder.encode_queries([""])
                models = opening.result()
            return cls(index, models.reader, settings, models.writer)
        except BaseException:
            index.close()
            raise

    @property
    def model(self) -> str:
        """The name of the model that answers; of both, where one reads and one writes."""
        return credited(self._readers.model, self._writer)

    def ask(self, question: str, *, where: Filter | None = None) -> Answer:
        """The answer to a question that stands by itself, of the documents that pass `where`.

        Raises QuestionError, ModelError; FilterError where no document passes.
        """
        return _last(self.stream(question, where=where))

    def stream(self, question: str, *, where: Filter | None = None) -> Iterator[Event]:
        """The same, step by step; the last event carries the answer."""
        standalone = _checked(question, self.settings.question_limit)
        return self._answer(standalone, where)

    def chat(self) -> Chat:
        """A conversation in which a question may lean on the ones before."""
        return Chat(self)

    def close(self) -> None:
        """Frees the index; asking afterwards is an error."""
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, standalone: str, where: Filter | None) -> Iterator[Event]:
        clock = Clock()
        yield Event("stage", "understand", standalone)
        clock.lap("understand")
        yield Event("stage", "retrieve", f"{len(self.index.documents())} documents")
        question, found = answering.gather(standalone, self.index, self.settings, where)
        clock.lap("retrieve")
        yield Event("stage", "select", f"{len(found)} sentences")
        outcome = yield from (
            answering.by_statements(question, found, self.index, self._readers.extractor, clock)
            if question.open
            else answering.by_spans(question, found, self.index, self._readers, self.settings, clock, where)
        )
        draft, writer = outcome.draft, None
        if self._writer is not None and outcome.status != "not_in_sources":
            written = yield from prose.rewrite(question, draft, self._writer)
            draft, writer = written.draft, self._writer if written.sentences else None
            clock.lap("write")
        yield Event("stage", "verify", f"{len(draft.citations)} citations")
        draft = verify(draft, self.index.document)
        clock.lap("verify")
        yield from (Event("text", piece) for piece in _pieces(draft.text))
        answer = Answer(
            question=standalone,
            status=outcome.status if draft.lines else "not_in_sources",
            text=draft.text,
            citations=draft.citations,
            positions=draft.positions,
            evidence=outcome.evidence,
            model=credited(self._readers.model, writer),
            settings_hash=self.settings_hash,
            seconds=clock.seconds(),
        )
        yield Event("answer", answer=answer)


class Chat:
    """A conversation: each question is made standalone by the turns before it."""

    def __init__(self, assistant: Assistant, turns: Sequence[Turn] = ()) -> None:
        self._assistant = assistant
        self.turns = list(turns)

    def ask(self, question: str) -> Answer:
        """The answer; `Answer.question` is the standalone question. Raises QuestionError, ModelError."""
        return _last(self.stream(question))

    def stream(self, question: str) -> Iterator[Event]:
        """The same, step by step."""
        for event in self._assistant.stream(followup.standalone(question, self.turns)):
            if event.answer is not None:
                self.turns.append(Turn(event.answer.question, _accepted(event.answer.positions)))
            yield event


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
    if answer is None:
        raise RuntimeError("A stream ended without its answer.")
    return answer
