"""`--document`, `--publisher`, `--since`, `--until` of `rag search` and `rag ask`, with the real models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RAG = [sys.executable, "-c", "from ui.cli import main; main()"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for indexes and caches, and in it one of three sources."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "sources"
    folder.mkdir()
    (folder / "a.txt").write_text("The Oxley bridge was opened by Rita Holm. It has four lanes.")
    (folder / "b.txt").write_text("The Oxley bridge was opened by Jan Vos. It has two lanes.")
    (folder / "c.txt").write_text("The ferry sails at nine.")
    lines = [
        ("a.txt", "Harbour Gazette", "2026-02"),
        ("b.txt", "The Post", "2025"),
        ("c.txt", "The Post", "2026-03-01"),
    ]
    (folder / "sources.toml").write_text(
        "\n".join(f'["{name}"]\npublisher = "{publisher}"\ndate = "{date}"' for name, publisher, date in lines)
    )
    return home


def rag(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RAG_HOME": str(home / "kept"), "HF_HUB_OFFLINE": "1", "NO_COLOR": "1"}
    command = [*RAG, *arguments, "-s", str(home / "sources")]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize(
    ("options", "documents"),
    [
        (["--publisher", "the post"], {"b.txt", "c.txt"}),
        (["--document", "a*", "--document", "c.txt"], {"a.txt", "c.txt"}),
        (["--since", "2026-01", "--until", "2026-02-27"], {"a.txt"}),
    ],
)
def test_search_finds_only_what_passes(home: Path, options: list[str], documents: set[str]) -> None:
    done = rag(home, "search", "Who opened the Oxley bridge?", "--json", *options)
    assert done.returncode == 0, done.stderr
    assert {hit["document"] for hit in json.loads(done.stdout)["hits"]} == documents


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--publisher", "Nobody"], "There are: Harbour Gazette, The Post."),
        (["--document", "*.pdf"], "There are: a.txt, b.txt, c.txt."),
        (["--since", "yesterday"], "'yesterday' is no date. Write 2026, 2026-02 or 2026-02-27."),
    ],
)
def test_what_cannot_pass_is_one_line(home: Path, options: list[str], words: str) -> None:
    done = rag(home, "search", "bridge", *options)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert words in done.stderr


def test_an_answer_cites_only_what_passes(home: Path) -> None:
    done = rag(home, "ask", "Who opened the Oxley bridge?", "--publisher", "harbour gazette", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["status"] == "answered"
    assert {citation["document"] for citation in answer["citations"]} == {"a.txt"}
    assert "Rita Holm" in answer["text"]
