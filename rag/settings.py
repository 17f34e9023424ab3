"""Settings of the assistant: those of the index and what shapes an answer."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass

from index.settings import IndexSettings


@dataclass(frozen=True, slots=True)
class Settings(IndexSettings):
    """What shapes an answer, besides the index.

    model: what reads: "default" (the packaged SmolLM2-135M with our adapter), a path to a GGUF, or
        `hf:owner/repo/file.gguf`. A server's URL stands for the packaged model that reads and the server that writes.
    writer: what puts the answer into sentences: a model as above, "same" (the one that reads), or the URL of an
        OpenAI-compatible server, `URL#NAME` for one of its models. Empty: answers are quotations.
    passages: how many passages are retrieved for a question.
    evidence: how many sentences of one source are shown in one read.
    reads: how many sources are read at most.
    question_limit: the longest question, in characters.
    """

    model: str = "default"
    writer: str = ""
    passages: int = 24
    evidence: int = 4
    reads: int = 8
    question_limit: int = 2000

    def digest(self, *shaped_by: str) -> str:
        """12 hex digits that change with any setting that can change an answer; `home` cannot."""
        values = [f"{item.name}={getattr(self, item.name)}" for item in dataclasses.fields(self) if item.name != "home"]
        return hashlib.sha256("\n".join([*values, *shaped_by]).encode()).hexdigest()[:12]
