"""What every command of the terminal shares: two streams, progress, errors in one line, quiet libraries."""

from __future__ import annotations

import _thread
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from index.types import Progress as Sync

STEPS = {"read": "Reading the files", "embed": "Embedding the passages", "store": "Writing the index"}
STOPPED = 130  # the exit code of a command that Ctrl-C ended

out = Console(highlight=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, markup=False, emoji=False)


def quiet() -> None:
    """Keeps the libraries' own logs, warnings and progress bars out of our output. `RAG_DEBUG=1` lets them speak."""
    if os.environ.get("RAG_DEBUG"):
        return
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")


def hear_ctrl_c() -> None:
    """Lets no Ctrl-C be lost. One that comes while an object is finalised Python only prints; it is sent once more."""
    usual = sys.unraisablehook

    def hook(ignored: sys.UnraisableHookArgs) -> None:
        if ignored.exc_type is KeyboardInterrupt:
            threading.Timer(0.05, _thread.interrupt_main).start()  # from here it would be ignored again
        else:
            usual(ignored)

    sys.unraisablehook = hook


def say(line: str) -> None:
    """One line for people, on stderr."""
    err.print(line, style="dim", soft_wrap=True)


def put(text: str) -> None:
    """A result as it is, on stdout, at once."""
    print(text, flush=True)  # noqa: T201


def show(rendered: RenderableType, plain: str) -> None:
    """A result: rendered for a terminal, plain for a pipe."""
    if out.is_terminal:
        out.print(rendered)
    else:
        put(plain)


def fail(message: str) -> None:
    """One line on what could not be done, on stderr."""
    line = " ".join(message.split())
    err.print(f"rag: {line}", style="red", soft_wrap=True)


@contextmanager
def reported() -> Iterator[None]:
    """Ends the command with one line and the right exit code when it cannot be done or is interrupted."""
    try:
        from index.errors import CorroborateError

        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains once more at its end
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, Exception) as error:
        if _interrupted(error):
            fail("Stopped.")
            raise typer.Exit(STOPPED) from None
        if not isinstance(error, CorroborateError):
            raise
        fail(str(error))
        raise typer.Exit(1) from None


def _interrupted(error: BaseException | None) -> bool:
    """Whether a Ctrl-C is behind the error: one that comes while a class is made is a RuntimeError to Python."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return error is not None


class Rate(ProgressColumn):
    """How many a second, once that is known."""

    def render(self, task: Task) -> Text:
        """Such as "44/s"; empty where it is unknown."""
        speed = task.finished_speed or task.speed
        return Text("" if not speed or task.total is None else f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s")


class Left(ProgressColumn):
    """The time that is left at the rate so far, once that is known."""

    def render(self, task: Task) -> Text:
        """Such as "00:12 left"; empty where it is unknown."""
        left = task.time_remaining
        if left is None or task.total is None or task.finished:
            return Text("")
        hours, rest = divmod(int(left) + 1, 3600)
        clock = f"{rest // 60:02}:{rest % 60:02}"
        return Text(f"{hours}:{clock} left" if hours else f"{clock} left")


def bars() -> Progress:
    """Bars on stderr, gone when they are done; nothing where stderr is no terminal."""
    said = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), said, BarColumn(), MofNCompleteColumn(), Rate(), TimeElapsedColumn(), Left())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


@contextmanager
def syncing(last: str = "") -> Iterator[Callable[[Sync], None]]:
    """Shows a sync as it goes on, one bar a step; `last` names what comes after it and has no measure."""
    with bars() as shown:
        waiting = shown.add_task(last or "Looking for changes", total=None)
        steps = {step: shown.add_task(text, visible=False) for step, text in STEPS.items()}

        def update(progress: Sync) -> None:
            task = steps.get(progress.stage, waiting)
            shown.update(task, completed=progress.done, total=progress.total, visible=progress.done < progress.total)

        yield update
