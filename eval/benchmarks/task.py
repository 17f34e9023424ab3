"""What a benchmark is made of: documents, the questions over them, and how one answer is scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from eval.metrics import Sources
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Item:
    """One question; `gold` is what its scoring needs, in the benchmark's own terms.

    `context` is the text that it was written for, where scoring needs that too; records leave it out.
    """

    id: str
    question: str
    gold: Mapping[str, Any]
    context: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Documents, text by file name, and the questions to be asked over them and nothing else."""

    documents: Mapping[str, str]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """What was predicted, and each score, 0 to 1; None where it could not be taken."""

    predicted: tuple[str, ...]
    scores: Mapping[str, float | None]


class Benchmark(Protocol):
    """A benchmark owns its data's format and its scoring."""

    def tasks(self, data: Path) -> list[Task]:
        """The tasks of a data file. Raises SourceError for one that is not of the format."""
        ...

    def score(self, item: Item, answer: Answer, sources: Sources) -> Scored: ...
