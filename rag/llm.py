"""What the rest of the program asks of a language model, whichever runs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a prompt. Only a `control` piece may hold control tokens such as `<|im_end|>`; all else is plain text."""

    text: str
    control: bool = False


Prompt = Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote and the natural log-probability of it (all tokens, 0 or less).

    `first` maps each of the wanted first strings to the log-probability of its first token
    after the prompt, before any grammar is applied.
    """

    text: str
    logprob: float
    first: dict[str, float]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat, role "system", "user" or "assistant"."""

    role: str
    content: str


class Reader(Protocol):
    """A model that can be held to a grammar: the heart of reading a source."""

    @property
    def name(self) -> str: ...

    @property
    def context(self) -> int:
        """Tokens that prompt and reply may have together."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def read(self, prompt: Prompt, grammar: str, first: Sequence[str] = (), max_tokens: int = 64) -> Reply:
        """The likeliest reply (temperature 0) under the GBNF `grammar`. Raises ModelError."""
        ...

    def score(self, prompt: Prompt, replies: Sequence[str]) -> list[float]:
        """For each reply, the log-probability of exactly that text, followed by the end of the turn."""
        ...


class Writer(Protocol):
    """A model that writes prose, addressed by chat messages."""

    @property
    def name(self) -> str: ...

    def write(self, messages: Sequence[Message], grammar: str | None = None, max_tokens: int = 256) -> Iterator[str]:
        """The reply in pieces (temperature 0). `grammar` is GBNF, where the model can be held to one. ModelError."""
        ...
