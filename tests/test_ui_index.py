"""`rag index` as people meet it: real processes, a folder that changes under it, Ctrl-C."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from index.types import Progress
from ui import console

ROOT = Path(__file__).resolve().parent.parent
RAG = [sys.executable, "-c", "from ui.cli import main; main()"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for index and cache that this module's processes share."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two reports."""
    place = tmp_path / "reports"
    place.mkdir()
    (place / "a.txt").write_text("The new bridge at Oxley cost 40 million dollars.")
    (place / "b.txt").write_text("Rita Holm opened it on 3 May 2021.")
    return place


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    return kept | {"RAG_HOME": str(home), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def rag(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*RAG, *words]
    return subprocess.run(command, env=environment(home), capture_output=True, text=True, timeout=300, check=False)


@contextmanager
def running(home: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A process that takes Ctrl-C, also where the tests are a job in the background."""
    process = subprocess.Popen(
        [*RAG, *words],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with process:
        yield process
        process.kill()


def test_watch_follows_the_folder_and_ends_well(home: Path, folder: Path) -> None:
    with running(home, "index", str(folder), "--watch", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["added"] == 2
        assert "Watching" in process.stderr.readline()
        (folder / "c.txt").write_text("It has four lanes.")
        assert json.loads(process.stdout.readline())["added"] == 1
        (folder / "c.txt").unlink()
        assert json.loads(process.stdout.readline())["removed"] == 1
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
    again = rag(home, "index", str(folder), "--json")
    assert json.loads(again.stdout)["unchanged"] == 2


def test_ctrl_c_leaves_a_good_index(home: Path, folder: Path) -> None:
    place = folder.parent / "index"
    words = ("index", str(folder), "--index", str(place))
    assert rag(home, *words).returncode == 0
    for number in range(200):
        (folder / f"more{number}.txt").write_text(f"Report {number} tells of bridge {number}. " * 9)
    with running(home, *words) as process:
        assert process.stderr is not None
        until = time.monotonic() + 120
        while time.monotonic() < until and not kept(place):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stderr.read() == "rag: Stopped.\n"
    report = json.loads(rag(home, *words, "--exclude", "more*", "--json").stdout)
    assert (report["documents"], report["unchanged"], report["embedded"]) == (2, 2, 0)


def kept(place: Path) -> bool:
    """Whether a sync that goes on has kept its first vectors."""
    with sqlite3.connect(place / "index.sqlite") as db:
        return int(db.execute("SELECT count(*) FROM vectors").fetchone()[0]) > 2


def test_progress_shows_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(console, "err", Console(file=shown, force_terminal=True, width=120))
    with console.syncing() as update:
        for done in range(0, 30):
            update(Progress("embed", done * 64, 6400))
            time.sleep(0.02)
        time.sleep(0.3)
    assert "/s" in shown.getvalue()
    assert " left" in shown.getvalue()
