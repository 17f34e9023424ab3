"""Running cases: order, follow-ups, progress, resuming after a kill, the gate, what the JSON shows."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from eval_scripted import CASES, COST, LENGTH, OPENED, OWNER, RIGHT, Scripted, Shelf, answer, citation

from eval.cases import Corpus, Proof
from eval.checkpoint import Checkpoint, unshared
from eval.environment import adapter_hash, code_hash
from eval.run import Progress, combine, gate, run
from index.errors import StorageError
from rag.types import Answer

CORPUS = Corpus("made", Path(), CASES)


def test_every_case_is_asked_and_scored() -> None:
    assistant = Scripted()
    result = run(CORPUS, assistant)
    assert result.accuracy == 1
    assert [r.id for r in result.records] == [case.id for case in CASES]
    assert (result.model, result.settings_hash, result.adapter) == ("scripted", "abc", "")
    assert result.environment["python"]
    assert result.unlocated == ()


def test_a_follow_up_is_asked_in_a_chat_of_its_own_after_its_history() -> None:
    assistant = Scripted()
    run(replace(CORPUS, cases=(LENGTH, COST)), assistant)
    assert assistant.asked == [*LENGTH.history, LENGTH.question, COST.question]
    assert assistant.chats == 1


def test_progress_is_told_before_the_first_case_and_after_each() -> None:
    told: list[Progress] = []
    wrong = RIGHT | {OPENED.question: answer("1940")}
    run(CORPUS, Scripted(wrong), progress=told.append)
    assert [(p.done, p.total, p.right) for p in told] == [
        (0, 5, 0),
        (1, 5, 1),
        (2, 5, 1),
        (3, 5, 2),
        (4, 5, 3),
        (5, 5, 4),
    ]
    assert told[0].last is None
    assert told[2].last is not None
    assert told[2].last.why == "lacks '1931'"


def test_proofs_that_are_not_in_the_cleaned_text_are_reported() -> None:
    lost = replace(OPENED, proof=(Proof("river.txt", "opened in 1831"),))
    result = run(replace(CORPUS, cases=(lost,)), Scripted())
    assert result.unlocated == ("made/opened: 'opened in 1831' is not in river.txt",)


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {root!r}]
from eval_scripted import CASES, Scripted
from eval.cases import Corpus
from eval.run import run

class Dying(Scripted):
    def ask(self, question):
        if len(self.asked) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().ask(question)

run(Corpus("made", Path(), CASES), Dying(), checkpoint=Path({checkpoint!r}))
"""


def test_a_run_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    checkpoint, tests = tmp_path / "deep" / "run.jsonl", Path(__file__).parent
    script = KILLED.format(tests=str(tests), root=str(tests.parent), checkpoint=str(checkpoint))
    killed = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    with checkpoint.open("a") as file:
        file.write('{"key": "half a li')
    code_hash.cache_clear()
    assistant = Scripted()
    result = run(CORPUS, assistant, checkpoint=checkpoint)
    assert assistant.asked == [CASES[2].question, *LENGTH.history, LENGTH.question, OWNER.question]
    unbroken = run(CORPUS, Scripted())
    assert [replace(r, seconds=0) for r in result.records] == [replace(r, seconds=0) for r in unbroken.records]
    assert not checkpoint.exists()


class Stopping(Scripted):
    """Is interrupted, as by Ctrl-C, at the third question."""

    def ask(self, question: str) -> Answer:
        if len(self.asked) == 2:
            raise KeyboardInterrupt
        return super().ask(question)


def stopped(checkpoint: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(CORPUS, Stopping(), checkpoint=checkpoint)


def test_records_of_another_model_are_not_taken_over(tmp_path: Path) -> None:
    stopped(tmp_path / "run.jsonl")
    other = Scripted()
    other.model = "other"
    run(CORPUS, other, checkpoint=tmp_path / "run.jsonl")
    assert COST.question in other.asked


def test_an_edited_case_is_asked_again(tmp_path: Path) -> None:
    stopped(tmp_path / "run.jsonl")
    assistant = Scripted()
    edited = (COST, replace(OPENED, rejected=("1914",)), *CASES[2:])
    run(replace(CORPUS, cases=edited), assistant, checkpoint=tmp_path / "run.jsonl")
    assert assistant.asked[0] == OPENED.question
    assert COST.question not in assistant.asked


def test_a_checkpoint_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written") as caught:
        run(CORPUS, Scripted(), checkpoint=tmp_path / "file" / "run.jsonl")
    assert "\n" not in str(caught.value)


def test_a_checkpoint_keeps_what_was_added(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    Checkpoint(path, {"model": "a"}).add("one", {"text": "line\nbreak ’"})
    assert Checkpoint(path, {"model": "a"}).records == {"one": {"text": "line\nbreak ’"}}
    assert Checkpoint(path, {"model": "b"}).records == {}


def test_a_checkpoint_is_one_process_s_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "eval" / "run.jsonl"
    with (
        unshared(path) as kept,
        pytest.raises(StorageError, match=r"Another process is measuring .* Wait until it is done\."),
        unshared(path),
    ):
        pass
    assert kept == path
    with unshared(path):
        Checkpoint(path, {})


def test_the_adapter_is_told_by_its_content() -> None:
    named = adapter_hash("some-model + grounding-lora-r16-f16")
    assert len(named) == 16
    assert adapter_hash("some-model") == ""


def test_the_gate_says_why() -> None:
    assert gate(run(CORPUS, Scripted()), 1.0) == []
    wrong = run(CORPUS, Scripted(RIGHT | {OPENED.question: answer("1940")}))
    assert gate(wrong, 0.8) == []
    assert gate(wrong, 0.81) == ["Accuracy is 0.800, less than 0.810."]
    moved = replace(citation(1, "river.txt", "The dam opened"), start=1)
    inexact = run(CORPUS, Scripted(RIGHT | {OPENED.question: replace(RIGHT[OPENED.question], citations=(moved,))}))
    assert any("offsets" in reason for reason in gate(inexact, 0.0))


def test_the_json_counts_the_test_split_and_does_not_show_it() -> None:
    result = run(CORPUS, Scripted())
    shown = json.loads(result.to_json())
    assert {case["split"] for case in shown["cases"]} == {"dev"}
    assert shown["summary"]["test"]["accuracy"]["count"] == 2
    assert shown["summary"]["all"]["accuracy"]["value"] == 1
    assert shown["by_corpus"]["made"]["accuracy"]["count"] == 5
    whole = json.loads(result.to_json(show_test=True))
    assert {case["id"] for case in whole["cases"]} == {case.id for case in CASES}


def test_corpora_are_combined() -> None:
    one = run(CORPUS, Scripted())
    wrong = run(Corpus("other", Path(), (OPENED,)), Scripted({OPENED.question: answer("1940")}, Shelf()))
    both = combine([one, wrong])
    assert both.corpora == ("made", "other")
    assert both.accuracy == pytest.approx(5 / 6)
    assert both.summary(corpus="other").accuracy.value == 0
    assert both.summary(split="test").accuracy.count == 2
