"""The values that flow from a question to a cited answer. Offsets are characters of `Document.text`, end exclusive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["answered", "conflict", "not_in_sources"]
Stance = Literal["accepted", "disputed", "earlier"]
STAGES = ("understand", "retrieve", "select", "read", "reconcile", "compose", "verify")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that the model was shown under `[label]`: `document.text[start:end] == text`.

    `score` is the selection score, larger is better; `lead` is text shown before it so that it can be
    understood (the sentence that it leans on), never quoted from it.
    """

    label: int
    document_id: str
    start: int
    end: int
    text: str
    score: float
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says, in its own words: `document.text[start:end] == value`; `sentence` holds it.

    `confidence` is the reader's probability, 0 to 1, that the span answers the question.
    """

    document_id: str
    value: str
    start: int
    end: int
    sentence: Evidence
    confidence: float


@dataclass(frozen=True, slots=True)
class Position:
    """Claims that mean the same. `value` as shown, `normalized` as compared; `labels` are citation labels.

    `stance` is "accepted" (several where sources seem to be about different things of one name), "disputed" for who
    says otherwise, or "earlier" for who said otherwise before, where the
    question is for the latest.
    """

    value: str
    normalized: str
    stance: Stance
    claims: tuple[Claim, ...]
    labels: tuple[int, ...] = ()

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents that hold this position, each once, in order."""
        return tuple(dict.fromkeys(claim.document_id for claim in self.claims))


@dataclass(frozen=True, slots=True)
class Citation:
    """What `[label]` in the text opens: `document.text[start:end] == quote`, the answer's words inside it."""

    label: int
    document_id: str
    title: str
    start: int
    end: int
    quote: str
    answer_start: int
    answer_end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A cited answer. `question` is the standalone question that was answered; `seconds` by stage, and "total"."""

    question: str
    status: Status
    text: str
    citations: tuple[Citation, ...]
    positions: tuple[Position, ...]
    evidence: tuple[Evidence, ...]
    model: str
    settings_hash: str
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a streamed answer: a stage that began, a piece of text, or (last) the whole answer.

    kind "stage": `text` is one of STAGES and `detail` one line for the user.
    kind "text": `text` is the next piece of `Answer.text`; the pieces joined are that text.
    kind "answer": `answer` is set.
    """

    kind: Literal["stage", "text", "answer"]
    text: str = ""
    detail: str = ""
    answer: Answer | None = None
