"""Case files: what is read, what is refused and how, and where the words of a proof are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import Case, Corpus, corpora, load, locate, parse, select
from index.errors import SourceError

GOOD = """
[[case]]
id = "opened"
question = "When did the dam open?"
kind = "single"
split = "dev"
status = "answered"
answers = [["1931", "in 1931"]]
rejected = ["1913"]
[[case.proof]]
document = "river.txt"
words = "opened in 1931"

[[case]]
id = "owner"
question = "Who owns it?"
kind = "absent"
split = "test"
status = "not_in_sources"
answers = []
"""


def folder(at: Path, cases: str = GOOD) -> Path:
    (at / "river.txt").write_text("The dam opened in 1931.")
    (at / "cases.toml").write_text(cases)
    return at


@pytest.mark.parametrize("row", ["| Motor | 742 | 41 |", "Motor,742,41"])
def test_the_row_of_a_table_is_located_by_its_cells(row: str) -> None:
    text = "- Line: Motorway; Claims: 742; Loss: 41\n- Line: Motor; Claims: 742; Loss: 41 million crowns"
    ((start, end),) = locate(text, row)
    assert text[start:end] == "Motor; Claims: 742; Loss: 41"
    assert locate(text, "Motor, 742, 41") == []


def test_a_folder_of_documents_with_cases_is_a_corpus(tmp_path: Path) -> None:
    corpus = load(folder(tmp_path))
    assert corpus.name == tmp_path.name
    assert corpus.source == tmp_path
    assert [case.id for case in corpus.cases] == ["opened", "owner"]
    assert corpus.cases[0].answers == (("1931", "in 1931"),)
    assert corpus.cases[0].proof[0].words == "opened in 1931"
    assert corpus.cases[1].answers == ()


def test_the_packaged_cases_load_with_their_documents() -> None:
    corpus = load("seeds")
    assert "seeds" in corpora()
    assert len(corpus.cases) >= 150
    assert all((corpus.source / proof.document).is_file() for case in corpus.cases for proof in case.proof)


def test_packaged_cases_say_when_their_documents_are_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="--sources"):
        load("seeds", tmp_path / "nowhere")
    with pytest.raises(SourceError, match=r"lacks .*txt"):
        load("seeds", tmp_path)


def test_an_unknown_corpus_is_named_with_those_that_are_known() -> None:
    with pytest.raises(SourceError, match=r"'sedes'.*Known: .*seeds"):
        load("sedes")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "single"', 'kind = "singel"', "kind is 'singel'"),
        ('split = "dev"', 'split = "train"', "split is 'train'"),
        ('status = "answered"', 'status = "conflict-ish"', "status is 'conflict-ish'"),
        ('question = "Who owns it?"', "", "question must be a text"),
        ('question = "Who owns it?"', 'question = " "', "question must be a text"),
        ('id = "owner"', 'id = "opened"', "id twice: opened"),
        ('rejected = ["1913"]', 'rejectd = ["1913"]', "unknown keys rejectd"),
        ('rejected = ["1913"]', "rejected = 1913", "rejected must be a list of texts"),
        ('[["1931", "in 1931"]]', '["1931"]', "answers must be a list of texts"),
        ('[["1931", "in 1931"]]', "[[]]", "empty group"),
        ('[["1931", "in 1931"]]', "[]", "answers are given for exactly"),
        ('status = "not_in_sources"', 'status = "answered"', "answers are given"),
        ('kind = "single"', 'kind = "disagree"', "go with status conflict"),
        ('kind = "single"', 'kind = "follow-up"', "history is given"),
        ('words = "opened in 1931"', "", "words must be a text"),
        ("[[case]]", "[[case", "is not TOML"),
    ],
)
def test_a_malformed_case_is_refused_in_one_line_that_names_it(old: str, new: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(GOOD.replace(old, new, 1), "cases.toml")
    assert said in str(caught.value)
    assert "cases.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_without_cases_is_refused() -> None:
    with pytest.raises(SourceError, match="has no cases"):
        parse("", "cases.toml")


def test_select_filters_and_spreads() -> None:
    cases = tuple(Case(f"c{i}", "?", "single", "dev" if i % 3 else "test", "answered") for i in range(9))
    corpus = Corpus("made", Path(), cases)
    assert [case.id for case in select(corpus, split="test").cases] == ["c0", "c3", "c6"]
    assert [case.id for case in select(corpus, limit=3).cases] == ["c0", "c3", "c6"]
    assert len(select(corpus, limit=100).cases) == 9
    with pytest.raises(SourceError, match="No case of made is left"):
        select(corpus, kind="absent")


def test_words_are_found_to_the_letter_everywhere_they_stand() -> None:
    assert locate("one two one", "one") == [(0, 3), (8, 11)]
    assert locate("one two", "three") == []
    assert locate("one two", " ") == []


def test_words_are_found_through_what_cleaning_changes() -> None:
    text = "He said: “We’re\n\nglad of multi-year work.”"
    (start, end), *more = locate(text, "We're glad of multi - year work")
    assert text[start:end] == "We’re\n\nglad of multi-year work"
    assert not more


@given(st.text(max_size=40), st.text(alphabet="ab1 ’é漢", min_size=1, max_size=12), st.text(max_size=40))
def test_words_that_stand_there_are_found(before: str, words: str, after: str) -> None:
    text = before + words + after
    if words.strip():
        assert any(text[start:end] == words for start, end in locate(text, words))
