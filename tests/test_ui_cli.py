"""The terminal as people meet it: real processes, real files, and (once each) the real models."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eval.checkpoint import unshared

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("index", "ask", "chat", "search", "ui", "eval", "models", "doctor")
RAG = [sys.executable, "-c", "from ui.cli import main; main()"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for index and cache that this module's processes share."""
    return tmp_path_factory.mktemp("home")


def environment(home: Path) -> dict[str, str]:
    """What the processes see: no network for models, plain text, a home of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    return kept | {
        "RAG_HOME": str(home),
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }


def rag(home: Path, *words: str, cwd: Path = ROOT, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Runs `rag` with these words."""
    return subprocess.run(
        [*RAG, *words],
        cwd=cwd,
        env=environment(home),
        input=typed,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three short reports of one thing, two of them agreeing, and a file that is none."""
    reports = {
        "a.txt": "The new bridge at Oxley cost 40 million dollars. The mayor, Rita Holm, opened it on 3 May 2021.",
        "b.md": "# Oxley bridge\n\nOfficials put the cost of the new Oxley bridge at $40 million. It has four lanes.",
        "c.txt": "The new bridge at Oxley cost 4 million dollars, according to the contractor.",
    }
    place = tmp_path / "reports"
    place.mkdir()
    for name, text in reports.items():
        (place / name).write_text(text, "utf-8")
    (place / "d.txt").write_bytes(bytes(range(256)) * 8)
    return place


def one_line(text: str) -> str:
    """stderr, which must be one line and no traceback."""
    assert len(text.strip().splitlines()) == 1, text
    assert "Traceback" not in text
    return text.strip()


def test_help_comes_at_once_and_loads_nothing_heavy(home: Path) -> None:
    code = (
        "import sys, time; began = time.perf_counter(); sys.argv = ['rag', '--help']\n"
        "from ui.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'llama_cpp', 'gradio', 'numpy', 'transformers'} & set(sys.modules)\n"
        "print(sorted(heavy), time.perf_counter() - began, file=sys.stderr)"
    )
    best = 9.0
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment(home), capture_output=True, text=True, check=True
        )
        heavy, seconds = done.stderr.strip().rsplit(" ", 1)
        assert heavy == "[]"
        best = min(best, float(seconds))
    assert best < 0.5


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(home: Path, command: str) -> None:
    done = rag(home, command, "--help")
    assert done.returncode == 0
    assert "Examples:" in done.stdout
    assert f"rag {command}" in done.stdout.split("Examples:")[1]


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("ask",),
        ("ask", "a", "b"),
        ("search", "x", "-k", "0"),
        ("index", "--no-such"),
        ("ui", "--port", "x"),
        ("eval", "--benchmark", "ramdocs"),
        ("eval", "--fail-under", "2"),
    ],
)
def test_wrong_usage_ends_with_2_and_nothing_on_stdout(home: Path, words: tuple[str, ...]) -> None:
    done = rag(home, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_no_folder_is_taken_that_nobody_named(home: Path, tmp_path: Path) -> None:
    (tmp_path / "private.txt").write_text("Nobody asked for this.", "utf-8")
    for words in (("ask", "What?"), ("index",), ("search", "x"), ("chat",), ("ui", "--no-browser")):
        done = rag(home, *words, cwd=tmp_path)
        assert done.returncode == 2
        assert "--sources" in done.stderr
        assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ask", "-s", "no-such-folder", "What?"), "no-such-folder"),
        (("index", "no-such-folder"), "no-such-folder"),
        (("search", "-s", "empty", "x"), "no files"),
        (("ask", "-s", "empty", "--model", "no-such.gguf", "What?"), ""),
        (("eval", "--corpus", "no-such-corpus"), "no-such-corpus"),
        (("eval", "--benchmark", "no-such", "--data", "x"), "no-such"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_1(home: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "empty").mkdir()
    done = rag(home, *words, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert said in one_line(done.stderr)


def test_a_second_evaluation_of_the_same_is_one_line(home: Path) -> None:
    with unshared(home / "cache" / "eval" / "seeds.jsonl"):
        done = rag(home, "eval", "--limit", "1")
    assert done.returncode == 1
    assert "Wait until it is done." in one_line(done.stderr)


def test_a_setting_that_is_wrong_is_one_line(home: Path, tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "rag.toml").write_text("no_such_setting = 1\n", "utf-8")
    done = rag(home, "ask", "What?", cwd=tmp_path)
    assert done.returncode == 1
    assert "no_such_setting" in one_line(done.stderr)


def test_version_is_printed(home: Path) -> None:
    done = rag(home, "--version")
    assert re.fullmatch(r"corroborate \d+\.\d+\.\d+\n", done.stdout)


def test_index_reads_what_it_can_and_reports_the_rest(home: Path, folder: Path) -> None:
    first = rag(home, "index", str(folder), "--json")
    assert first.returncode == 0, first.stderr
    made = json.loads(first.stdout)
    assert list(made) == [
        "documents", "passages", "added", "changed", "removed", "moved", "unchanged", "embedded", "copies",
        "failed", "seconds",
    ]  # fmt: skip
    assert (made["documents"], made["added"]) == (3, 3)
    assert [failure["path"] for failure in made["failed"]] == ["d.txt"]
    again = rag(home, "index", str(folder))
    assert again.stdout.startswith("3 documents")
    assert "d.txt" in one_line(again.stderr)
    rebuilt = json.loads(rag(home, "index", str(folder), "--rebuild", "--json").stdout)
    assert rebuilt["embedded"] == rebuilt["passages"] == made["passages"]


def test_search_finds_the_passage_and_its_place(home: Path, folder: Path) -> None:
    done = rag(home, "search", "who opened the bridge", "-k", "2", "-s", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["query"] == "who opened the bridge"
    assert 1 <= len(found["hits"]) <= 2
    best = found["hits"][0]
    assert best["document"] == "a.txt"
    assert (folder / "a.txt").read_text("utf-8")[best["start"] : best["end"]] == best["text"]
    assert "Rita Holm" in rag(home, "search", "who opened the bridge", "-s", str(folder)).stdout


def test_ask_prints_one_object_and_nothing_else(home: Path, folder: Path) -> None:
    done = rag(home, "ask", "How much did the new bridge at Oxley cost?", "-s", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert list(answer) == ["question", "status", "text", "citations", "positions", "model", "seconds"]
    assert list(answer["seconds"]) == ["retrieve", "read", "total"]
    assert answer["citations"]
    for citation in answer["citations"]:
        text = (folder / citation["document"]).read_text("utf-8")
        assert citation["quote"] in text
    assert set(re.findall(r"\[(\d+)\]", answer["text"])) == {str(citation["label"]) for citation in answer["citations"]}


def test_ask_on_a_pipe_is_plain_text_with_its_sources(home: Path, folder: Path) -> None:
    done = rag(home, "ask", "Who opened the bridge?", "-s", str(folder))
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "Rita Holm" in done.stdout
    assert "Sources\n  [1]" in done.stdout


def test_an_empty_and_an_endless_question_are_refused_in_one_line(home: Path, folder: Path) -> None:
    for question in ("   ", "x" * 100_000):
        done = rag(home, "ask", question, "-s", str(folder))
        assert done.returncode == 1
        assert done.stdout == ""
        assert len(one_line(done.stderr)) < 300


def test_chat_answers_every_line_and_goes_on_after_one_that_it_cannot(home: Path, folder: Path) -> None:
    typed = f"Who opened the bridge?\n\n{'x' * 5000}\nHow many lanes does the Oxley bridge have?\n"
    done = rag(home, "chat", "-s", str(folder), "--json", typed=typed)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 2
    assert "characters" in one_line(done.stderr)


def test_ctrl_c_ends_with_130_and_one_line(home: Path, folder: Path) -> None:
    running = subprocess.Popen(
        [*RAG, "chat", "-s", str(folder)], env=environment(home), cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job inherits that it is ignored
    )  # fmt: skip
    time.sleep(4)
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    assert (running.returncode, stdout, stderr) == (130, "", "rag: Stopped.\n")


INTERRUPTED = {
    "only printed": "Finalised(); time.sleep(30)",
    "made another error": "type('Owner', (), {'edge': Named()})",
}


@pytest.mark.parametrize("how", INTERRUPTED)
def test_ctrl_c_counts_also_where_python_makes_something_else_of_it(home: Path, how: str) -> None:
    code = (
        "import signal, sys, time, typer\n"
        "from ui.console import hear_ctrl_c, reported\n"
        "class Finalised:\n"
        "    def __del__(self): signal.raise_signal(signal.SIGINT)\n"
        "class Named:\n"
        "    def __set_name__(self, owner, name): signal.raise_signal(signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "hear_ctrl_c()\n"
        "try:\n"
        "    with reported():\n"
        f"        {INTERRUPTED[how]}\n"
        "except typer.Exit as end:\n"
        "    sys.exit(end.exit_code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(home), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 130
    assert one_line(done.stderr) == "rag: Stopped."


def test_a_reader_that_goes_away_is_no_error(home: Path, folder: Path) -> None:
    command = f"{sys.executable} -c 'from ui.cli import main; main()' search bridge -s '{folder}' | true"
    done = subprocess.run(
        ["bash", "-c", command], env=environment(home), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


def test_doctor_says_what_is_there_and_models_lists_them(home: Path, folder: Path) -> None:
    done = rag(home, "doctor", "-s", str(folder), "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert {"Python", "torch", "llama-cpp-python", "embedder", "model", "extractor", "cache folder", "index"} <= set(
        checks
    )
    assert all(check["ok"] for check in checks.values()), checks
    assert done.returncode == 0
    broken = rag(home, "doctor", "-s", str(folder), "--model", "no-such.gguf")
    assert broken.returncode == 1
    assert "not ok  model:" in broken.stdout
    listed = rag(home, "models")
    assert "default" in listed.stdout
