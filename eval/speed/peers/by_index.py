"""This project's own index. What it keeps for searching is made by the first search, which counts as indexing here."""

from __future__ import annotations

from pathlib import Path

from eval.speed.peers import K
from index import Index, IndexSettings, load_embedder


class Ours:
    """An index that stays open."""

    def __init__(self, source: Path, place: Path) -> None:
        embedder = load_embedder(IndexSettings())
        embedder.encode_queries(["The first text is slower."])
        self._index = Index.open(source, embedder=embedder, path=place)

    def index(self) -> int:
        """Files are read, split, embedded and stored, and the caches made."""
        report = self._index.sync()
        self.search("What is it about?")
        return report.passages

    def again(self, changed: Path) -> None:
        """The index finds what has changed."""
        self._index.sync()
        self.search("What is it about?")

    def search(self, question: str) -> int:
        """By meaning and by words."""
        return len(self._index.search(question, K))
