"""An index of any size: real words, and vectors that are real ones with noise. Made in batches, and taken up again."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.speed.opening import INDEX, QUESTIONS
from eval.speed.texts import article, questions, recombined
from index import Embedder, IndexSettings, Passage, StorageError, Vectors
from index.local import LocalStore
from index.store import text_hash
from index.sync import shape
from index.types import Change, Entry

NOISE = 0.6  # length of what is added to a unit vector: a cosine of 0.86 to it
BATCH = 20_000  # passages of one transaction
_TO_A_DOCUMENT = 10
_BYTES = 6_500  # on disk for a passage: text twice, vector in SQLite and in FAISS, words, and room for a new cache
_SEED = 11


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to make, in which folder: `passages`, of which `bases` vectors are real; at most `asked` questions."""

    folder: Path
    passages: int = 0
    bases: int = 0
    asked: int = 1000

    @property
    def index(self) -> Path:
        """The index's own folder."""
        return self.folder / INDEX

    @property
    def given(self) -> Path:
        """The questions' vectors, in a file."""
        return self.folder / QUESTIONS


def needed(plan: Plan) -> str:
    """What it will take of the disk, in words. Raises StorageError where there is less."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    wanted, free = plan.passages * _BYTES, shutil.disk_usage(plan.folder).free
    held = used(plan.folder)
    if wanted - held > free:
        raise StorageError(f"{plan.folder} has {free / 1e9:.1f} GB free, and {wanted / 1e9:.1f} GB are needed.",
                           "Name a folder on another disk with --work.")  # fmt: skip
    return f"about {wanted / 1e9:.1f} GB of disk in {plan.folder}, where {free / 1e9:.1f} GB are free"


def used(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def make(plan: Plan, embedder: Embedder, say: Callable[[int], None]) -> float:
    """Brings the index to `plan.passages`, a batch at a time; the seconds it took, of earlier runs too.

    `say` is told how many there are. A run that was killed goes on after its last batch.
    """
    spent = _spent(plan, embedder)
    store = LocalStore(plan.index)
    try:
        bases: Vectors | None = None
        for number in range(store.count()[1] // BATCH, -(-plan.passages // BATCH)):
            began = time.perf_counter()
            texts = recombined(min(BATCH, plan.passages - number * BATCH), number)
            if bases is None:
                bases = embedder.encode_documents(recombined(plan.bases, 0))
            _store(store, number, texts, _vectors(bases, len(texts), number), embedder)
            spent += time.perf_counter() - began
            _keep(plan, embedder, spent)
            say(store.count()[1])
    finally:
        store.close()
    _embed_questions(plan, embedder)
    return spent


def _vectors(bases: Vectors, count: int, number: int) -> Vectors:
    """Those of batch `number`, shape (count, dimension): the real ones in turn, each with other noise."""
    draw = np.random.default_rng([_SEED, number])
    noise = draw.standard_normal((count, bases.shape[1]), dtype=np.float32)
    noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    found: Vectors = bases[np.arange(count) % len(bases)] + noise
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def _store(store: LocalStore, number: int, texts: list[str], vectors: Vectors, embedder: Embedder) -> None:
    keyed = {text_hash(text): vector for text, vector in zip(texts, vectors, strict=True)}
    entries = []
    for begin in range(0, len(texts), _TO_A_DOCUMENT):
        name = f"{number:04d}/{begin // _TO_A_DOCUMENT:05d}.txt"
        entries.append(_entry(name, texts[begin : begin + _TO_A_DOCUMENT]))
    with store.writing():
        store.remember(keyed, embedder.name)
        store.apply(Change(entries=entries), shape(IndexSettings(), embedder))


def _entry(name: str, texts: list[str]) -> Entry:
    document = article(name, texts)
    passages, start = [], 0
    for text in texts:
        end = start + len(text)
        passages.append(Passage(f"{name}#{start}-{end}", name, start, end, text))
        start = end + len("\n\n")
    return Entry(document, tuple(passages), "")


def _embed_questions(plan: Plan, embedder: Embedder) -> None:
    if not plan.given.exists():
        texts = questions()[: plan.asked]
        made = embedder.encode_queries(texts)
        np.savez(plan.given, texts=np.array(texts), vectors=made, name=np.array(embedder.name))


def _spent(plan: Plan, embedder: Embedder) -> float:
    """Seconds of earlier runs; the folder is cleared where it holds something else than is planned."""
    try:
        record = json.loads((plan.folder / "made.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = {}
    if record.get("plan") == _identity(plan, embedder):
        return float(record["seconds"])
    for path in (plan.index, plan.given):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return 0.0


def _keep(plan: Plan, embedder: Embedder, spent: float) -> None:
    record = {"plan": _identity(plan, embedder), "seconds": spent}
    (plan.folder / "made.json").write_text(json.dumps(record), encoding="utf-8")


def _identity(plan: Plan, embedder: Embedder) -> list[object]:
    return [plan.passages, plan.bases, plan.asked, embedder.name, NOISE, _SEED]
