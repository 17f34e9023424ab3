"""The sweep of the adapter's recipe: a variant changes what it is named for, and what is done is not done again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("peft", reason="the extra `train` is not installed")

from adapter_tiny import tiny

from eval import sweep
from rag import Settings
from rag.adapter import export
from rag.adapter.examples import Group, Query
from rag.models import DEFAULT, resolve

# What peft calls in transformers is on its way out; neither is ours.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")

SENTENCES = ("Orla Strand paid $4 million for the mill.", "Kestrel Bank lent Orla $9 million in March.")
QUERIES = (
    Query("How much did the mill cost?", ("[1] $4 million",), ("[2] $9 million", "none")),
    Query("How much was lent?", ("[2] $9 million",), ("[1] $4 million", "none")),
    Query("Who built the mill?", ("none",), ("[1] Orla Strand", "[2] Kestrel Bank")),
    Query("When was it built?", ("none",), ("[2] March",)),
)
GROUPS = [Group(f"test {n}", SENTENCES, QUERIES) for n in range(6)]


def test_questions_without_an_answer_are_left_out() -> None:
    assert all(query.right != ("none",) for group in sweep.answered(0)(GROUPS) for query in group.queries)
    assert sweep.answered(1)(GROUPS) == GROUPS
    half = sum(query.right == ("none",) for group in sweep.answered(0.5)(GROUPS) for query in group.queries)
    assert 0 < half < 12


def test_only_none_competes_where_wrong_replies_are_easy() -> None:
    for before, after in zip(GROUPS, sweep.easy(GROUPS), strict=True):
        for one, other in zip(before.queries, after.queries, strict=True):
            assert other.right == one.right
            assert other.wrong == (one.wrong if one.right == ("none",) else ("none",))


def test_every_variant_but_the_first_changes_one_thing() -> None:
    for name, (recipe, change) in sweep.VARIANTS.items():
        assert ((recipe, change) == (sweep.USUAL, list)) == (name == "as it is")


def test_a_variant_is_trained_measured_as_llama_cpp_runs_it_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tiny(resolve(DEFAULT, Settings().cache_dir).weights, tmp_path / "tiny.gguf")
    narrow = replace(sweep.USUAL, rank=2, alpha=4, modules=("v_proj", "o_proj"))
    monkeypatch.setitem(sweep.VARIANTS, "attention alone (v, o)", (narrow, list))
    out = tmp_path / "runs"
    (first,) = sweep.sweep(base, GROUPS, GROUPS * 2, out, ["attention alone (v, o)"])
    matrices, _ = export.read(out / "attention-alone-v-o" / "adapter.gguf")
    assert {name.split(".")[-4] for name in matrices} == {"v_proj", "o_proj"}
    assert first.questions == 24
    assert 0 <= first.right <= 1
    assert 0 <= first.auroc <= 1
    monkeypatch.setattr(sweep, "learn", None)
    assert list(sweep.sweep(base, GROUPS, GROUPS, out, [first.name])) == [first]
