"""Hand-made documents and answers, and a host that plays answers through the seams that the page itself uses."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from index.errors import SourceError
from index.types import Document
from rag.types import STAGES, Answer, Citation, Claim, Event, Evidence, Position, Stance, Status

RIVER = Document(
    id="north/river.txt",
    title="River tops its banks",
    text="The river rose in the night.\n\nAbout 1,200 people left their homes in Aldermoor. Nobody was hurt.",
    published="2024-11-03",
    publisher="Aldermoor Gazette",
    sha256="0" * 64,
)
COUNCIL = Document(
    id="south/council.md",
    title="Council counts the cost",
    text="Flood report\n\nThe council speaks of 1,200 people who had to leave.\n\nRepairs will take a year.",
    published="2024-11",
    publisher=None,
    sha256="1" * 64,
)
RADIO = Document(
    id="radio.txt",
    title="Morning bulletin",
    text="Good morning. Only 120 people left their homes, the mayor said.",
    published=None,
    publisher=None,
    sha256="2" * 64,
)
DOCUMENTS = {document.id: document for document in (RIVER, COUNCIL, RADIO)}


def evidence(document: Document, words: str, label: int = 1) -> Evidence:
    """The line of `document` that holds `words`, as the model was shown it."""
    at = document.text.index(words)
    start = max(document.text.rfind(mark, 0, at) + len(mark) for mark in ("\n", ". "))
    start = start if document.text[max(0, start - 1)].isspace() else 0
    stop = document.text.find(".", at)
    end = len(document.text) if stop < 0 else stop + 1
    return Evidence(label, document.id, start, end, document.text[start:end], 1.0)


def claim(document: Document, words: str) -> Claim:
    """What `document` says, in the given words of it."""
    at = document.text.index(words)
    return Claim(document.id, words, at, at + len(words), evidence(document, words), 0.9)


def citation(label: int, document: Document, words: str) -> Citation:
    """A citation of the sentence that holds `words`, with those as the answer's words."""
    shown, at = evidence(document, words), document.text.index(words)
    return Citation(label, document.id, document.title, shown.start, shown.end, shown.text, at, at + len(words))


def position(stance: Stance, said: Sequence[tuple[Document, str]], labels: Sequence[int]) -> Position:
    """The claims that agree; the first one's words are the value."""
    claims = tuple(claim(document, words) for document, words in said)
    return Position(claims[0].value, claims[0].value, stance, claims, tuple(labels))


def answer(
    status: Status,
    text: str,
    citations: Sequence[Citation] = (),
    positions: Sequence[Position] = (),
    question: str = "How many people left their homes?",
) -> Answer:
    """An answer with what does not matter here filled in."""
    seconds = {"retrieve": 0.0123456, "read": 1.5, "compose": 0.1, "total": 1.75}
    return Answer(question, status, text, tuple(citations), tuple(positions), (), "a-model", "0" * 12, seconds)


def conflict() -> Answer:
    """Two sources against one."""
    return answer(
        "conflict",
        "About 1,200 people [1][2]. One source says 120 people [3].",
        [citation(1, RIVER, "1,200 people"), citation(2, COUNCIL, "1,200 people"), citation(3, RADIO, "120 people")],
        [
            position("accepted", [(RIVER, "1,200 people"), (COUNCIL, "1,200 people")], [1, 2]),
            position("disputed", [(RADIO, "120 people")], [3]),
        ],
    )


def agreed() -> Answer:
    """One answer that one source gives."""
    return answer(
        "answered",
        "Nobody was hurt [1].",
        [citation(1, RIVER, "Nobody")],
        [position("accepted", [(RIVER, "Nobody")], [1])],
        question="Was anybody hurt in Aldermoor?",
    )


def silent() -> Answer:
    """No answer."""
    return answer("not_in_sources", "The sources do not say who won the regatta.", question="Who won the regatta?")


def events(given: Answer) -> Iterator[Event]:
    """An answer as it is streamed: every stage, the text word by word, the whole."""
    for stage in STAGES:
        yield Event("stage", stage)
    for word in given.text.split(" "):
        yield Event("text", word if word == given.text.split(" ")[0] else f" {word}")
    yield Event("answer", answer=given)


@dataclass
class Shelf:
    """A library of hand-made documents."""

    held: Mapping[str, Document] = field(default_factory=lambda: DOCUMENTS)

    def documents(self) -> Sequence[Document]:
        return list(self.held.values())

    def document(self, document_id: str) -> Document:
        if document_id not in self.held:
            raise SourceError(f"There is no document {document_id}.")
        return self.held[document_id]


@dataclass
class Script:
    """A conversation that plays the given answers, one a question, `pause` seconds between events."""

    answers: list[Answer]
    pause: float = 0.0
    asked: list[str] = field(default_factory=list)

    def stream(self, question: str) -> Iterator[Event]:
        given = self.answers[len(self.asked) % len(self.answers)]
        self.asked.append(question)
        for event in events(given):
            time.sleep(self.pause)
            yield event


class Endless:
    """A conversation that reads on until it is stopped."""

    def stream(self, question: str) -> Iterator[Event]:
        while True:
            yield Event("stage", "read", question)
            time.sleep(0.5)


@dataclass
class Unending:
    """A host whose conversations never come to an answer."""

    index: Shelf = field(default_factory=Shelf)
    model: str = "a-model"

    def chat(self) -> Endless:
        return Endless()


@dataclass
class Scripted:
    """A host whose every tab gets a script of its own."""

    answers: list[Answer]
    pause: float = 0.0
    index: Shelf = field(default_factory=Shelf)
    model: str = "a-model"
    chats: list[Script] = field(default_factory=list)

    def chat(self) -> Script:
        self.chats.append(Script(list(self.answers), self.pause))
        return self.chats[-1]
