"""Tells when a folder of sources has changed, by watchfiles (inotify, FSEvents, ReadDirectoryChangesW)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

from index.errors import SourceError

_QUIET = 600  # milliseconds without another change before a change is told
_PATIENCE = 3000  # milliseconds after which it is told although changes go on


def watch(source: Path, besides: Path, stop: Event | None = None) -> Iterator[None]:
    """Yields once as soon as changes are seen from then on, then after each; what lies under `besides` is none.

    Ends when `stop` is set. Raises SourceError where the folder cannot be watched, KeyboardInterrupt on Ctrl-C.
    """
    import watchfiles

    apart = besides.resolve()

    def counts(_: watchfiles.Change, path: str) -> bool:
        return not Path(path).resolve().is_relative_to(apart)

    seen = watchfiles.watch(
        source,
        watch_filter=counts,
        debounce=_PATIENCE,
        step=_QUIET,
        stop_event=stop,
        rust_timeout=500,
        yield_on_timeout=True,
    )
    begun = False
    try:
        for changes in seen:
            if changes or not begun:
                begun = True
                yield
    except (OSError, RuntimeError) as error:  # RuntimeError is what the part written in Rust raises
        hint = "Run rag index when something has changed, or set WATCHFILES_FORCE_POLLING=1."
        raise SourceError(f"The folder {source} cannot be watched: {error}.", hint) from error
