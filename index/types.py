"""The values that flow through the index. Offsets are characters of `Document.text`, end exclusive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Document:
    """One source file, read and cleaned.

    `id` is the posix path relative to the source root. `published` is an ISO date at the precision
    that is known ("2026-02-27", "2026-02", "2026") or None. `publisher` and `author` are as the file or sources.toml
    states them, None where neither does. `page_starts` holds the offset at which
    each page begins (empty where the format has no pages).
    """

    id: str
    title: str
    text: str
    published: str | None
    publisher: str | None
    sha256: str
    page_starts: tuple[int, ...] = ()
    author: str | None = None

    def page_at(self, offset: int) -> int | None:
        """The 1-based page that holds `offset`; None where the format has no pages."""
        page = sum(1 for start in self.page_starts if start <= offset)
        return page or None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (or a heading) of a document: `document.text[start:end] == text`.

    `paragraph` numbers the paragraph it stands in; headings have a number of their own.
    """

    start: int
    end: int
    text: str
    heading: bool
    paragraph: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: `document.text[start:end] == text`, `id == f"{document_id}#{start}-{end}"`."""

    id: str
    document_id: str
    start: int
    end: int
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found by a search; `rank` from 1, `ranks` the rank that each retriever gave it."""

    passage: Passage
    score: float
    rank: int
    ranks: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why, in one line."""

    path: str
    error: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one sync did. Counts are documents, but for `passages` and `embedded` (passages embedded now).

    A document whose file has another path and the same bytes is `moved`, neither added nor removed.
    """

    documents: int
    passages: int
    added: int
    changed: int
    removed: int
    unchanged: int
    embedded: int
    failed: tuple[Failure, ...]
    seconds: float
    moved: int = 0


class Embedder(Protocol):
    """Turns text into unit vectors of `dimension` float32 each, shape (len(texts), dimension)."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...

    def encode_documents(self, texts: Sequence[str]) -> Vectors: ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is: stage "read" (files), "embed" (texts) or "store"; `done` of `total`."""

    stage: str
    done: int
    total: int
