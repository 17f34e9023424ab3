"""Passages written to train on: how they are read, shown and held back."""

from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from rag import prompt
from rag.adapter import data, passages

ROOT = Path(__file__).parents[1]
TOLD = """## A bakery's year
The bakery on Quay Street sold 4,100 loaves in March, up from 3,800 a year before.
Its owner, Ida Marlow, bought the shop in March 2011 for €90,000.

? How many loaves were sold in March?
= 4,100
? when did she buy it
= [2] March | March 2011
? How many cakes did they sell?
= -
"""


def _written(folder: Path, text: str) -> Path:
    path = folder / "told.txt"
    path.write_text(text, encoding="utf-8")
    return path


def _said(passage: passages.Passage, asked: passages.Asked) -> list[str]:
    return [passage.sentences[spot.index][spot.start : spot.end] for spot in asked.spots]


def test_answers_are_found_where_they_stand(tmp_path: Path) -> None:
    (passage,) = passages.parse(_written(tmp_path, TOLD))
    loaves, bought, cakes = passage.asked
    assert (passage.title, len(passage.sentences)) == ("A bakery's year", 2)
    assert _said(passage, loaves) == ["4,100"]
    assert _said(passage, bought) == ["March", "March 2011"]
    assert {spot.index for spot in bought.spots} == {1}
    assert not cakes.spots


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TOLD.replace("= 4,100", "= 4,10"), 6),
        (TOLD.replace("[2]", "[1]").replace("March | March 2011", "2011"), 8),
        (TOLD.replace("= -\n", ""), 1),
        (TOLD.replace("= 4,100", "? 4,100"), 1),
        ("## Nothing\n? Who?\n= -\n", 1),
    ],
    ids=["cut short", "not in that sentence", "no answer line", "two questions", "no sentence"],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = _written(tmp_path, text)
    with pytest.raises(ValueError, match=rf"told\.txt:{line}:"):
        passages.parse(path)
    ran = CliRunner().invoke(passages.app, [str(path)])
    assert ran.exit_code == 1
    assert f"told.txt:{line}:" in ran.output


def test_a_question_without_its_sentence_has_no_answer(tmp_path: Path) -> None:
    told = passages.parse(_written(tmp_path, TOLD))
    shown = list(passages.groups(told, 60, Random(2)))
    assert {len(group.sentences) for group in shown} == {2}
    ((one, _, _),) = [told[0].asked]
    alone = passages.Passage("", told[0].sentences, (one,))
    many = passages.Passage("", (*told[0].sentences, *(f"It rained on day {n}." for n in range(8))), alone.asked)
    for group in passages.groups([many], 60, Random(2)):
        (query,) = group.queries
        there = any("4,100" in sentence for sentence in group.sentences)
        assert (query.right == (prompt.NONE,)) is not there
        assert there or query.wrong


def test_every_written_answer_stands_in_what_is_shown() -> None:
    written = passages.passages()
    assert len(written) > 500
    asked = [one for passage in written for one in passage.asked]
    assert 0.15 < sum(not one.spots for one in asked) / len(asked) < 0.35
    for group in passages.groups(written, 1, Random(1)):
        for query in group.queries:
            assert not set(query.right) & set(query.wrong)
            for reply in {*query.right, *query.wrong} - {prompt.NONE}:
                label, _, words = reply.partition("] ")
                assert words in " ".join(group.sentences[int(label[1:]) - 1].split())


def test_nothing_that_is_measured_on_is_in_the_passages() -> None:
    sources = [*ROOT.glob("seeds/*.txt"), *(path for path in ROOT.glob("eval/corpora/*/*") if path.suffix != ".pdf")]
    runs = {run for path in sources for run in data.runs(path.read_text(encoding="utf-8"))}
    for passage in passages.passages():
        for sentence in passage.sentences:
            assert not runs & data.runs(sentence), sentence


def test_some_passages_are_held_back_whole() -> None:
    written = passages.passages()
    held = [passage for passage in written if passages.held(passage)]
    assert 0.03 < len(held) / len(written) < 0.12
    assert len({passage.title for passage in written}) == len(written)
    shown = [sentence for passage in written if not passages.held(passage) for sentence in passage.sentences]
    assert not {sentence for passage in held for sentence in passage.sentences} & set(shown)
    assert len(set(shown)) == len(shown), "no text twice"
