"""Brings an index up to date with its folder: only what changed is read, only new texts are embedded."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from index import copies
from index.bulk import LocalEngine
from index.chunk import split_passages
from index.errors import MissingExtra, SourceError
from index.reading import read_document, reads_alike, stamp
from index.sentences import split_sentences
from index.settings import IndexSettings
from index.sources import SourceFile, find_sources
from index.store import text_hash
from index.types import (
    Change,
    Document,
    Embedder,
    Engine,
    Entry,
    Failure,
    Passage,
    Progress,
    Sketch,
    Store,
    SyncReport,
    Vectors,
)

EXCLUDE = "exclude"  # where the store keeps the patterns of files that are left out
COPIES = "copies"  # and which documents repeat which

OnProgress = Callable[[Progress], None]


def sync(
    store: Store,
    source: Path,
    settings: IndexSettings,
    embedder: Embedder,
    progress: OnProgress,
    rebuild: bool = False,
    exclude: Sequence[str] | None = None,
    engine: Engine | None = None,
) -> SyncReport:
    """Makes `store` hold what `source` holds, in one transaction, and reports what it did.

    With `rebuild` everything is read and embedded anew; `engine` embeds, or else this process. `exclude` is kept for
    later syncs, which give None. Raises SourceError, EmbedderError, StorageError, IndexLocked; the index is then as it
    was.
    """
    began = time.monotonic()
    kept = store.meta.get(EXCLUDE, "[]")
    patterns = json.dumps(list(exclude)) if exclude is not None else kept
    files = find_sources(source, store.folder, json.loads(patterns))
    if not rebuild and patterns == kept and not _differs(store, files):
        return _report(store, Change(), set(), 0, 0, began)
    with store.writing():
        known = set(store.stamps())
        change = _look(store, files, settings, embedder, progress, rebuild)
        links = _link(store, change, settings, embedder) if change.gone else store.meta.get(COPIES, "{}")
        embedded = _embed(store, change.written, embedder.name, engine or LocalEngine(embedder), progress, rebuild)
        progress(Progress("store", 0, 1))
        moved = _moved(store, change, known)
        store.apply(change, {**shape(settings, embedder), EXCLUDE: patterns, COPIES: links})
        progress(Progress("store", 1, 1))
    return _report(store, change, known, moved, embedded, began)


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
    failures = {id_: known for id_, (known, _) in store.failures().items()}
    return {**store.stamps(), **failures} != {file.id: stamp(file) for file in files}


def _look(
    store: Store,
    files: Sequence[SourceFile],
    settings: IndexSettings,
    embedder: Embedder,
    progress: OnProgress,
    rebuild: bool,
) -> Change:
    """What is to be changed in `store`; nothing is yet."""
    stamps, failures = ({}, {}) if rebuild else (store.stamps(), store.failures())
    change = Change()
    for number, file in enumerate(files):
        progress(Progress("read", number, len(files)))
        if file.id in failures and failures[file.id][0] == stamp(file):
            change.failed[file.id] = failures[file.id]
        elif stamps.get(file.id) != stamp(file):
            _look_at(store, file, stamps.get(file.id), settings, embedder, change)
    progress(Progress("read", len(files), len(files)))
    if len(change.failed) == len(files):
        name, (_, error) = next(iter(change.failed.items()))
        raise SourceError(f"None of the {len(files)} files could be used; {name}: {error}")
    there = {file.id for file in files} - {
        id_ for id_, (known, _) in change.failed.items() if known or id_ not in stamps
    }
    change.removed.extend(sorted(set(store.stamps()) - there))
    return change


def _look_at(
    store: Store, file: SourceFile, known: str | None, settings: IndexSettings, embedder: Embedder, change: Change
) -> None:
    """Notes in `change` what became of one file. A failure without a stamp is looked at again the next time."""
    try:
        file.id.encode("utf-8")
        data = file.path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        if known and reads_alike(known, file) and store.documents([file.id])[0].sha256 == sha256:
            change.stamped[file.id] = stamp(file)
            return
        document = read_document(file, data, sha256)
    except UnicodeEncodeError:
        name = file.id.encode("utf-8", "replace").decode()
        change.failed[name] = ("", "Its name is no valid text. Rename it.")
        return
    except OSError as error:  # what is known of it stays: it may be readable again
        change.failed[file.id] = ("", f"It cannot be opened: {error.strerror}. Check its permissions.")
        return
    except MissingExtra as error:
        change.failed[file.id] = ("", str(error))
        return
    except SourceError as error:
        change.failed[file.id] = (stamp(file), str(error))
        return
    passages = _passages(document, settings, embedder)
    change.entries.append(Entry(document, passages, stamp(file), copies.sketch(document)))


def _link(store: Store, change: Change, settings: IndexSettings, embedder: Embedder) -> str:
    """Leaves the passages of documents with one text to the earliest of them, and tells what repeats what, as JSON.

    Both depend on the documents alone, not on the syncs that brought them.
    """
    gone = set(change.gone)
    held = [one for one in store.sketches() if one.document_id not in gone]
    new = [Sketch(entry.document.id, entry.document.published, entry.sketch) for entry in change.entries]
    same = copies.same([*held, *new])
    change.entries[:] = [_placed(entry, same) for entry in change.entries]
    other = {one.document_id: one.data for one in held if one.same_as != same.get(one.document_id, "")}
    stamps = {**store.stamps(), **change.stamped} if other else {}
    for document in store.documents(list(other)) if other else ():
        passages = _passages(document, settings, embedder)
        entry = Entry(document, passages, stamps[document.id], other[document.id])
        change.relinked.append(_placed(entry, same))
    before = json.loads(store.meta.get(COPIES, "{}"))
    return json.dumps(copies.near_again(before, held, new), ensure_ascii=False)


def _placed(entry: Entry, same: Mapping[str, str]) -> Entry:
    original = same.get(entry.document.id)
    return replace(entry, passages=(), same_as=original) if original else entry


def _passages(document: Document, settings: IndexSettings, embedder: Embedder) -> tuple[Passage, ...]:
    sentences = split_sentences(document.text)
    return tuple(
        split_passages(document, sentences, embedder.count_tokens, settings.passage_tokens, settings.passage_limit)
    )


def _embed(store: Store, entries: Sequence[Entry], name: str, engine: Engine, progress: OnProgress, anew: bool) -> int:
    """Sees that every passage has a vector; gives how many were embedded. Each batch is kept at once."""
    texts = list(dict.fromkeys(passage.text for entry in entries for passage in entry.passages))
    hashes = {text_hash(text): text for text in texts}
    known = {} if anew else store.vectors(list(hashes), name)
    missing = [text for key, text in hashes.items() if key not in known]
    done = 0
    if missing:
        progress(Progress("embed", done, len(missing)))
    for part, made in engine.encode(missing):
        store.remember({text_hash(text): vector for text, vector in zip(part, made, strict=True)}, name)
        done += len(part)
        progress(Progress("embed", done, len(missing)))
    return done


def _moved(store: Store, change: Change, known: set[str]) -> int:
    """How many documents come back under another path, their bytes the same."""
    gone = Counter(document.sha256 for document in store.documents(change.removed)) if change.removed else Counter()
    come = Counter(entry.document.sha256 for entry in change.entries if entry.document.id not in known)
    return (gone & come).total()


def _report(store: Store, change: Change, known: set[str], moved: int, embedded: int, began: float) -> SyncReport:
    """`known` are the documents that there were before."""
    documents, passages = store.count()
    new = sum(entry.document.id not in known for entry in change.entries)
    changed = len(change.entries) - new
    return SyncReport(
        documents=documents,
        passages=passages,
        added=new - moved,
        changed=changed,
        removed=len(change.removed) - moved,
        unchanged=documents - new - changed,
        embedded=embedded,
        failed=tuple(Failure(path, error) for path, (_, error) in sorted(store.failures().items())),
        seconds=time.monotonic() - began,
        moved=moved,
        copies=json.loads(store.meta.get(COPIES, "{}")),
    )


def no_progress(_: Progress) -> None:
    """For callers that do not ask."""


def stack(vectors: dict[bytes, Vectors], texts: Sequence[str], dimension: int) -> Vectors:
    """The vectors of `texts` in order, shape (len(texts), dimension)."""
    if not texts:
        return np.zeros((0, dimension), dtype=np.float32)
    return np.stack([vectors[text_hash(text)] for text in texts])
