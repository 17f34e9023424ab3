"""What a sync costs where nothing has changed, and where one file has, among many."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from eval.speed.counted import Counted
from eval.speed.figures import Figure, Part, spread, without_goals
from eval.speed.texts import recombined, write_files
from index import Embedder, Index, SyncReport

_NEW = 777  # seed of what is written into the files that change


def run(embedder: Embedder, count: int, rounds: int, goals: bool, say: Callable[[str], None]) -> Part:
    """`count` files, synced once; then `rounds` times unchanged, and as often with one file changed."""
    counted = Counted(embedder)
    with TemporaryDirectory(prefix="corroborate-speed-") as place:
        source, home = Path(place, "source"), Path(place, "index")
        say(f"sync: writing {count:,} files")
        files = list(write_files(source, count, seed=5))
        say("sync: the first sync")
        counted.pretending = True
        first, began = _synced(source, home, counted)
        counted.pretending, counted.seen[:] = False, []
        say("sync: nothing changed, then one file")
        unchanged = [_synced(source, home, counted) for _ in range(rounds)]
        embedded = len(counted.seen)
        changes = [_changed(source, home, counted, files[number * count // rounds], number) for number in range(rounds)]
    still, more = [seconds for _, seconds in unchanged], [whole - alone for whole, alone in changes]
    figures = (
        Figure("sync of unchanged files", median(still), "s", "<= 3", spread(still)),
        Figure("passages embedded by it", embedded, "", "<= 0", f"{first.passages:,} passages are there"),
        Figure("sync with one file changed, beyond embedding it", median(more), "s", "<= 1", spread(more)),
        Figure("that sync as a whole", median(whole for whole, _ in changes), "s"),
        Figure("the first sync, but for embedding", began, "s"),
    )
    notes = (
        f"{count:,} text files of about 100 words. Each sync opens the index anew.",
        "In the first sync vectors are drawn by chance in place of the embedder's; what changes is embedded.",
    )
    return Part("sync", figures if goals else without_goals(figures), notes)


def _synced(source: Path, home: Path, embedder: Embedder) -> tuple[SyncReport, float]:
    """A sync as `rag index` does it, and its seconds, opening included."""
    began = time.perf_counter()
    with Index.open(source, embedder=embedder, path=home) as index:
        report = index.sync()
    return report, time.perf_counter() - began


def _changed(source: Path, home: Path, counted: Counted, path: Path, number: int) -> tuple[float, float]:
    """Seconds of a sync after `path` has changed, and of embedding by itself what it embedded."""
    counted.inner.encode_documents(["The first text is slower."])
    path.write_text(recombined(1, _NEW + number)[0] + "\n", encoding="utf-8")
    counted.seen.clear()
    _, whole = _synced(source, home, counted)
    texts = list(counted.seen)
    alone = []
    for _ in range(3):
        began = time.perf_counter()
        counted.inner.encode_documents(texts)
        alone.append(time.perf_counter() - began)
    return whole, median(alone)
