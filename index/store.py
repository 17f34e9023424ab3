"""The truth on disk: documents, passages and vectors in one SQLite file (write-ahead log).

A sync is one transaction, so a reader sees the index before it or after it. Vectors are kept under the hash of
their text and may be committed ahead of it: a sync that was interrupted embeds nothing twice.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from index.errors import IndexLocked, StorageError
from index.schema import SCHEMA, migrate, version
from index.types import Change, Document, Entry, Passage, Sketch, Vectors

FILE = "index.sqlite"
PATIENCE = 10.0  # seconds to wait for another process that writes
_MOST_ASIDE = 200_000  # vectors kept of texts that are no passages
_BATCH = 500
_DOCUMENTS = """
SELECT d.id, d.title, COALESCE(o.text, d.text), d.published, d.publisher, d.sha256, d.page_starts, d.author
FROM documents d LEFT JOIN documents o ON o.id = d.same_as"""


def text_hash(text: str) -> bytes:
    """What a text's vector is kept under."""
    return hashlib.sha256(text.encode("utf-8")).digest()[:16]


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turns what SQLite and the file system raise into the one tree of errors."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _translated(error, path) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "space" in str(error).lower():
            raise _full(path) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise _read_only(path) from error
        hint = "Name another folder with --index."
        raise StorageError(f"The index in {path} cannot be used: {error}.", hint) from error


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Keeps other processes from writing the index in `folder`. Raises IndexLocked after ten seconds of waiting."""
    lock = FileLock(folder / "writer.lock")
    with storage_errors(folder):
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout as error:
            hint = "Wait until it is done and try again."
            raise IndexLocked(f"Another process is writing the index in {folder}.", hint) from error
    try:
        yield
    finally:
        lock.release()


def _full(path: Path) -> StorageError:
    return StorageError(f"The disk that holds {path} is full; the index is as it was.", "Free space and try again.")


def _read_only(path: Path) -> StorageError:
    hint = "Make the folder writable or name another with --index."
    return StorageError(f"The index in {path} cannot be written.", hint)


def _translated(error: sqlite3.DatabaseError, path: Path) -> StorageError | IndexLocked:
    code = str(getattr(error, "sqlite_errorname", ""))
    if code.startswith("SQLITE_FULL") or "disk is full" in str(error):
        return _full(path)
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return _read_only(path)
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return IndexLocked(f"Another process is writing the index in {path}.", "Wait until it is done and try again.")
    if code.startswith("SQLITE_IOERR"):
        return StorageError(f"The index in {path} cannot be written or read: {error}.", "Check the disk and its quota.")
    if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) or type(error) is sqlite3.DatabaseError:
        return StorageError(f"The index in {path} is damaged.", "Make it again: rag index --rebuild.")
    return StorageError(f"The index in {path} cannot be used: {error}.", "Make it again: rag index --rebuild.")


class SqliteStore:
    """One index on disk. Safe to use from several threads; other processes may read and write it meanwhile."""

    def __init__(self, folder: Path) -> None:
        """Opens the index in `folder`, or makes an empty one there. Raises StorageError, IndexLocked."""
        self.folder = folder
        self._lock = threading.RLock()
        with storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self.writable = os.access(folder, os.W_OK)
            self._db = self._connect(folder / FILE)
            try:
                self._prepare()
            except (sqlite3.DatabaseError, StorageError):
                self._db.close()
                raise

    def _connect(self, file: Path) -> sqlite3.Connection:
        if not self.writable:
            uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
            return sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        return sqlite3.connect(file, timeout=10, check_same_thread=False, isolation_level=None)

    def _prepare(self) -> None:
        found = version(self._db)
        if found > SCHEMA:
            raise StorageError(f"The index in {self.folder} was made by a newer version.", "Update corroborate.")
        if not self.writable:
            if found < SCHEMA:
                raise StorageError(f"The index in {self.folder} is an older version's.", "Make the folder writable.")
            return
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        if found < SCHEMA:
            migrate(self._db)

    def check(self) -> None:
        """Reads the whole file. Raises StorageError where it is damaged."""
        with self._reading() as db:
            if db.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise StorageError(f"The index in {self.folder} is damaged.", "Make it again: rag index --rebuild.")

    def close(self) -> None:
        """Closes the file; the store is of no use afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, storage_errors(self.folder):
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it, or on any error or interruption none of it."""
        if not self.writable:
            raise _read_only(self.folder)
        with self._lock, storage_errors(self.folder):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def writing(self) -> AbstractContextManager[None]:
        """Keeps other processes from writing meanwhile. Raises IndexLocked after ten seconds of waiting."""
        return writing(self.folder)

    @property
    def meta(self) -> dict[str, str]:
        """What shaped the index: "embedder" and "passages"; and its "generation". Empty before the first sync."""
        with self._reading() as db:
            return dict(db.execute("SELECT key, value FROM meta"))

    @property
    def generation(self) -> int:
        """Counts the syncs that changed something; 0 before the first."""
        with self._reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
        return int(row[0]) if row else 0

    def stamps(self) -> dict[str, str]:
        """The stamp of every document."""
        with self._reading() as db:
            return dict(db.execute("SELECT id, stamp FROM documents"))

    def failures(self) -> dict[str, tuple[str, str]]:
        """The files that could not be read at the last sync: path to (stamp, why)."""
        with self._reading() as db:
            return {path: (stamp, error) for path, stamp, error in db.execute("SELECT * FROM failures")}

    def sketches(self) -> list[Sketch]:
        """What tells of every document whether it repeats another."""
        with self._reading() as db:
            return [Sketch(*row) for row in db.execute("SELECT id, published, sketch, same_as FROM documents")]

    def documents(self, ids: Sequence[str] | None = None) -> list[Document]:
        """All documents, or those of `ids` that there are, in the order of their ids."""
        with self._reading() as db:
            if ids is None:
                rows = db.execute(f"{_DOCUMENTS} ORDER BY d.id").fetchall()
            else:
                rows = db.execute(f"{_DOCUMENTS} WHERE d.id IN ({_marks(ids)}) ORDER BY d.id", list(ids)).fetchall()
        return [_document(*row) for row in rows]

    def passages(self, numbers: Sequence[int] | None = None) -> dict[int, Passage]:
        """Passages by number: all, or those asked for."""
        columns = 'SELECT number, document_id, start, "end", text, page FROM passages'
        with self._reading() as db:
            if numbers is None:
                rows = db.execute(f"{columns} ORDER BY number").fetchall()
            else:
                rows = db.execute(f"{columns} WHERE number IN ({_marks(numbers)})", list(numbers)).fetchall()
        return {row[0]: Passage(f"{row[1]}#{row[2]}-{row[3]}", *row[1:]) for row in rows}

    def count(self) -> tuple[int, int]:
        """How many documents and how many passages there are."""
        with self._reading() as db:
            counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("documents", "passages")]
        return int(counts[0]), int(counts[1])

    def passage_vectors(self, embedder: str, dimension: int) -> tuple[list[int], Vectors]:
        """The numbers of all passages that have a vector, and the vectors, shape (len(numbers), dimension)."""
        joined = "passages p JOIN vectors v ON v.hash = p.hash AND v.embedder = ?"
        query = f"SELECT p.number, v.vector FROM {joined} ORDER BY p.number"
        with self._reading() as db:
            rows = db.execute(query, (embedder,)).fetchall()
        data = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
        return [row[0] for row in rows], data.reshape(len(rows), dimension)

    def vectors(self, hashes: Sequence[bytes], embedder: str) -> dict[bytes, Vectors]:
        """The vectors that are known of texts with `hashes`, each of shape (dimension,)."""
        found: dict[bytes, Vectors] = {}
        with self._reading() as db:
            for begin in range(0, len(hashes), _BATCH):
                part = hashes[begin : begin + _BATCH]
                query = f"SELECT hash, vector FROM vectors WHERE embedder = ? AND hash IN ({_marks(part)})"
                rows = db.execute(query, [embedder, *part])
                found.update((row[0], np.frombuffer(row[1], dtype=np.float32)) for row in rows)
        return found

    def remember(self, vectors: Mapping[bytes, Vectors], embedder: str) -> None:
        """Keeps vectors under the hashes of their texts. Raises StorageError, IndexLocked."""
        rows = [(key, embedder, vector.astype(np.float32).tobytes()) for key, vector in vectors.items()]
        with self._writing() as db:
            db.executemany("INSERT OR REPLACE INTO vectors (hash, embedder, vector) VALUES (?, ?, ?)", rows)

    def apply(self, change: Change, meta: Mapping[str, str]) -> None:
        """Makes `change` in one transaction; `meta` is what shaped its passages. Raises StorageError, IndexLocked."""
        with self._writing() as db:
            db.executemany("DELETE FROM documents WHERE id = ?", [(id_,) for id_ in change.gone])
            for entry in change.written:
                _insert(db, entry)
            rows = [(stamp, id_) for id_, stamp in change.stamped.items()]
            db.executemany("UPDATE documents SET stamp = ? WHERE id = ?", rows)
            db.execute("DELETE FROM failures")
            db.executemany("INSERT INTO failures VALUES (?, ?, ?)", [(id_, *why) for id_, why in change.failed.items()])
            values = {**meta, "generation": str(self.generation + bool(change.gone))}
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())
            db.execute("DELETE FROM vectors WHERE embedder != ?", (values["embedder"],))
            aside = "SELECT number FROM vectors WHERE hash NOT IN (SELECT hash FROM passages) ORDER BY number DESC"
            db.execute(f"DELETE FROM vectors WHERE number IN ({aside} LIMIT -1 OFFSET ?)", (_MOST_ASIDE,))


def _document(
    id_: str,
    title: str,
    text: str,
    published: str | None,
    publisher: str | None,
    sha256: str,
    page_starts: str,
    author: str | None,
) -> Document:
    return Document(id_, title, text, published, publisher, sha256, tuple(json.loads(page_starts)), author)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _insert(db: sqlite3.Connection, entry: Entry) -> None:
    document = entry.document
    db.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (document.id, document.title, "" if entry.same_as else document.text, document.published, document.publisher,
         document.sha256, json.dumps(document.page_starts), entry.stamp, document.author, entry.sketch, entry.same_as),
    )  # fmt: skip
    db.executemany(
        'INSERT INTO passages (document_id, start, "end", text, page, hash) VALUES (?, ?, ?, ?, ?, ?)',
        [(p.document_id, p.start, p.end, p.text, p.page, text_hash(p.text)) for p in entry.passages],
    )
