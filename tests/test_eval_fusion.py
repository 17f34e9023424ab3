"""Fusions by hand, and the whole comparison over a few paragraphs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from index_embedders import HashEmbedder

from eval import fusion
from eval.fusion import Asked, by_rank, by_score, measured, normalised, of_squad, table
from index import Index, SourceError

FOUND = {"dense": [(1, 0.9), (2, 0.8), (3, 0.5)], "lexical": [(3, 12.0), (4, 9.0), (1, 6.0)]}


def test_scores_are_normalised() -> None:
    assert normalised(FOUND["dense"]) == [(1, 1.0), (2, pytest.approx(0.75)), (3, 0.0)]
    assert normalised([(5, 2.0), (6, 2.0)]) == [(5, 1.0), (6, 1.0)]
    assert normalised([]) == []


@pytest.mark.parametrize(
    ("weight", "expected"), [(1.0, [1, 2, 3, 4]), (0.0, [3, 4, 1, 2]), (0.5, [1, 3, 2, 4]), (0.3, [3, 4, 1, 2])]
)
def test_convex_combinations_by_hand(weight: float, expected: list[int]) -> None:
    assert by_score(weight)(FOUND) == expected


def test_by_rank_the_constant_matters() -> None:
    found = {"dense": [(1, 1.0), (2, 0.9), (3, 0.8)], "lexical": [(4, 3.0), (5, 2.5), (6, 2.2), (7, 2.1), (3, 2.0)]}
    assert by_rank(60)(found)[0] == 3
    assert by_rank(0)(found)[:2] == [1, 4]


def test_ranks_are_scored() -> None:
    score = fusion._score([1, 2, 7, 0])
    assert (score.first, score.five, score.ten) == (0.25, 0.5, 0.75)
    assert score.reciprocal == pytest.approx((1 + 1 / 2 + 1 / 7) / 4)


def test_the_words_of_a_question_find_its_paragraph(tmp_path: Path) -> None:
    contexts = [f"The bridge of town {n} is {n} metres long and {n + 7} wide." for n in range(30)]
    paragraphs = [
        {"context": context, "qas": [{"question": f"How wide is the bridge of town {n}?"}]}
        for n, context in enumerate(contexts)
    ]
    data, folder = tmp_path / "xquad.json", tmp_path / "sources"
    data.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    folder.mkdir()
    asked = of_squad(data, folder)
    with Index.open(folder, embedder=HashEmbedder(), path=tmp_path / "index") as index:
        index.sync()
        scores = measured(asked, index)
        nowhere = measured([Asked("bridge", (("none.txt", 0, 9),))], index)
    assert scores["by words alone"].ten > 0.9 > scores["by meaning alone"].first
    assert scores.keys() == fusion.FUSIONS.keys()
    assert set(nowhere.values()) == {fusion.Score(0.0, 0.0, 0.0, 0.0)}
    assert "| by words alone | " in table("XQuAD", 30, scores)
    with pytest.raises(SourceError, match="is not SQuAD data"):
        of_squad(folder / "00000.txt", tmp_path)
