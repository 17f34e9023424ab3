"""txtai: embeddings, keywords and content in one database. It splits paragraphs, and is told what has changed."""

from __future__ import annotations

from pathlib import Path

from txtai import Embeddings

from eval.speed.peers import K, texts


class Txtai:
    """Hybrid search with the texts kept, as the index does."""

    def __init__(self, source: Path, place: Path, model: Path) -> None:
        self._source, self._place = source, place
        method = "sentence-transformers"
        self._embeddings = Embeddings(path=str(model), method=method, content=True, hybrid=True, gpu=False)
        self._embeddings.batchtransform(["The first text is slower."], "data")
        self._ids: dict[Path, list[str]] = {}

    def index(self) -> int:
        """Every paragraph of every file under an id."""
        rows = [row for path in texts(self._source) for row in self._rows(path)]
        self._embeddings.index(rows)
        self._embeddings.save(str(self._place))
        return int(self._embeddings.count())

    def again(self, changed: Path) -> None:
        """The paragraphs of the file that changed are put in the place of what it had."""
        before = self._ids[changed]
        self._embeddings.upsert(self._rows(changed))
        gone = sorted(set(before) - set(self._ids[changed]))
        if gone:
            self._embeddings.delete(gone)
        self._embeddings.save(str(self._place))

    def search(self, question: str) -> int:
        """By meaning and by words."""
        return len(self._embeddings.search(question, K))

    def _rows(self, path: Path) -> list[tuple[str, str, None]]:
        parts = [part.strip() for part in path.read_text(encoding="utf-8").split("\n\n")]
        name = path.relative_to(self._source).as_posix()
        rows = [(f"{name}#{number}", part, None) for number, part in enumerate(parts) if part]
        self._ids[path] = [id_ for id_, _, _ in rows]
        return rows
