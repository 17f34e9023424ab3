"""The index of one folder: what the rest of the program uses."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from index import sync as syncing
from index.embed import load_embedder
from index.errors import CorroborateError, IndexLocked, IndexMismatch, SourceError, StorageError
from index.exactness import Exactness
from index.filters import Filter, passes
from index.local import LocalStore
from index.reading import READING
from index.search import as_hits
from index.sentences import split_sentences
from index.settings import IndexSettings
from index.sources import find_sources
from index.stores import open_store
from index.types import Document, Embedder, Engine, Hit, Progress, Retrievers, Sentence, Store, SyncReport, Vectors
from index.vectors import AUTO, check_factory
from index.watch import watch


class Index:
    """Passages of a folder's documents, searchable by meaning and by words. Safe to use from several threads."""

    def __init__(self, source: Path, settings: IndexSettings, embedder: Embedder, store: Store) -> None:
        """Use `Index.open`."""
        self.source = source
        self.settings = settings
        self.embedder = embedder
        self._store = store
        self._lock = threading.RLock()
        self._searcher: Retrievers | None = None
        self._generation = -1
        self._rebuild = False
        self._documents: dict[str, Document] = {}
        self._sentences: dict[str, list[Sentence]] = {}
        self._copies: dict[str, str] | None = None

    @classmethod
    def open(
        cls,
        source: Path | str,
        settings: IndexSettings | None = None,
        *,
        embedder: Embedder | None = None,
        path: Path | None = None,
        rebuild: bool = False,
    ) -> Self:
        """The index of the folder `source`, as it is on disk (`sync` brings it up to date). Loads no weights.

        `path` is the index's own folder on this machine, by default one under the user's data folder; it is kept there,
        unless `settings.store` names another place. With `rebuild` the next `sync` makes all of it anew, and an index
        that cannot be read at all is thrown away. Raises SourceError, EmbedderError, StorageError; IndexMismatch where
        it was made with another embedder or other passage settings.
        """
        source = Path(source).expanduser().absolute()
        settings = settings or IndexSettings()
        folder = path or default_path(source, settings)
        if not source.is_dir() and not folder.is_dir():
            find_sources(source)  # says what is wrong with it
        embedder = embedder or load_embedder(settings)
        if settings.index_factory != AUTO:
            check_factory(settings.index_factory, embedder.dimension)
        store = open_store(settings, default_path(source, settings).name, folder, rebuild)
        try:
            if not rebuild:
                _check_shape(store, syncing.shape(settings, embedder), source)
        except CorroborateError:
            store.close()
            raise
        index = cls(source, settings, embedder, store)
        index._rebuild = rebuild
        return index

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the index; it is of no use afterwards."""
        self._store.close()

    @property
    def path(self) -> Path:
        """The folder that holds the index."""
        return self._store.folder

    @cached_property
    def settings_hash(self) -> str:
        """Twelve hex digits of what shaped the passages and vectors."""
        values = {**syncing.shape(self.settings, self.embedder), "reading": READING}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]

    def sync(
        self,
        progress: Callable[[Progress], None] | None = None,
        *,
        exclude: Sequence[str] | None = None,
        engine: Engine | None = None,
    ) -> SyncReport:
        """Brings the index up to date with its folder; only new texts are embedded.

        `exclude` are patterns, as in .gitignore, of files to leave out, remembered until others are given.
        `engine` embeds, by default this process. Raises
        SourceError, EmbedderError, StorageError, IndexLocked; the index is then as it was.
        """
        progress = progress or syncing.no_progress
        with_these = (self.settings, self.embedder, progress, self._rebuild, exclude, engine)
        report = syncing.sync(self._store, self.source, *with_these)
        self._rebuild = False
        return report

    def watch(self, stop: threading.Event | None = None) -> Iterator[None]:
        """Yields when the folder has changed and a `sync` may have something to do, first when it is being watched.

        Goes on until `stop` is set. Raises SourceError where the folder cannot be watched.
        """
        return watch(self.source, self.path.absolute(), stop)

    def search(self, query: str, k: int = 10, *, where: Filter | None = None) -> list[Hit]:
        """At most `k` passages for `query`, best first. `Hit.ranks` tells the rank by "dense" and by "lexical".

        Only of documents that pass `where`: the `k` best of these, however few they are. Raises FilterError where no
        document passes.
        """
        if not query.strip() or k < 1:
            return []
        searcher = self._current_searcher()
        found = searcher.search(query, self.embedder.encode_queries([query]), k, where)
        hits = as_hits(found, self._store.passages([number for number, _, _ in found]))
        return [self._passing(hit, where) for hit in hits] if where else hits

    def _passing(self, hit: Hit, where: Filter) -> Hit:
        """The hit in a document that passes `where`: a passage kept once stands in others with the same text too."""
        passage = hit.passage
        own = self.document(passage.document_id)
        if passes(where, own):
            return hit
        links = self.copies()
        original = links.get(own.id, own.id)
        others = map(self.document, (original, *(copy for copy, other in links.items() if other == original)))
        alike = (other.id for other in others if other.text == own.text and passes(where, other))
        name = next(alike, own.id)
        return replace(hit, passage=replace(passage, id=f"{name}#{passage.start}-{passage.end}", document_id=name))

    def copies(self) -> dict[str, str]:
        """The documents that repeat an earlier one, wholly or nearly, each with that other; see `index.copies`."""
        with self._lock:
            self._refresh()
            if self._copies is None:
                self._copies = json.loads(self._store.meta.get(syncing.COPIES, "{}"))
            return dict(self._copies)

    def exactness(self) -> Exactness | None:
        """How exact the search by meaning is; None before the first search, and where another machine searches."""
        if not isinstance(self._store, LocalStore):
            return None
        return self._store.exactness(self.embedder.name, self.embedder.dimension)

    def documents(self) -> list[Document]:
        """All documents in the order of their ids."""
        self._refresh()
        return self._store.documents()

    def document(self, document_id: str) -> Document:
        """One document. Raises SourceError where there is none of that id."""
        with self._lock:
            self._refresh()
            if document_id not in self._documents:
                found = self._store.documents([document_id])
                if not found:
                    hint = "Bring the index up to date: rag index."
                    raise SourceError(f"There is no document {document_id!r} in the index.", hint)
                self._documents[document_id] = found[0]
            return self._documents[document_id]

    def sentences(self, document_id: str) -> list[Sentence]:
        """The sentences of one document in order. Raises SourceError where there is none of that id."""
        with self._lock:
            document = self.document(document_id)
            if document_id not in self._sentences:
                self._sentences[document_id] = split_sentences(document.text)
            return self._sentences[document_id]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Document vectors of `texts`, shape (len(texts), dimension); each text is embedded once and remembered."""
        known, made = syncing.encode(self._store, self.embedder, texts)
        if made and self._store.writable:
            with suppress(StorageError, IndexLocked):  # they are right without being kept
                self._store.remember(made, self.embedder.name)
        return syncing.stack({**known, **made}, texts, self.embedder.dimension)

    def _refresh(self) -> None:
        """Forgets what is held in memory of an older generation."""
        with self._lock:
            generation = self._store.generation
            if generation != self._generation:
                self._generation = generation
                self._documents.clear()
                self._sentences.clear()
                self._copies = None

    def _current_searcher(self) -> Retrievers:
        with self._lock:
            if self._searcher is None or self._searcher.generation != self._store.generation:
                self._searcher = self._store.retrievers(self.embedder.name, self.embedder.dimension)
            return self._searcher


def default_path(source: Path, settings: IndexSettings) -> Path:
    """Where the index of a folder is kept: named after it, told apart from others of its name by its whole path."""
    digest = hashlib.sha256(str(source.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:10]
    return settings.data_dir / "indexes" / f"{source.resolve().name or 'root'}-{digest}"


def _check_shape(store: Store, wanted: dict[str, str], source: Path) -> None:
    found = store.meta
    names = {"embedder": "embedder", "passages": "passage length"}
    differing = [key for key in wanted if key in found and found[key] != wanted[key]]
    if differing:
        key = differing[0]
        message = f"The index was made with the {names[key]} {found[key]}, and {wanted[key]} is asked for."
        raise IndexMismatch(message, f"Make it again: rag index {source} --rebuild.")
