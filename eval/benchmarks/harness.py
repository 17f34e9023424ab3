"""Runs a benchmark: opens the documents of each task, asks, scores, keeps every record."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self

from eval.benchmarks.ramdocs import Ramdocs
from eval.benchmarks.task import Benchmark, Item, Task
from eval.benchmarks.xquad import Squad
from eval.checkpoint import Checkpoint
from eval.environment import adapter_hash, code_hash, environment
from eval.metrics import percentile, wilson
from eval.report import Table
from eval.run import Answerer, Progress
from index.errors import SourceError

BENCHMARKS: Mapping[str, Benchmark] = {"ramdocs": Ramdocs(), "xquad": Squad(), "squad": Squad()}


class Opener(Protocol):
    """Opens an assistant over documents, text by file name, for as long as the context lasts."""

    @property
    def model(self) -> str: ...

    @property
    def settings_hash(self) -> str: ...

    def __call__(self, documents: Mapping[str, str]) -> AbstractContextManager[Answerer]: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """The mean of a score over `count` questions with its 95 % interval (Wilson's where every score is 0 or 1)."""

    value: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, scores: Sequence[float]) -> Self:
        """The figure of one or more scores, 0 to 1 each."""
        count, mean = len(scores), sum(scores) / len(scores)
        if all(score in (0, 1) for score in scores):
            return cls(mean, *wilson(int(sum(scores)), count), count)
        half = 1.96 * math.sqrt(sum((s - mean) ** 2 for s in scores)) / count
        return cls(mean, max(0.0, mean - half), min(1.0, mean + half), count)


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """A run of a benchmark; `records` hold question, gold, prediction, scores, status, text, seconds."""

    name: str
    data: str
    model: str
    adapter: str
    code: str
    environment: Mapping[str, str]
    started: str
    records: tuple[Mapping[str, Any], ...]

    @property
    def figures(self) -> dict[str, Figure]:
        """Each score over the questions for which it could be taken."""
        taken: dict[str, list[float]] = {}
        for record in self.records:
            for name, score in record["scores"].items():
                taken.setdefault(name, []).extend([] if score is None else [score])
        return {name: Figure.of(scores) for name, scores in taken.items() if scores}

    @property
    def table(self) -> Table:
        """The figures and the seconds an answer took, as rows of text."""
        rows = [(n, f"{f.value:.3f}", f"{f.low:.3f}–{f.high:.3f}", str(f.count)) for n, f in self.figures.items()]
        for percent in (50, 95):
            seconds = percentile((record["seconds"] for record in self.records), percent)
            rows.append((f"seconds, p{percent}", f"{seconds or 0:.2f}", "", str(len(self.records))))
        return Table(f"Benchmark {self.name}", ("", "Value", "95 % interval", "Questions"), tuple(rows))

    def to_json(self) -> str:
        """The run as JSON: what it was made with, the figures, every record."""
        figures = {name: asdict(figure) for name, figure in self.figures.items()}
        return json.dumps(asdict(self) | {"figures": figures}, ensure_ascii=False, indent=1, default=dict)


def benchmark(
    name: str,
    data: Path,
    opener: Opener,
    *,
    limit: int | None = None,
    checkpoint: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> BenchmarkResult:
    """Asks the questions of the benchmark `name` over the file `data`; at most `limit` of them, spread evenly.

    Resumed from `checkpoint` as an evaluation is. Raises SourceError for an unknown name or data of another format.
    """
    if name not in BENCHMARKS:
        raise SourceError(f"There is no benchmark {name!r}.", f"Known: {', '.join(BENCHMARKS)}.")
    started, known = datetime.now(UTC).isoformat(timespec="seconds"), BENCHMARKS[name]
    tasks = _limited(known.tasks(data), limit)
    total = sum(len(task.items) for task in tasks)
    made_with = {"benchmark": name, "data": _digest(data), "code": code_hash()}
    made_with |= {"model": opener.model, "settings": opener.settings_hash}
    kept = Checkpoint(checkpoint, made_with)
    records: list[Mapping[str, Any]] = []
    _report(progress, records, total)
    for record in _records(known, tasks, opener, kept):
        records.append(record)
        _report(progress, records, total)
    kept.remove()
    return BenchmarkResult(
        name=name,
        data=data.name,
        model=opener.model,
        adapter=adapter_hash(opener.model),
        code=code_hash(),
        environment=environment(),
        started=started,
        records=tuple(records),
    )


def _records(known: Benchmark, tasks: Sequence[Task], opener: Opener, kept: Checkpoint) -> Iterator[Mapping[str, Any]]:
    """Every record in order; a task whose questions are all in the checkpoint is not opened."""
    for task in tasks:
        pending = [item for item in task.items if item.id not in kept.records]
        with opener(task.documents) if pending else nullcontext() as assistant:
            for item in task.items:
                if assistant is not None and item.id not in kept.records:
                    kept.add(item.id, _asked(known, item, assistant))
                yield kept.records[item.id]


def _asked(known: Benchmark, item: Item, assistant: Answerer) -> dict[str, Any]:
    begun = time.perf_counter()
    answer = assistant.ask(item.question)
    seconds = time.perf_counter() - begun
    scored = known.score(item, answer, assistant.index)
    return {
        "id": item.id,
        "question": item.question,
        "gold": dict(item.gold),
        "predicted": list(scored.predicted),
        "scores": dict(scored.scores),
        "status": answer.status,
        "text": answer.text,
        "seconds": seconds,
        "settings_hash": answer.settings_hash,
    }


def _limited(tasks: Sequence[Task], limit: int | None) -> list[Task]:
    """The tasks with at most `limit` questions, spread evenly; documents stay whole."""
    names = [item.id for task in tasks for item in task.items]
    if limit is None or not 0 < limit < len(names):
        return list(tasks)
    chosen = {names[i * len(names) // limit] for i in range(limit)}
    cut = [replace(task, items=tuple(item for item in task.items if item.id in chosen)) for task in tasks]
    return [task for task in cut if task.items]


def _report(progress: Callable[[Progress], None] | None, records: Sequence[Mapping[str, Any]], total: int) -> None:
    """A question counts as right by its first score."""
    if progress is not None:
        progress(Progress(len(records), total, sum(next(iter(r["scores"].values())) == 1 for r in records), None))


def _digest(data: Path) -> str:
    return hashlib.sha256(data.read_bytes()).hexdigest()[:16]
