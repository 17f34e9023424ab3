"""What type of answer a question wants: on questions that nothing was learnt from, and as it is learnt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag import answer_types
from rag.adapter.passages import held, passages
from rag.adapter.train_types import examples, fit, save
from rag.question import classified, understand


def test_the_shipped_weights_are_right_on_passages_that_are_held_back() -> None:
    written = [passage for passage in passages() if held(passage)]
    asked = [(one.question, passage, one.spots[0]) for passage in written for one in passage.asked if one.spots]
    right = likely = 0
    for question, passage, spot in asked:
        shares = answer_types.likely(question, *classified(question))
        kind = answer_types.of(passage.sentences[spot.index][spot.start : spot.end])
        right += max(shares, key=shares.__getitem__) == kind
        likely += shares[kind] >= 0.1
    assert len(asked) > 2000
    assert right / len(asked) > 0.7
    assert likely / len(asked) > 0.88


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How hard did the wind blow on the ridge?", "quantity"),
        ("what do they pay a ploughman these days", "money"),
        ("headcount at the mill", "count"),
        ("Within what time must a claim be filed?", "duration"),
        ("What debts did the mill declare when it closed?", "money"),
    ],
)
def test_a_value_may_answer_what_is_not_plainly_asked(question: str, kind: str) -> None:
    asked = understand(question)
    assert not asked.open
    assert kind in asked.kinds


@pytest.mark.parametrize(
    "question", ["Why was the ramp never widened?", "How did the fire start?", "List all sponsors."]
)
def test_an_open_question_stays_open(question: str) -> None:
    assert understand(question).open


def test_a_number_that_counts_nothing_is_no_count() -> None:
    asked = understand("What is the registry number of the trial?")
    assert asked.worded
    assert not asked.kinds


def test_the_shares_are_those_of_all_types() -> None:
    shares = answer_types.likely("How much did it cost?", "span", {"money"})
    assert tuple(shares) == answer_types.TYPES
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["money"] > 0.5


@pytest.mark.parametrize(
    ("text", "kind"),
    [("$5 million", "money"), ("over 400 homes", "count"), ("Ada Lovelace", "name"), ("because it rained", "text")],
)
def test_the_type_of_an_answer(text: str, kind: str) -> None:
    assert answer_types.of(text) == kind


def test_what_is_learnt_is_what_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same shares by scikit-learn and by the weights that it wrote."""
    learnt = examples(passages()[:200])
    terms, model = fit(learnt, fewest=3)
    save(terms, model, tmp_path / "types.safetensors")
    monkeypatch.setattr(answer_types, "WEIGHTS", tmp_path / "types.safetensors")
    answer_types._shipped.cache_clear()
    try:
        question = "How many people came to the fair?"
        own = answer_types.likely(question, *classified(question))
    finally:
        answer_types._shipped.cache_clear()
    theirs = model.predict_proba(terms.transform([answer_types.terms(question, *classified(question))]))[0]
    assert np.allclose(list(own.values()), theirs, atol=0.01)


def test_a_type_without_an_example_is_refused(tmp_path: Path) -> None:
    terms, model = fit([(["how", "many"], "count"), (["who"], "name")] * 4, fewest=1)
    with pytest.raises(ValueError, match="Each type"):
        save(terms, model, tmp_path / "types.safetensors")
