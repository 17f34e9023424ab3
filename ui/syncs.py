"""`rag index`: one sync, or one after every change of the folder."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import suppress

from index import CorroborateError, Index, SyncReport
from index.types import Engine
from ui import render, shapes
from ui.console import fail, put, say, syncing


def bring(index: Index, exclude: Sequence[str] | None = None, engine: Engine | None = None) -> SyncReport:
    """Brings the index up to date and shows how it goes on."""
    with syncing() as progress:
        return index.sync(progress, exclude=exclude, engine=engine)


def tell(report: SyncReport, as_json: bool, watching: bool = False) -> None:
    """The report on stdout, in one line where more are to come; a line on stderr for each file that failed."""
    if as_json:
        put(shapes.dumps(shapes.sync_json(report), None if watching else 2))
        return
    put(f"{_clock() if watching else ''}{render.sync_plain(report)}")
    for failure in report.failed:
        fail(render.one_line(f"{failure.path}: {failure.error}"))


def follow(index: Index, as_json: bool, engine: Engine | None = None) -> None:
    """Syncs after every change until Ctrl-C. What cannot be done is said, and tried again at the next change."""
    failed: str | None = None
    with suppress(KeyboardInterrupt):
        say(f"Watching {index.source}. Ctrl-C ends it.")
        for _ in index.watch():
            try:
                report = bring(index, engine=engine)
            except CorroborateError as error:
                if str(error) != failed:
                    fail(str(error))
                failed = str(error)
                continue
            if failed or report.added or report.changed or report.moved or report.removed:
                tell(report, as_json, watching=True)
            failed = None


def _clock() -> str:
    return f"{datetime.datetime.now():%H:%M:%S}  "
