"""Opens an assistant over a handful of documents at a time, with one model and one embedder for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from index import Index, load_embedder
from rag.assistant import Assistant
from rag.extractor import installed
from rag.roles import open_models
from rag.settings import Settings


class Library:
    """Writes the documents into a temporary folder, indexes them there, and removes both afterwards.

    The model is loaded once, and so is the embedder: a task costs only the embedding of its own documents.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings.load()
        self._models = open_models(self._settings)
        self._embedder = load_embedder(self._settings)
        self._extractor = installed(self._settings.cache_dir)

    @property
    def model(self) -> str:
        """The name of the model that answers."""
        return self._models.name

    @property
    def settings_hash(self) -> str:
        """Changes with whatever can change an answer, the documents apart."""
        return self._settings.digest(self.model)

    @contextmanager
    def __call__(self, documents: Mapping[str, str]) -> Iterator[Assistant]:
        """An assistant over `documents`, text by file name. Raises CorroborateError."""
        with TemporaryDirectory(prefix="corroborate-") as folder:
            sources = Path(folder) / "sources"
            sources.mkdir()
            for name, text in documents.items():
                (sources / name).write_text(text, encoding="utf-8")
            path = Path(folder) / "index"
            with Index.open(sources, self._settings, embedder=self._embedder, path=path) as index:
                index.sync()
                yield Assistant(index, self._models.reader, self._settings, self._models.writer, self._extractor)
