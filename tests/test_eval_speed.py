"""What measures speed: every part at a tiny size, and what its figures rest on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from index_embedders import HashEmbedder

from eval.speed import fresh, others, search, syncing, synthetic
from eval.speed.__main__ import main, measured
from eval.speed.counted import Counted, hashed
from eval.speed.figures import Figure, Part, append, markdown, shortened, show, without_goals
from eval.speed.opening import given
from eval.speed.peers import MODULES, installed
from eval.speed.synthetic import Plan
from eval.speed.texts import questions, recombined, sentences
from index import StorageError
from index.local import LocalStore


def silent(_: object) -> None:
    """Says nothing."""


@pytest.mark.parametrize(
    ("value", "goal", "met"),
    [(15.0, "<= 15", True), (15.1, "<= 15", False), (0.98, ">= 0.98", True), (0.9, ">= 0.98", False), (1.0, "", None),
     (None, "<= 1", None)],
)  # fmt: skip
def test_goals_are_limits(value: float | None, goal: str, met: bool | None) -> None:
    assert Figure("figure", value, goal=goal).met is met
    assert without_goals([Figure("figure", value, goal=goal)])[0].met is None


@pytest.mark.parametrize(("value", "expected"), [(0.12345, "0.123"), (12.345, "12.3"), (4321.5, "4,322"), (7.0, "7")])
def test_values_are_shown_short(value: float, expected: str) -> None:
    assert shortened(value) == expected


def test_figures_are_shown_and_appended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part = Part("search", (Figure("p50", 20.0, "ms", "<= 15"), Figure("memory", None)), ("What was searched.",))
    show(part)
    shown = capsys.readouterr().out
    assert "missed" in shown
    assert "not measured" in shown
    assert "What was searched." in shown
    assert "| p50 | 20 ms | <= 15 | missed |" in markdown(part)
    assert "| memory | not measured |  |  |" in markdown(part)
    file = tmp_path / "figures.json"
    append(file, part, "small")
    append(file, part, "full")
    first, second = json.loads(file.read_text())
    assert (first["size"], second["size"], first["part"]) == ("small", "full", "search")
    assert first["figures"][0] == {
        "name": "p50",
        "value": 20.0,
        "unit": "ms",
        "goal": "<= 15",
        "note": "",
        "met": False,
    }
    assert first["environment"]["python"]
    file.write_text("{}")
    with pytest.raises(StorageError, match="holds no list"):
        append(file, part, "full")
    assert file.read_text() == "{}"


def test_texts_are_the_corpora_recombined() -> None:
    known = set(sentences())
    made = recombined(500, 3)
    assert made == recombined(500, 3)
    assert len(set(made)) == 500
    assert not set(made) & set(recombined(500, 4))
    assert all(any(text.startswith(sentence) for sentence in known) for text in made[:20])
    assert len(questions()) > 50


def test_an_index_that_was_not_finished_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "BATCH", 50)
    embedder = HashEmbedder()
    whole, broken = Plan(tmp_path / "whole", 120, 5), Plan(tmp_path / "broken", 120, 5)
    for plan in (whole, broken):
        assert "GB of disk" in synthetic.needed(plan)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthetic.make(broken, embedder, stop)
    counts: list[int] = []
    spent = synthetic.make(broken, embedder, counts.append)
    assert counts == [100, 120]
    assert synthetic.make(whole, embedder, silent) > 0 < spent
    stores = [LocalStore(plan.index) for plan in (whole, broken)]
    one, other = ((store.passages(), store.passage_vectors(embedder.name, 8)[1]) for store in stores)
    assert one[0] == other[0]
    assert np.array_equal(one[1], other[1])
    assert np.allclose(np.linalg.norm(one[1], axis=1), 1, atol=1e-5)
    for store in stores:
        store.close()
    assert synthetic.make(Plan(broken.folder, 60, 5), embedder, silent) > 0
    store = LocalStore(broken.index)
    assert store.count()[1] == 60
    store.close()


def test_too_little_disk_is_said_before(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="are needed"):
        synthetic.needed(Plan(tmp_path, 10**12, 5))


def test_the_exact_neighbours_are_those_of_all_vectors(tmp_path: Path) -> None:
    plan = Plan(tmp_path, 200, 7, asked=30)
    embedder = HashEmbedder()
    synthetic.make(plan, embedder, silent)
    known = given(plan.folder)
    store = LocalStore(plan.index)
    asked = np.stack(list(known.vectors.values()))
    numbers, vectors = store.passage_vectors(embedder.name, 8)
    best = search._nearest(store, known, asked)
    store.close()
    for vector, found in zip(asked, best, strict=True):
        scores = vectors @ vector
        assert [score for _, score in found] == pytest.approx(sorted(scores, reverse=True)[: search.DEPTH], abs=1e-5)
        assert found[0][0] == numbers[int(np.argmax(scores))]
    assert search._recall(plan, known) == (1.0, 1.0)


def test_a_fresh_process_finds_and_tells_what_it_takes(tmp_path: Path) -> None:
    plan = Plan(tmp_path, 100, 5)
    synthetic.make(plan, HashEmbedder(), silent)
    first = fresh.measured("first", tmp_path)
    assert 0 < first["open"] < first["whole"]
    memory = fresh.measured("memory", tmp_path)
    assert memory["resident"] is None or memory["resident"] >= memory["own"] > 0


def test_a_sync_embeds_only_what_changed() -> None:
    part = syncing.run(HashEmbedder(), 30, 2, True, silent)
    values = {figure.name: figure for figure in part.figures}
    assert values["passages embedded by it"].value == 0
    assert values["sync of unchanged files"].met
    assert values["that sync as a whole"].value


def test_embedders_that_stand_in() -> None:
    counted = Counted(HashEmbedder(), pretending=True)
    pretended = counted.encode_documents(["one", "two"])
    assert counted.seen == ["one", "two"]
    assert np.array_equal(pretended, hashed(["one", "two"], 8))
    counted.pretending = False
    assert not np.array_equal(pretended, counted.encode_documents(["one", "two"]))


def test_the_usual_parts_at_a_tiny_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "figures.json"
    main(["embedding", "search"], json=file, work=tmp_path / "work", small=True)
    shown = capsys.readouterr().out
    embedding, searched = json.loads(file.read_text())
    assert "hybrid search, p99" in shown
    values = {figure["name"]: figure["value"] for figure in [*embedding["figures"], *searched["figures"]]}
    assert values["through the index, against by itself"] > 0
    assert values["least cosine to float32 by itself"] > 0.999
    assert values["recall@10, hybrid against exact"] == 1.0
    assert (tmp_path / "work" / "search" / "index").is_dir()


def test_others_that_are_not_installed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "installed", lambda name: name == others.OURS)
    part = measured("others", small=True)
    values = {figure.name: figure.value for figure in part.figures}
    assert values["time to index: corroborate"]
    assert values["on disk: corroborate"]
    assert sum(note.startswith("Not installed: ") and others.INSTALL in note for note in part.notes) == 3
    assert installed(others.OURS)
    assert len(MODULES) == 4


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match="no part 'speed'"):
        main(["speed"])
