"""Opens an index in a process of its own: `python opening.py first|memory FOLDER`. Prints one line of JSON.

Run by its path, not as a part of `eval`: all that it imports is the index.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index import Index, Vectors

QUESTIONS, INDEX = "questions.npz", "index"  # what is in the folder
_SEARCHES = 200


@dataclass(frozen=True, slots=True)
class Given:
    """An embedder for questions whose vectors are known, so that a search can be timed without its embedding."""

    name: str
    dimension: int
    vectors: Mapping[str, Vectors]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """A token a word: nothing is split with it."""
        return [len(text.split()) for text in texts]

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """As questions; raises KeyError for a text that was not given."""
        return self.encode_queries(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors that were given, shape (len(texts), dimension); raises KeyError for other texts."""
        return np.stack([self.vectors[text] for text in texts])


def given(folder: Path) -> Given:
    """The questions with their vectors."""
    with np.load(folder / QUESTIONS) as held:
        vectors = held["vectors"]
        known = dict(zip(held["texts"].tolist(), vectors, strict=True))
        return Given(str(held["name"]), vectors.shape[1], known)


def opened(folder: Path, known: Given) -> Index:
    """The index, for questions that are embedded already."""
    return Index.open(folder, embedder=known, path=folder / INDEX)


def first(folder: Path) -> dict[str, float]:
    """Seconds from opening to the first hit ("open"), and the time of day when it was there ("hit")."""
    began = time.time()
    known = given(folder)
    with opened(folder, known) as index:
        if not index.search(next(iter(known.vectors)), 10):
            raise SystemExit("nothing was found")
        hit = time.time()
    return {"open": hit - began, "hit": hit}


def memory(folder: Path) -> dict[str, int | None]:
    """Bytes that the process grew by: of its own ("own"), and with the files it maps ("resident"); None off Linux."""
    import faiss  # noqa: F401  the libraries themselves are no part of what an index takes
    import tantivy  # noqa: F401

    known = given(folder)
    before = _held()
    with opened(folder, known) as index:
        for question in list(known.vectors)[:_SEARCHES]:
            index.search(question, 10)
        after = _held()
    return {key: None if before is None or after is None else after[key] - before[key] for key in ("own", "resident")}


def _held() -> dict[str, int] | None:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith(("VmRSS", "RssAnon"))}
    return {"own": sizes["RssAnon"], "resident": sizes["VmRSS"]}


if __name__ == "__main__":
    print(json.dumps({"first": first, "memory": memory}[sys.argv[1]](Path(sys.argv[2]))))  # noqa: T201  another reads it
