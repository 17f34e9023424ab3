"""The adapter's training: the data is what it says, the tree weighs as the reader does, a run learns and resumes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("gguf", reason="the extra `train` is not installed")
pytest.importorskip("peft", reason="the extra `train` is not installed")

import torch
from adapter_tiny import tiny

from rag import models, prompt, values
from rag.adapter import data, examples, export, fiction
from rag.adapter.examples import Group, Query
from rag.adapter.train import grown, load, losses, training
from rag.adapter.training import Recipe, Training
from rag.adapter.tree import Tree
from rag.decoder import Decoder
from rag.measure import Span

# What peft calls in transformers is on its way out; neither is ours.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")

GROUP = Group(
    "test",
    ("Orla Strand paid $4 million for the mill.", "Kestrel Bank lent her $9 million in March."),
    (
        Query("How much did the mill cost?", ("[1] $4 million",), ("[2] $9 million", "none")),
        Query("When did Kestrel Bank lend?", ("[2] March",), ("none",)),
        Query("Who built the mill?", ("none",), ("[1] Orla Strand", "[2] Kestrel Bank")),
    ),
)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    return tiny(models._packaged(), folder / "tiny.gguf")


@pytest.fixture(scope="session")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "groups.jsonl"
    examples.write([GROUP] * 6, path)
    return path


def test_groups_are_read_as_they_were_written(grouped: Path) -> None:
    assert list(examples.read(grouped)) == [GROUP] * 6


@pytest.mark.parametrize("seed", range(4))
def test_invented_answers_stand_in_their_sentences(seed: int) -> None:
    for group in fiction.invented(40, Random(seed), ["The rain had stopped by noon."]):
        for query in group.queries:
            assert query.right
            assert not set(query.right) & set(query.wrong)
            for reply in (*query.right, *query.wrong):
                if reply != prompt.NONE:
                    label, _, words = reply.partition("] ")
                    assert words in " ".join(group.sentences[int(label[1:]) - 1].split())


def test_every_frame_is_whole() -> None:
    for frame in fiction.frames():
        told = [slot for statement in frame.statements for slot in statement.slots]
        assert set(told) <= set(frame.slots), frame.name
        for slot, wordings in frame.questions.items():
            assert told.count(slot) >= 2, (frame.name, slot)
            assert not [wording for wording in wordings if f"{{{slot}}}" in wording], (frame.name, slot)


def test_invented_questions_include_those_that_nothing_answers() -> None:
    queries = [query for group in fiction.invented(60, Random(1)) for query in group.queries]
    silent = sum(query.right == (prompt.NONE,) for query in queries)
    assert 0.1 < silent / len(queries) < 0.4


def test_rivals_are_of_the_kind_and_mean_something_else() -> None:
    sentences = ("It cost $4 million, or 4 million dollars, of which $1 million was lent.",)
    start = sentences[0].index("$4")
    query = examples.query(
        "How much did it cost?", sentences, [Span(0, start, start + 10)], frozenset({"money"}), Random(0)
    )
    assert query.right == ("[1] $4 million",)
    assert set(query.wrong) == {"[1] $1 million", "none"}


def test_public_rows_share_their_sentences_and_meet_strangers() -> None:
    other = "Anna Weller sold the boat in Cork."
    rows = [
        {"source": "qamr", "question": f"{wh} the boat?", "sentences": [gold], "gold": 0, "answer": answer}
        for gold in ("Tom Farrow built the boat in Leeds.", other)
        for wh, answer in (("Who had", gold.split()[0]), ("Where was", gold.split()[-1].rstrip(".")))
    ]
    groups = list(data.public(rows, Random(0)))
    assert len(groups) == 2
    assert all(sum(query.right != (prompt.NONE,) for query in group.queries) == 2 for group in groups)


def test_a_sentence_that_is_asked_about_is_held_back_whatever_the_seed(tmp_path: Path) -> None:
    golds = [f"Number {i} of fleet {chr(65 + i % 26)} sank off Cork in {1900 + i}." for i in range(80)]
    rows = [
        {
            "source": "qamr",
            "question": f"When did number {i} sink?",
            "sentences": window,
            "gold": gold,
            "answer": f"{1900 + i}",
        }
        for i, sentence in enumerate(golds)
        for window, gold in (([sentence, golds[i - 1]], 0), ([golds[i - 1], sentence], 1))
    ]
    public_rows = tmp_path / "rows.jsonl"
    public_rows.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    asked: dict[str, set[str]] = {"train": set(), "validation": set()}
    for seed in (1, 2):
        data.make(public_rows, tmp_path, invented=0, seed=seed)
        for name, sentences in asked.items():
            sentences |= set(_proofs(examples.read(tmp_path / f"{name}.jsonl")))
    assert asked["validation"]
    assert len(asked["train"]) > 40
    assert not asked["train"] & asked["validation"]


def _proofs(groups: Iterable[Group]) -> Iterator[str]:
    """The sentences with the right replies, of public data."""
    for group in groups:
        for reply in (reply for query in group.queries for reply in query.right):
            if reply != prompt.NONE and not group.source.startswith("fiction"):
                yield group.sentences[int(reply[1 : reply.index("]")]) - 1]


def test_nothing_of_the_sources_is_in_the_frames() -> None:
    seeds = Path(__file__).parents[1] / "seeds"
    runs = {run for path in seeds.glob("*.txt") for run in data.runs(path.read_text(encoding="utf-8"))}
    for frame in fiction.frames():
        for statement in frame.statements:
            assert not runs & data.runs(statement.text), statement.text


def test_training_data_leaves_out_what_overlaps_with_the_texts_named(tmp_path: Path) -> None:
    known = "On Monday the council of Ashby voted by nine to four to close the old swimming bath in Mill Lane."
    kept = "The library in Station Road will stay open for three more years with a smaller staff than before."
    assert data.clean([_single(known), _single(kept)], [f"Preface. {known} More."]) == [_single(kept)]


def test_the_loss_weighs_a_reply_as_the_reader_does(base: Path, grouped: Path) -> None:
    model = load(base, Recipe(rank=4, modules=tuple(export.MODULES)), None)
    (tree, *_) = grown(examples.read(grouped), base)
    with torch.no_grad():
        total, tally = losses(model.base_model.model, [tree], 0.0)
    assert tally.queries == 3
    assert float(total) == pytest.approx(_expected(base, None), rel=0.02)


@pytest.mark.parametrize("module", export.MODULES)
def test_an_adapter_does_the_same_in_llama_cpp(base: Path, grouped: Path, tmp_path: Path, module: str) -> None:
    recipe = Recipe(rank=4, alpha=4, modules=(module,))
    model = load(base, recipe, None)
    weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in weights.values():
            weight.normal_(std=0.3)
    export.write(weights, recipe.alpha, model.config.model_type, tmp_path / "adapter.gguf")
    again, _ = export.read(tmp_path / "adapter.gguf")
    for name, weight in again.items():
        torch.testing.assert_close(weight, weights[name].detach(), atol=2e-3, rtol=2e-3)
    (tree, *_) = grown(examples.read(grouped), base)
    with torch.no_grad():
        total, _ = losses(model.base_model.model, [tree], 0.0)
    adapted = _expected(base, tmp_path / "adapter.gguf")
    assert float(total) == pytest.approx(adapted, rel=0.02)
    assert abs(adapted - _expected(base, None)) > 0.1


@pytest.mark.parametrize("bfloat16", [False, True])
def test_a_run_learns_is_resumed_and_its_adapter_is_loaded_by_llama_cpp(
    base: Path, grouped: Path, tmp_path: Path, bfloat16: bool
) -> None:
    planted = grown(examples.read(grouped), base)

    def run(epochs: float) -> Training[Tree]:
        torch.manual_seed(3)
        recipe = Recipe(4, 8, tuple(export.MODULES), rate=0.02, warmup=1, nodes=600, epochs=epochs)
        recipe = replace(recipe, bfloat16=bfloat16)
        course = training(load(base, recipe, None), recipe, tmp_path, minutes=5)
        course.run(planted, planted[:1], every=100)
        return course

    first = run(2)
    last = run(12)
    assert last.step > first.step > 0
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    checks = [row for row in log if row["kind"] == "validation"]
    assert checks[-1]["loss"] < checks[0]["loss"]
    assert checks[-1]["right"] == 1.0
    plain, adapted = (_scores(base, adapter) for adapter in (None, tmp_path / "adapter.gguf"))
    assert adapted != plain
    assert max(range(3), key=adapted.__getitem__) == 0
    weights, alpha = export.read(tmp_path / "adapter.gguf")
    assert alpha == 8
    for name, weight in weights.items():
        torch.testing.assert_close(weight, last.weights[name].detach(), atol=2e-3, rtol=2e-3)


def test_a_run_ends_at_its_time(base: Path, grouped: Path, tmp_path: Path) -> None:
    recipe = Recipe(4, 8, tuple(export.MODULES), nodes=600, epochs=10_000)
    course = training(load(base, recipe, None), recipe, tmp_path, minutes=0.02)
    planted = grown(examples.read(grouped), base)
    course.run(planted, planted[:1], every=1_000_000)
    assert 0 < course.step < 10_000
    assert (tmp_path / "adapter.gguf").exists()


def test_values_of_the_frames_are_values_of_the_reader() -> None:
    for group in fiction.invented(40, Random(5)):
        for query in group.queries:
            for reply in query.right:
                if "$" in reply:
                    assert values.kind_of(reply.partition("] ")[2]) == "money"


def _single(sentence: str) -> Group:
    return Group("test", (sentence,), (Query("What?", ("none",), ()),))


def _expected(base: Path, adapter: Path | None) -> float:
    """The loss over the queries of GROUP, by what llama.cpp scores."""
    decoder = Decoder(base, adapter, 512, 1)
    decoder.vocabulary.ends = decoder.vocabulary.tokenize("<|im_end|>", True)  # a random model might end otherwise
    total = 0.0
    for query in GROUP.queries:
        decoder.prefill(_prompt(query.question, decoder))
        replies = [decoder.vocabulary.tokenize(text) for text in (*query.right, *query.wrong)]
        weighed = torch.tensor(decoder.branch(replies)).log_softmax(0)
        total -= float(weighed[: len(query.right)].logsumexp(0))
    decoder.close()
    return total


def _prompt(question: str, decoder: Decoder) -> list[int]:
    return decoder.vocabulary.encode(prompt.reading(question, GROUP.sentences))


def _scores(base: Path, adapter: Path | None) -> list[float]:
    decoder = Decoder(base, adapter, 512, 1)
    decoder.vocabulary.ends = decoder.vocabulary.tokenize("<|im_end|>", True)
    decoder.prefill(_prompt(GROUP.queries[0].question, decoder))
    replies = [decoder.vocabulary.tokenize(text) for text in (*GROUP.queries[0].right, *GROUP.queries[0].wrong)]
    found = decoder.branch(replies)
    decoder.close()
    return found
