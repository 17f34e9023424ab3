"""Brings an index up to date with its folder: only what changed is read, only new texts are embedded."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from index.chunk import split_passages
from index.clean import clean
from index.errors import IndexLocked, SourceError
from index.metadata import split_dateline, stated_date, stated_title
from index.readers import read
from index.sentences import split_sentences
from index.settings import IndexSettings
from index.sources import SourceFile, find_sources
from index.store import Entry, Store, storage_errors, text_hash
from index.types import Document, Embedder, Failure, Progress, SyncReport, Vectors

READING = "3"  # raised when the same file would now be read, cleaned or split differently
_EMBED_BATCH = 64
PATIENCE = 10.0  # seconds to wait for another process that writes

OnProgress = Callable[[Progress], None]


@dataclass
class _Plan:
    """What a sync found to do. A file whose stamp is new but whose bytes are known is only stamped again."""

    changed: list[Entry] = field(default_factory=list)
    stamped: dict[str, str] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)


def sync(
    store: Store,
    source: Path,
    settings: IndexSettings,
    embedder: Embedder,
    progress: OnProgress,
    rebuild: bool = False,
) -> SyncReport:
    """Makes `store` hold what `source` holds, in one transaction, and reports what it did.

    With `rebuild` everything is read and embedded anew. Raises SourceError, EmbedderError, StorageError, IndexLocked;
    the index is then as it was.
    """
    began = time.monotonic()
    files = find_sources(source)
    if not rebuild and not _differs(store, files):
        return _report(store, _Plan(), set(), 0, 0, began)
    with writing(store.folder):
        known = store.stamps()
        plan = _plan(store, files, {} if rebuild else known, settings, embedder, progress)
        removed = set(known) - plan.kept - set(plan.stamped) - {entry.document.id for entry in plan.changed}
        embedded = _embed(store, plan.changed, embedder, progress, rebuild)
        progress(Progress("store", 0, 1))
        if plan.changed or removed:
            store.replace(plan.changed, sorted(removed), shape(settings, embedder))
        if plan.stamped:
            store.restamp(plan.stamped)
        progress(Progress("store", 1, 1))
    added = sum(entry.document.id not in known for entry in plan.changed)
    return _report(store, plan, removed, added, embedded, began)


def shape(settings: IndexSettings, embedder: Embedder) -> dict[str, str]:
    """What shapes the passages and their vectors, and so must be the same each time an index is used."""
    return {"embedder": embedder.name, "passages": f"{settings.passage_tokens}/{settings.passage_limit}"}


def encode(store: Store, embedder: Embedder, texts: Sequence[str]) -> tuple[dict[bytes, Vectors], dict[bytes, Vectors]]:
    """The vectors of `texts` by hash: those the store knew, and those embedded now."""
    by_hash = {text_hash(text): text for text in texts}
    known = store.vectors(list(by_hash), embedder.name)
    missing = [key for key in by_hash if key not in known]
    made = embedder.encode_documents([by_hash[key] for key in missing])
    return known, dict(zip(missing, made, strict=True))


def _differs(store: Store, files: Sequence[SourceFile]) -> bool:
    return store.stamps() != {file.id: _stamp(file) for file in files}


def _stamp(file: SourceFile) -> str:
    return json.dumps([READING, file.size, file.mtime_ns, file.stated])


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


def _plan(
    store: Store,
    files: Sequence[SourceFile],
    known: dict[str, str],
    settings: IndexSettings,
    embedder: Embedder,
    progress: OnProgress,
) -> _Plan:
    plan = _Plan()
    for number, file in enumerate(files):
        progress(Progress("read", number, len(files)))
        if known.get(file.id) == _stamp(file):
            plan.kept.add(file.id)
        else:
            _look_at(store, file, known.get(file.id), settings, embedder, plan)
    progress(Progress("read", len(files), len(files)))
    if not plan.kept and not plan.changed and not plan.stamped:
        first = plan.failed[0]
        raise SourceError(f"None of the {len(files)} files could be used; {first.path}: {first.error}")
    return plan


def _look_at(
    store: Store, file: SourceFile, known: str | None, settings: IndexSettings, embedder: Embedder, plan: _Plan
) -> None:
    try:
        file.id.encode("utf-8")
        data = file.path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        old = store.documents([file.id]) if known else []
        if known and _same_shape(known, file) and old and old[0].sha256 == sha256:
            plan.stamped[file.id] = _stamp(file)
            return
        document = read_document(file, data, sha256)
    except UnicodeEncodeError:
        name = file.id.encode("utf-8", "replace").decode()
        plan.failed.append(Failure(name, "Its name is no valid text. Rename it."))
        return
    except OSError as error:  # the file may be readable again next time: what is known of it stays
        plan.failed.append(Failure(file.id, f"It cannot be opened: {error.strerror}. Check its permissions."))
        if known:
            plan.kept.add(file.id)
        return
    except SourceError as error:
        plan.failed.append(Failure(file.id, str(error)))
        return
    sentences = split_sentences(document.text)
    tokens = (settings.passage_tokens, settings.passage_limit)
    passages = split_passages(document, sentences, embedder.count_tokens, *tokens)
    plan.changed.append(Entry(document, tuple(passages), _stamp(file)))


def _same_shape(stamp: str, file: SourceFile) -> bool:
    """Whether the file was read by the same rules under the same statements in sources.toml."""
    then, now = json.loads(stamp), json.loads(_stamp(file))
    return bool(then[0] == now[0] and then[3] == now[3])


def read_document(file: SourceFile, data: bytes, sha256: str) -> Document:
    """The document in `data`. sources.toml goes before what the file states, that before what its text shows."""
    raw = read(file.path, data)
    text, page_starts = clean(raw)
    if not raw.paged:
        text = split_dateline(text)
    stated = dict(file.stated)
    title = stated.get("title") or raw.title or stated_title(text) or file.path.stem
    published = stated.get("date") or raw.published or stated_date(text)
    return Document(file.id, title, text, published, stated.get("publisher") or raw.publisher, sha256, page_starts)


def _embed(store: Store, entries: Sequence[Entry], embedder: Embedder, progress: OnProgress, anew: bool = False) -> int:
    """Sees that every passage has a vector; gives how many were embedded. Each batch is kept at once."""
    texts = list(dict.fromkeys(passage.text for entry in entries for passage in entry.passages))
    hashes = {text_hash(text): text for text in texts}
    known = {} if anew else store.vectors(list(hashes), embedder.name)
    missing = [text for key, text in hashes.items() if key not in known]
    for begin in range(0, len(missing), _EMBED_BATCH):
        progress(Progress("embed", begin, len(missing)))
        part = missing[begin : begin + _EMBED_BATCH]
        made = embedder.encode_documents(part)
        store.remember({text_hash(text): vector for text, vector in zip(part, made, strict=True)}, embedder.name)
    if missing:
        progress(Progress("embed", len(missing), len(missing)))
    return len(missing)


def _report(store: Store, plan: _Plan, removed: set[str], added: int, embedded: int, began: float) -> SyncReport:
    documents, passages = store.count()
    changed = len(plan.changed) - added
    return SyncReport(
        documents=documents,
        passages=passages,
        added=added,
        changed=changed,
        removed=len(removed),
        unchanged=documents - added - changed,
        embedded=embedded,
        failed=tuple(plan.failed),
        seconds=time.monotonic() - began,
    )


def no_progress(_: Progress) -> None:
    """For callers that do not ask."""


def stack(vectors: dict[bytes, Vectors], texts: Sequence[str], dimension: int) -> Vectors:
    """The vectors of `texts` in order, shape (len(texts), dimension)."""
    if not texts:
        return np.zeros((0, dimension), dtype=np.float32)
    return np.stack([vectors[text_hash(text)] for text in texts])
