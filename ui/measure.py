"""The evaluation from the terminal: known facts or a published benchmark, as tables, JSON and a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Group
from rich.table import Table as Drawn
from rich.text import Text

import eval as evaluation
from eval.benchmarks import Library, benchmark
from eval.checkpoint import unshared
from index.errors import CorroborateError
from rag.assistant import Assistant
from rag.settings import Settings
from ui.console import bars, fail, say, show, syncing


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure, and with what."""

    corpora: tuple[str, ...]
    split: str | None
    kind: str | None
    limit: int | None
    sources: Path | None
    index: Path | None
    model: str | None
    writer: str | None = None

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return Settings.load({"model": self.model, "writer": self.writer})


def known_facts(wanted: Wanted, json_file: Path | None, html_file: Path | None, fail_under: float | None) -> bool:
    """Runs the cases, shows the figures, writes the files. False where the gate `fail_under` is not passed."""
    chosen = [evaluation.load(name, wanted.sources) for name in wanted.corpora]
    cut = [evaluation.select(corpus, wanted.split, wanted.kind, wanted.limit) for corpus in chosen]
    result = evaluation.combine([_run(corpus, wanted) for corpus in cut])
    _show(evaluation.tables(result))
    say(f"Answered by {result.model}, adapter {result.adapter or 'none'}, code {result.code}.")
    _write(json_file, result.to_json)
    _write(html_file, lambda: evaluation.html(result))
    reasons = [] if fail_under is None else evaluation.gate(result, fail_under)
    for reason in reasons:
        fail(reason)
    return not reasons


def published(name: str, data: Path, wanted: Wanted, json_file: Path | None) -> bool:
    """Runs a published benchmark, shows the figures, writes the file."""
    with unshared(_checkpoint(wanted.settings, name)) as kept, _counting(name) as progress:
        opener = Library(wanted.settings)
        result = benchmark(name, data, opener, limit=wanted.limit, checkpoint=kept, progress=progress)
    _show([result.table])
    _write(json_file, result.to_json)
    return True


def _run(corpus: evaluation.Corpus, wanted: Wanted) -> evaluation.Result:
    settings = wanted.settings
    with unshared(_checkpoint(settings, corpus.name)) as kept:
        with syncing("Opening the sources and the model") as progress:
            assistant = Assistant.open(corpus.source, settings, index_path=wanted.index, progress=progress)
        with assistant, _counting(corpus.name) as counting:
            return evaluation.run(corpus, assistant, checkpoint=kept, progress=counting)


def _checkpoint(settings: Settings, name: str) -> Path:
    return settings.cache_dir / "eval" / f"{name}.jsonl"


@contextmanager
def _counting(name: str) -> Iterator[Callable[[evaluation.Progress], None]]:
    """A bar that counts the questions and how many were answered rightly."""
    with bars() as shown:
        task = shown.add_task(name, total=None)

        def update(progress: evaluation.Progress) -> None:
            said = f"{name}: {progress.right} right of {progress.done}"
            shown.update(task, completed=progress.done, total=progress.total, description=said)

        yield update


def _show(tables: Sequence[evaluation.Table]) -> None:
    show(Group(*map(_drawn, tables)), "\n\n".join(map(_plain, tables)))


def _drawn(table: evaluation.Table) -> Drawn:
    drawn = Drawn(title=table.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(table.columns):
        drawn.add_column(column, justify="left" if number == 0 else "right")
    for row in table.rows:
        drawn.add_row(*map(Text, row))
    return drawn


def _plain(table: evaluation.Table) -> str:
    rows = [table.columns, *table.rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([table.title, *lines])


def _write(file: Path | None, text: Callable[[], str]) -> None:
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text(), encoding="utf-8")
    except OSError as error:
        raise CorroborateError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from error
    say(f"Written: {file}")
