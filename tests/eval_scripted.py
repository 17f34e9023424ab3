"""Small real values for the tests of eval: documents, an index of them, answers, an assistant that says them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.cases import Case, Proof
from index.types import Document, Hit, Passage, Sentence
from rag.types import Answer, Citation, Claim, Evidence, Position, Stance

RIVER = "The dam opened in 1931. It cost $40 million. Its engineer was Ada Holm."
PAPER = "A newspaper put the cost at $4 million. The lake is 12 km long."
TEXTS = {"river.txt": RIVER, "paper.txt": PAPER}

COST = Case(
    id="cost",
    question="What did the dam cost?",
    kind="disagree",
    split="dev",
    status="conflict",
    answers=(("$40 million",),),
    dissent=(("$4 million",),),
    proof=(Proof("river.txt", "It cost $40 million"), Proof("paper.txt", "the cost at $4 million")),
)
OPENED = Case(
    id="opened",
    question="When did the dam open?",
    kind="single",
    split="dev",
    status="answered",
    answers=(("1931",),),
    rejected=("1913",),
    proof=(Proof("river.txt", "opened in 1931"),),
)
ENGINEER = Case(
    id="engineer",
    question="Who was the engineer?",
    kind="single",
    split="test",
    status="answered",
    answers=(("Ada Holm", "Holm"),),
    proof=(Proof("river.txt", "Ada Holm"),),
)
LENGTH = Case(
    id="length",
    question="And how long is the lake?",
    kind="follow-up",
    split="dev",
    status="answered",
    answers=(("12 km",),),
    history=("When did the dam open?",),
    proof=(Proof("paper.txt", "12 km long"),),
)
OWNER = Case(id="owner", question="Who owns the dam?", kind="absent", split="test", status="not_in_sources")
CASES = (COST, OPENED, ENGINEER, LENGTH, OWNER)


@dataclass(frozen=True)
class Shelf:
    """The documents by name; a search finds the given sentences in the given order, whatever is asked."""

    texts: Mapping[str, str] = field(default_factory=lambda: TEXTS)
    found: Sequence[tuple[str, str]] = ()

    def document(self, document_id: str) -> Document:
        return Document(document_id, document_id, self.texts[document_id], None, None, "0")

    def sentences(self, document_id: str) -> list[Sentence]:
        text = self.texts[document_id]
        return [Sentence(m.start(), m.end(), m.group(), False, 0) for m in re.finditer(r"[^ ].*?\.(?= |$)", text)]

    def search(self, query: str, k: int = 10) -> list[Hit]:
        hits = []
        for rank, (name, words) in enumerate(self.found[:k], 1):
            start = self.texts[name].index(words)
            passage = Passage(f"{name}#{start}-{start + len(words)}", name, start, start + len(words), words)
            hits.append(Hit(passage, 1 / rank, rank))
        return hits


def citation(label: int, document: str, words: str, texts: Mapping[str, str] = TEXTS) -> Citation:
    start = texts[document].index(words)
    return Citation(label, document, document, start, start + len(words), words, start, start + len(words))


def position(value: str, document: str, stance: Stance = "accepted", confidence: float = 0.9) -> Position:
    start = TEXTS[document].find(value)
    sentence = Evidence(1, document, start, start + len(value), value, 1.0)
    claim = Claim(document, value, start, start + len(value), sentence, confidence)
    return Position(value, value, stance, (claim,))


def answer(text: str, **values: Any) -> Answer:
    given: dict[str, Any] = {"status": "answered", "citations": (), "positions": (), "evidence": ()} | values
    return Answer(question="", text=text, model="scripted", settings_hash="abc", **given)


RIGHT = {
    COST.question: answer(
        "$40 million [1]. One source says $4 million [2].",
        status="conflict",
        citations=(citation(1, "river.txt", "It cost $40 million."), citation(2, "paper.txt", "cost at $4 million")),
        positions=(position("$40 million", "river.txt"), position("$4 million", "paper.txt", "disputed")),
    ),
    OPENED.question: answer(
        "1931 [1].",
        citations=(citation(1, "river.txt", "The dam opened in 1931."),),
        positions=(position("1931", "river.txt", confidence=0.7),),
    ),
    ENGINEER.question: answer("Ada Holm [1].", positions=(position("Ada Holm", "river.txt"),)),
    LENGTH.question: answer("12 km [1].", positions=(position("12 km", "paper.txt"),)),
    OWNER.question: answer("The sources do not say.", status="not_in_sources"),
}


class Scripted:
    """An assistant that gives the answer written for each question, and remembers what it was asked."""

    model = "scripted"
    settings_hash = "abc"

    def __init__(self, answers: Mapping[str, Answer] = RIGHT, index: Shelf | None = None) -> None:
        self.answers = answers
        self.index = index or Shelf()
        self.asked: list[str] = []
        self.chats = 0

    def ask(self, question: str) -> Answer:
        self.asked.append(question)
        return self.answers[question]

    def chat(self) -> Scripted:
        self.chats += 1
        return self
