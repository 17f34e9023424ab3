"""The index in Milvus: one server for many machines, or a file of Milvus Lite.

Milvus has no transactions. So every row tells in which version of the index it was `born` and in which it `died`, and
one row, written last, tells which version holds: a sync that is killed leaves rows of a version that nobody reads, and
the next one removes them.
"""

from __future__ import annotations

import hashlib
import platform
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from index import milvus_documents
from index import milvus_rows as rows
from index.errors import IndexLocked, StorageError
from index.milvus_client import any_of, columns, connect, find_place
from index.milvus_rows import LIVE
from index.milvus_search import MilvusRetrievers
from index.milvus_tables import Tables, batched
from index.store import storage_errors, text_hash, writing
from index.types import Change, Document, Passage, Retrievers, Sketch, Vectors

SCHEMA = 1
LEASE = 600.0  # seconds after its last sign of life that another machine waits for one that writes
_KEPT = 30 * 86_400  # seconds that vectors are kept of texts that are no passages
_BATCH = 200  # passages whose vectors are looked up at once


@dataclass(frozen=True, slots=True)
class State:
    """The row that tells what holds. `version` counts the syncs, `generation` those that changed a document."""

    version: int = 0
    generation: int = 0
    schema: int = SCHEMA
    meta: dict[str, str] = field(default_factory=dict)

    @property
    def embedder(self) -> str:
        """The name of the embedder whose vectors the passages have."""
        return self.meta.get("embedder", "")


def open_milvus(where: str, name: str, folder: Path, rebuild: bool = False) -> MilvusStore:
    """The store at a server's URL or in a .db file. With `rebuild` one of another schema is thrown away.

    Raises SettingsError, StorageError, IndexLocked.
    """
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    place = find_place(where, name)
    store = MilvusStore(Tables(connect(place), place), folder)
    try:
        store.prepare(rebuild)
    except StorageError:
        store.close()
        raise
    return store


