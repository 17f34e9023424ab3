"""The values that flow through the index. Offsets are characters of `Document.text`, end exclusive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.filters import Filter

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

    A document whose file has another path and the same bytes is `moved`, neither added nor removed. `copies` maps
    the documents that repeat an earlier one, wholly or nearly, to that other.
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
    copies: Mapping[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with its passages, as a sync stores it. `stamp` tells whether the file has changed since.

    `sketch` tells what else it repeats (`index.copies`). One that is the `same_as` another has no passages of its own,
    and its text is kept once, with that other.
    """

    document: Document
    passages: tuple[Passage, ...]
    stamp: str
    sketch: bytes = b""
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What tells whether a document repeats another; `data` is empty where it is not known."""

    document_id: str
    published: str | None
    data: bytes
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a sync changes. A document in `stamped` has another stamp but the same bytes.

    The files of those in `relinked` have not changed, but what they are the same as has. `failed` is all that could not
    be read: path to (stamp, why), the stamp empty where it may be readable again.
    """

    entries: list[Entry] = field(default_factory=list)
    relinked: list[Entry] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    stamped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def written(self) -> list[Entry]:
        """All that is stored anew."""
        return [*self.entries, *self.relinked]

    @property
    def gone(self) -> list[str]:
        """The documents whose rows as they are now are of no more use."""
        return [*self.removed, *(entry.document.id for entry in self.written)]


class Retrievers(Protocol):
    """Search by meaning and by words over one generation of a store."""

    @property
    def generation(self) -> int: ...

    def search(
        self, query: str, vector: Vectors, k: int, where: Filter | None = None
    ) -> list[tuple[int, float, dict[str, int]]]:
        """Passage numbers for `query` and its `vector` of shape (1, dimension): (number, score, ranks), best first.

        Only of documents that pass `where`; raises FilterError where none does.
        """
        ...


class Engine(Protocol):
    """What embeds many texts: this process, or others that work for it."""

    def encode(self, texts: Sequence[str]) -> Iterator[tuple[list[str], Vectors]]:
        """The texts, a batch at a time and in any order, with their vectors, shape (len(batch), dimension)."""
        ...


class Store(Protocol):
    """Where an index is kept: documents, passages, vectors. A sync that is killed leaves the old state or the new.

    Passages go by numbers, which the store gives them and never gives again. Everything raises StorageError where the
    store cannot be used, what writes also IndexLocked where another process is writing.
    """

    @property
    def folder(self) -> Path:
        """The index's folder on this machine."""
        ...

    @property
    def writable(self) -> bool: ...

    @property
    def meta(self) -> dict[str, str]:
        """What shaped the index ("embedder", "passages"), and what else the last sync kept. Empty before the first."""
        ...

    @property
    def generation(self) -> int:
        """Counts the syncs that changed something; 0 before the first."""
        ...

    def stamps(self) -> dict[str, str]: ...

    def failures(self) -> dict[str, tuple[str, str]]: ...

    def sketches(self) -> list[Sketch]: ...

    def documents(self, ids: Sequence[str] | None = None) -> list[Document]: ...

    def passages(self, numbers: Sequence[int] | None = None) -> dict[int, Passage]: ...

    def count(self) -> tuple[int, int]: ...

    def vectors(self, hashes: Sequence[bytes], embedder: str) -> dict[bytes, Vectors]: ...

    def remember(self, vectors: Mapping[bytes, Vectors], embedder: str) -> None: ...

    def writing(self) -> AbstractContextManager[None]:
        """Keeps others from writing meanwhile. Raises IndexLocked where another does."""
        ...

    def apply(self, change: Change, meta: Mapping[str, str]) -> None: ...

    def retrievers(self, embedder: str, dimension: int) -> Retrievers:
        """Hybrid search over what the store holds now."""
        ...

    def close(self) -> None: ...
