"""The benchmarks' scoring against known values, their data formats, and resuming."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from eval_scripted import Scripted, Shelf, answer, position

from eval.benchmarks.harness import BenchmarkResult, Figure, benchmark
from eval.benchmarks.ramdocs import Ramdocs
from eval.benchmarks.task import Item
from eval.benchmarks.xquad import Squad, exact_match, f1
from index.errors import SourceError
from rag.types import Answer, Evidence

DAM: dict[str, Any] = {
    "question": "Who built the dam?",
    "documents": [{"text": f"text {i}", "type": "correct" if i < 3 else "noise"} for i in range(6)],
    "gold_answers": ["Ada Holm", "Bo Lind"],
    "wrong_answers": ["Carl Ek"],
}
SQUAD: dict[str, Any] = {
    "version": "1.1",
    "data": [
        {
            "title": "The_Dam",
            "paragraphs": [
                {
                    "context": "It was built in 1931. It leaked in 1931, and in 1940.",
                    "qas": [
                        {"id": "a", "question": "Built when?", "answers": [{"text": "1931", "answer_start": 16}]},
                        {"id": "b", "question": "Leaked when?", "answers": [{"text": "1931", "answer_start": 35}]},
                    ],
                }
            ],
        }
    ],
}


class Scripts:
    """Opens a scripted assistant over the very documents of a task."""

    model = "scripted"
    settings_hash = "abc"

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers
        self.opened: list[Mapping[str, str]] = []
        self.asked: list[str] = []

    @contextmanager
    def __call__(self, documents: Mapping[str, str]) -> Iterator[Scripted]:
        self.opened.append(documents)
        assistant = Scripted(self.answers, Shelf(documents))
        yield assistant
        self.asked += assistant.asked


def written(at: Path, *lines: Any) -> Path:
    at.write_text("\n".join(json.dumps(line) for line in lines))
    return at


def says(*values: str, stance: Any = "accepted") -> Answer:
    return answer("; ".join(values), positions=tuple(position(value, "river.txt", stance) for value in values))


@pytest.mark.parametrize(
    ("given_answer", "strict", "by_value", "gold", "wrong"),
    [
        (says("Ada Holm", "bo lind"), 1, 1, 1, 0),
        (says("Ada Holm"), 0, 0, 0.5, 0),
        (says("Ada Holm", "Bo Lind", "Carl Ek"), 0, 0, 1, 1),
        (says("Ms. Ada Holm", "Bo Lind"), 0, 1, 1, 0),
        (says("Ada Holm", "Bo Lind", stance="disputed"), 0, 0, 0, 0),
        (answer("", status="not_in_sources"), 0, 0, 0, 0),
    ],
)
def test_ramdocs_scores(given_answer: Answer, strict: float, by_value: float, gold: float, wrong: float) -> None:
    item = Item("1", "?", {"gold": DAM["gold_answers"], "wrong": DAM["wrong_answers"]})
    scores = Ramdocs().score(item, given_answer, Shelf()).scores
    assert scores["exact match"] == strict
    assert scores["exact match by value"] == by_value
    assert scores["gold answers given"] == gold
    assert scores["wrong answers given"] == wrong


def test_ramdocs_documents_tell_nothing_by_name_or_order(tmp_path: Path) -> None:
    (task,) = Ramdocs().tasks(written(tmp_path / "r.jsonl", DAM))
    assert list(task.documents) == [f"document-{i}.txt" for i in range(1, 7)]
    assert sorted(task.documents.values()) == [f"text {i}" for i in range(6)]
    assert list(task.documents.values()) != [f"text {i}" for i in range(6)]
    assert task == Ramdocs().tasks(tmp_path / "r.jsonl")[0]


def test_squad_scores_as_published() -> None:
    assert exact_match("The Cat!", "cat") == 1
    assert exact_match("cats", "cat") == 0
    assert f1("the black cat sat", "a black cat") == pytest.approx(0.8)
    assert f1("dog", "cat") == 0
    assert f1("", "cat") == 0


def test_squad_is_asked_over_the_collection_and_with_the_paragraph(tmp_path: Path) -> None:
    whole, given_task = Squad().tasks(written(tmp_path / "s.json", SQUAD))
    assert whole.documents == {"001-The_Dam.txt": "The Dam\n\n" + SQUAD["data"][0]["paragraphs"][0]["context"]}
    assert list(given_task.documents.values()) == [SQUAD["data"][0]["paragraphs"][0]["context"]]
    assert [item.id for item in whole.items] == ["collection-a", "collection-b"]
    assert [item.id for item in given_task.items] == ["given-a", "given-b"]


def evidence(words: str, score: float, title: int) -> Evidence:
    start = SQUAD["data"][0]["paragraphs"][0]["context"].index(words) + title
    return Evidence(1, "001-The_Dam.txt", start, start + len(words), words, score)


def test_a_sentence_counts_only_at_the_answers_own_place(tmp_path: Path) -> None:
    title = len("The Dam\n\n")
    shown = (evidence("It leaked in 1931, and in 1940.", 1.0, title), evidence("It was built in 1931.", 2.0, title))
    said = answer("1931", positions=says("1931").positions, evidence=shown)
    result = benchmark(
        "squad", written(tmp_path / "s.json", SQUAD), Scripts({"Built when?": said, "Leaked when?": said}), limit=2
    )
    assert [record["id"] for record in result.records] == ["collection-a", "given-a"]
    result = benchmark("squad", tmp_path / "s.json", Scripts({"Built when?": said, "Leaked when?": said}))
    assert result.figures["collection: exact match"].value == 1
    assert [record["scores"]["collection: sentence recall@1"] for record in result.records[:2]] == [1, 0]
    assert result.figures["collection: sentence recall@5"].value == 1
    assert len(result.records) == 4


def test_a_benchmark_is_resumed_and_its_finished_tasks_are_not_opened(tmp_path: Path) -> None:
    lines = [DAM | {"question": f"Who built dam {i}?"} for i in range(4)]
    data, checkpoint = written(tmp_path / "r.jsonl", *lines), tmp_path / "run.jsonl"
    right = says("Ada Holm", "Bo Lind")
    answers = {line["question"]: right for line in lines}
    with pytest.raises(KeyError):
        benchmark("ramdocs", data, Scripts({q: a for q, a in answers.items() if "3" not in q}), checkpoint=checkpoint)
    library = Scripts(answers | {lines[0]["question"]: says("Carl Ek")})
    told: list[int] = []
    result = benchmark("ramdocs", data, library, checkpoint=checkpoint, progress=lambda p: told.append(p.done))
    assert library.asked == ["Who built dam 3?"]
    assert len(library.opened) == 1
    assert result.figures["exact match"] == Figure.of([1.0] * 4)
    assert told == [0, 1, 2, 3, 4]
    assert not checkpoint.exists()


def test_a_result_is_json_and_a_table(tmp_path: Path) -> None:
    lines = [DAM | {"question": "one"}, DAM | {"question": "two"}]
    library = Scripts({"one": says("Ada Holm", "Bo Lind"), "two": says("Carl Ek")})
    result = benchmark("ramdocs", written(tmp_path / "r.jsonl", *lines), library)
    assert json.loads(result.to_json())["figures"]["exact match"]["value"] == 0.5
    assert result.table.rows[0][:2] == ("exact match", "0.500")
    assert all(len(row) == len(result.table.columns) for row in result.table.rows)
    assert isinstance(result, BenchmarkResult)


def test_figures_have_intervals_for_shares_and_for_means() -> None:
    share, mean = Figure.of([1.0, 0.0, 0.0, 1.0]), Figure.of([0.5, 0.7, 0.6, 0.6])
    assert share.low < share.value == 0.5 < share.high
    assert mean.value == pytest.approx(0.6)
    assert mean.high - mean.low < share.high - share.low
    assert Figure.of([0.5]).low == 0.5


@pytest.mark.parametrize("name", ["ramdocs", "xquad"])
def test_other_data_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    for content in ("not json", '{"a": 1}', "[1]"):
        (tmp_path / "data").write_text(content)
        with pytest.raises(SourceError) as caught:
            benchmark(name, tmp_path / "data", Scripts({}))
        assert "\n" not in str(caught.value)
    with pytest.raises(SourceError):
        benchmark(name, tmp_path / "nowhere", Scripts({}))


def test_an_unknown_benchmark_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"Known: ramdocs, xquad"):
        benchmark("ramdoc", tmp_path, Scripts({}))