class MilvusStore:
    """One index in Milvus. Safe to use from several threads and machines."""

    writable = True

    def __init__(self, tables: Tables, folder: Path) -> None:
        """Use `open_milvus`. `folder` keeps the lock that this machine's processes share."""
        self.folder = folder
        self._tables = tables
        self._uri = tables.place.uri
        self._lock = threading.RLock()
        self._holder = f"{platform.node()}:{folder.absolute()}"
        self._renewed: float | None = None  # while this process writes

    def prepare(self, rebuild: bool) -> None:
        """Makes what is missing. Raises StorageError where the index is another version's."""
        try:
            self._tables.ensure("state")
            self._tables.ensure("documents")
            self._state()
        except StorageError:
            if not rebuild:
                raise
            self._tables.drop(self._tables.names())
            self._tables.ensure("state")
            self._tables.ensure("documents")

    def close(self) -> None:
        """Ends the connection; the store is of no use afterwards."""
        self._tables.client.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keeps other processes and machines from writing meanwhile. Raises IndexLocked where another does."""
        with writing(self.folder):
            self._renew()
            try:
                yield
            finally:
                self._renewed = None
                if self._lease().get("holder") == self._holder:
                    self._tables.delete("state", 'key == "lease"')

    def _lease(self) -> dict[str, Any]:
        return self._tables.get("lease") or {}

    def _renew(self) -> None:
        """Takes or keeps the lease. Raises IndexLocked where another machine holds it."""
        found, now = self._lease(), time.time()
        if found and found["holder"] != self._holder and found["until"] > now:
            host = str(found["holder"]).partition(":")[0]
            hint = f"Wait until it is done; should it have died, its lock ends in {found['until'] - now:.0f} s."
            raise IndexLocked(f"Another machine, {host}, is writing the index at {self._uri}.", hint)
        self._tables.put("lease", {"holder": self._holder, "until": now + LEASE})
        self._renewed = time.monotonic()

    def _show_life(self) -> None:
        if self._renewed is not None and time.monotonic() - self._renewed > LEASE / 10:
            self._renew()

    @property
    def meta(self) -> dict[str, str]:
        """What shaped the index: "embedder" and "passages"; and its "generation". Empty before the first sync."""
        state = self._state()
        return {**state.meta, "generation": str(state.generation)} if state.version else {}

    @property
    def generation(self) -> int:
        """Counts the syncs that changed something; 0 before the first."""
        return self._state().generation

    def stamps(self) -> dict[str, str]:
        """The stamp of every document."""
        found = self._tables.rows("documents", f"part == 0 and {self._live()}", ["path", "stamp"])
        return {row["path"]: row["stamp"] for row in found}

    def failures(self) -> dict[str, tuple[str, str]]:
        """The files that could not be read at the last sync: path to (stamp, why)."""
        found = self._tables.rows("documents", f"part == {rows.FAILURE} and {self._live()}", ["path", "stamp", "body"])
        return {row["path"]: (row["stamp"], row["body"]) for row in found}

    def sketches(self) -> list[Sketch]:
        """What tells of every document whether it repeats another."""
        return milvus_documents.sketches(self._tables, self._live())

    def documents(self, ids: Sequence[str] | None = None) -> list[Document]:
        """All documents, or those of `ids` that there are, in the order of their ids."""
        return milvus_documents.documents(self._tables, self._live(), ids)

    def passages(self, numbers: Sequence[int] | None = None) -> dict[int, Passage]:
        """Passages by number: all, or those asked for."""
        wanted = ["number", "path", "start", "end", "page", "text"]
        state = self._state()
        kind, live = _of("passages", state.embedder), rows.live(state.version)
        if numbers is None:
            found = self._tables.rows(kind, live, wanted)
        else:
            found = self._tables.asked(kind, "number", [int(number) for number in numbers], wanted, live)
        cut = sorted({row["path"] for row in found if rows.is_cut(row)})
        texts = {document.id: document.text for document in self.documents(cut)} if cut else {}
        return {row["number"]: rows.passage(row, texts) for row in sorted(found, key=lambda row: int(row["number"]))}

    def count(self) -> tuple[int, int]:
        """How many documents and how many passages there are."""
        state = self._state()
        live = rows.live(state.version)
        documents = self._tables.count("documents", f"part == 0 and {live}")
        return documents, self._tables.count(_of("passages", state.embedder), live)

    def vectors(self, hashes: Sequence[bytes], embedder: str) -> dict[bytes, Vectors]:
        """The vectors that are known of texts with `hashes`, each of shape (dimension,)."""
        keys = [one.hex() for one in hashes]
        held = self._tables.asked(_of("passages", embedder), "hash", keys, ["hash", "dense"])
        found = {row["hash"]: row["dense"] for row in held}
        aside = self._tables.asked(_of("vectors", embedder), "key", keys, ["key", "dense"])
        found.update((row["key"], row["dense"]) for row in aside)
        return {bytes.fromhex(key): np.asarray(vector, dtype=np.float32) for key, vector in found.items()}

    def remember(self, vectors: Mapping[bytes, Vectors], embedder: str) -> None:
        """Keeps vectors under the hashes of their texts. Raises StorageError."""
        if vectors:
            self._show_life()
            name, now = _of("vectors", embedder), int(time.time())
            self._tables.ensure(name, len(next(iter(vectors.values()))))
            made = ({"key": key.hex(), "added": now, "dense": vector} for key, vector in vectors.items())
            self._tables.write(name, made)

    def apply(self, change: Change, meta: Mapping[str, str]) -> None:
        """Makes `change`, within `writing`; what it wrote is read once its last row, the state, is there.

        Raises StorageError, IndexLocked; the index is then as it was.
        """
        with self._lock:
            self._renew()
            before = self._state()
            version, embedder = before.version + 1, meta["embedder"]
            self._clean(before, embedder)
            gone = change.gone
            self._write_documents(change, version)
            self._write_passages(change, version, embedder)
            self._bury(gone, before, version)
            self._renew()
            self._tables.put("state", asdict(State(version, before.generation + bool(gone), SCHEMA, dict(meta))))
            self._tidy(change, embedder)

    def _write_documents(self, change: Change, version: int) -> None:
        self._tables.write("documents", (row for entry in change.written for row in rows.of_document(entry, version)))
        self._tables.write("documents", (rows.of_failure(id_, *why, version) for id_, why in change.failed.items()))
        keys = [rows.key(id_) for id_ in change.stamped]
        held = self._tables.asked("documents", "document", keys, columns("documents"), f"part == 0 and {self._live()}")
        self._tables.write("documents", ({**row, "stamp": change.stamped[row["path"]]} for row in held))

    def _write_passages(self, change: Change, version: int, embedder: str) -> None:
        kind = _of("passages", embedder)
        numbered = enumerate((passage for entry in change.written for passage in entry.passages), start=version << 32)
        while part := list(islice(numbered, _BATCH)):
            self._show_life()
            vectors = self.vectors([text_hash(passage.text) for _, passage in part], embedder)
            self._tables.ensure(kind, len(next(iter(vectors.values()))))
            self._tables.write(kind, (rows.of_passage(number, passage, vectors, version) for number, passage in part))

    def _bury(self, gone: Sequence[str], before: State, version: int) -> None:
        """Lets what is replaced or removed die in `version`; until that holds it is still read."""
        live = f"{rows.live(before.version)} and born < {version}"
        keys = [rows.key(id_) for id_ in gone]
        for kind, condition in (
            ("documents", f"part != {rows.FAILURE}"),
            (_of("passages", before.embedder), "number >= 0"),
        ):
            held = self._tables.asked(kind, "document", keys, columns(kind), f"{condition} and {live}")
            self._tables.write(kind, ({**row, "died": version} for row in held))
        failed = self._tables.rows("documents", f"part == {rows.FAILURE} and {live}", columns("documents"))
        self._tables.write("documents", [{**row, "died": version} for row in failed])

    def _clean(self, state: State, embedder: str) -> None:
        """Undoes what a killed sync wrote, and removes what has died."""
        if embedder != state.embedder:
            self._tables.drop({_of("passages", embedder)} & set(self._tables.names()))
        for name in ("documents", _of("passages", state.embedder)):
            self._tables.delete(name, f"born > {state.version} or died <= {state.version}")
            dying = self._tables.rows(name, f"died < {LIVE}", columns(name))
            self._tables.write(name, ({**row, "died": LIVE} for row in dying))

    def _tidy(self, change: Change, embedder: str) -> None:
        """Drops other embedders' collections, and vectors kept aside that passages hold or nobody has asked for."""
        aside = _of("vectors", embedder)
        kept = {"state", "documents", _of("passages", embedder), aside}
        self._tables.drop(set(self._tables.names()) - kept)
        keys = {text_hash(passage.text).hex() for entry in change.written for passage in entry.passages}
        for part in batched(sorted(keys)):
            self._tables.delete(aside, any_of("key", part))
        self._tables.delete(aside, f"added < {int(time.time()) - _KEPT}")

    def _state(self) -> State:
        found = self._tables.get("state")
        if found and found["schema"] != SCHEMA:
            hint = "Update corroborate, or make it again: rag index --rebuild."
            raise StorageError(f"The index at {self._uri} was made by another version.", hint)
        return State(**found) if found else State()

    def _live(self) -> str:
        """The condition on the rows of the version that holds."""
        return rows.live(self._state().version)

    def retrievers(self, embedder: str, dimension: int) -> Retrievers:
        """Hybrid search over what the store holds now."""
        state, name = self._state(), _of("passages", embedder)
        live = rows.live(state.version)
        return MilvusRetrievers(
            self._tables, name, state.generation, live, partial(milvus_documents.outlines, self._tables, live)
        )


def _of(kind: str, embedder: str) -> str:
    """Vectors of different embedders go into different collections, which may have different dimensions."""
    return f"{kind}_{hashlib.sha256(embedder.encode()).hexdigest()[:8]}"
