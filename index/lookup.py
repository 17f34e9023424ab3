"""Reads of the store by passage number: what the caches, rescoring and filters need, a batch at a time.

A number is given once and stands for the same text for ever, so what is read of several numbers one after the other
belongs together whatever other processes do meanwhile; numbers that are gone are missing from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np

from index.filters import Outline
from index.store import SqliteStore
from index.types import Vectors
from index.vectors import Ids

BATCH = 4096  # passages, as vectors of 384 dimensions 6 MB
_MOST_MARKS = 500
T = TypeVar("T")


def outlines(store: SqliteStore) -> list[Outline]:
    """Every document, in the order of the ids."""
    with store._reading() as db:
        return [
            Outline(*row) for row in db.execute("SELECT id, published, publisher, same_as FROM documents ORDER BY id")
        ]


def numbers(store: SqliteStore, documents: Sequence[str] | None = None) -> Ids:
    """The numbers of all passages, or of those of some documents, ascending."""
    found: list[int] = []
    with store._reading() as db:
        if documents is None:
            found = [row[0] for row in db.execute("SELECT number FROM passages")]
        else:
            for part in _parts(documents, _MOST_MARKS):
                query = f"SELECT number FROM passages WHERE document_id IN ({_marks(part)})"
                found += [row[0] for row in db.execute(query, part)]
    return np.array(sorted(found), dtype=np.int64)


def texts(store: SqliteStore, wanted: Ids) -> Iterator[tuple[int, str]]:
    """(number, text) of passages."""
    for part in _parts(wanted.tolist(), _MOST_MARKS):
        with store._reading() as db:
            query = f"SELECT number, text FROM passages WHERE number IN ({_marks(part)}) ORDER BY number"
            rows = db.execute(query, part).fetchall()
        yield from rows


def vectors(store: SqliteStore, wanted: Ids, embedder: str, dimension: int) -> Iterator[tuple[Ids, Vectors]]:
    """Numbers, as they were given, with their vectors, shape (len(numbers), dimension): a batch after the other."""
    for batch in _parts(wanted.tolist(), BATCH):
        rows: list[tuple[int, bytes]] = []
        with store._reading() as db:
            for part in _parts(batch, _MOST_MARKS):
                joined = "passages p JOIN vectors v ON v.hash = p.hash AND v.embedder = ?"
                query = f"SELECT p.number, v.vector FROM {joined} WHERE p.number IN ({_marks(part)}) ORDER BY p.number"
                rows += db.execute(query, [embedder, *part])
        matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32).reshape(len(rows), dimension)
        yield np.array([row[0] for row in rows], dtype=np.int64), matrix


def _parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
