"""The extractor's training: its items are what the data says, what it writes is what is loaded, it learns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("peft", reason="the extra `train` is not installed")

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from index import packaged_embedder
from rag.adapter import examples, mean
from rag.adapter.examples import Group, Query
from rag.adapter.train_extractor import Item, go_on, items, load, training
from rag.adapter.training import Recipe, Training
from rag.extractor import PackagedExtractor, tokenizer
from rag.settings import Settings

SENTENCES = ("Orla Strand paid $4 million for the mill.", "Kestrel Bank lent Orla $9 million in March.")
GROUP = Group(
    "test",
    SENTENCES,
    (
        Query("How much did the mill cost?", ("[1] $4 million",), ("[2] $9 million", "none")),
        Query("Who was lent money?", ("[2] Orla",), ("[1] Orla", "none")),
        Query("Who built the mill?", ("none",), ("[1] Orla Strand", "[2] Kestrel Bank")),
    ),
)


@pytest.fixture(scope="module")
def folder() -> Path:
    return packaged_embedder(Settings().cache_dir)


@pytest.fixture
def grouped(tmp_path: Path) -> Path:
    path = tmp_path / "groups.jsonl"
    examples.write([GROUP], path)
    return path


def test_spots_are_the_tokens_of_the_replies(folder: Path, grouped: Path) -> None:
    words = tokenizer(folder)
    cost, lent, built = items(grouped, words)
    assert _read(cost, words, cost.right) == ["$ 4 million"]
    assert _read(cost, words, cost.wrong) == ["$ 9 million", "[CLS]"]
    assert _read(lent, words, [*lent.right, *lent.wrong]) == ["or ##la", "or ##la", "[CLS]"]
    assert lent.right[0] > lent.wrong[0]
    assert built.right == [(0, 0)]


def test_what_does_not_fit_into_one_window_is_left_out(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    examples.write([Group("test", (*SENTENCES, "and so on " * 300, "and on " * 300), GROUP.queries)], path)
    assert items(path, tokenizer(folder)) == []


def test_a_run_learns_is_resumed_and_what_it_writes_points(folder: Path, grouped: Path, tmp_path: Path) -> None:
    asked = items(grouped, tokenizer(folder))
    out = tmp_path / "run"
    out.mkdir()

    def run(epochs: float) -> Training[Item]:
        torch.manual_seed(3)
        recipe = Recipe(8, 8, ("query", "key", "value", "dense"), rate=5e-3, warmup=2, nodes=4096, epochs=epochs)
        course = training(load(folder, recipe), recipe, out, minutes=5)
        course.run(asked, asked, every=100)
        return course

    assert 0 < run(4).step < run(25).step
    log = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    checks = [row for row in log if row["kind"] == "validation"]
    assert checks[-1]["loss"] < checks[0]["loss"]
    assert checks[-1]["right"] == 1.0
    pointed = PackagedExtractor(Settings().cache_dir, out / "extractor.safetensors").point(
        "How much did the mill cost?", SENTENCES
    )
    assert SENTENCES[0][slice(*pointed[0].best())] == "$4 million"
    assert pointed[0].odds(*pointed[0].best()) > max(0.0, pointed[1].odds(*pointed[1].best()))


def test_what_is_written_weighs_as_what_was_trained(folder: Path, grouped: Path, tmp_path: Path) -> None:
    asked = items(grouped, tokenizer(folder))
    recipe = Recipe(8, 16, ("query", "key", "value", "dense"), rate=2e-3, warmup=1, epochs=3)
    model = load(folder, recipe)
    training(model, recipe, tmp_path, minutes=5).run(asked, asked, every=100)
    loaded = PackagedExtractor(Settings().cache_dir, tmp_path / "extractor.safetensors").point(
        GROUP.queries[0].question, SENTENCES
    )
    tokens = torch.tensor([asked[0].tokens])
    types = (torch.arange(tokens.shape[1]) >= asked[0].context).long()[None]
    with torch.no_grad():
        trained = model.eval()(tokens, types, torch.ones_like(tokens))[0].numpy()
    begins = np.concatenate([item.begins for item in loaded])
    own = trained[asked[0].context : asked[0].context + len(begins), 0] - trained[0, 0]
    np.testing.assert_allclose(begins, own, atol=0.05)


def test_a_run_goes_on_from_what_another_wrote(folder: Path, grouped: Path, tmp_path: Path) -> None:
    asked = items(grouped, tokenizer(folder))
    recipe = Recipe(8, 16, ("query", "key", "value", "dense"), rate=2e-3, warmup=1, epochs=3)
    before, after = load(folder, recipe), load(folder, recipe)
    training(before, recipe, tmp_path, minutes=5).run(asked, asked, every=100)
    go_on(after, recipe, tmp_path / "extractor.safetensors")
    one, other = (dict(model.named_parameters()) for model in (before, after))
    for name, weight in one.items():
        torch.testing.assert_close(other[name], weight, atol=1e-3, rtol=1e-2)
    with pytest.raises(ValueError, match="does not fit"):
        go_on(load(folder, Recipe(4, 8, recipe.modules)), recipe, tmp_path / "extractor.safetensors")


def _read(item: Item, words: object, spots: list[tuple[int, int]]) -> list[str]:
    return [
        " ".join(words.id_to_token(token) for token in item.tokens[first : last + 1])  # type: ignore[attr-defined]
        for first, last in spots
    ]


def test_the_mean_of_runs_is_that_of_each_weight(tmp_path: Path) -> None:
    save_file({"a": torch.tensor([1.0, 2.0]), "b": torch.zeros(2, 2)}, tmp_path / "one.safetensors")
    save_file({"a": torch.tensor([3.0, 6.0]), "b": torch.ones(2, 2)}, tmp_path / "two.safetensors")
    mean.main([tmp_path / "one.safetensors", tmp_path / "two.safetensors"], tmp_path / "mean.safetensors")
    found = load_file(tmp_path / "mean.safetensors")
    assert found["a"].tolist() == [2.0, 4.0]
    assert found["b"].dtype == torch.float16
    with pytest.raises(ValueError, match="same weights"):
        mean.mean([{"a": torch.zeros(2)}, {"a": torch.zeros(3)}])
