"""The reader that points: it reads everything it is given, compares what it points at, and says what fails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import ModelError
from rag.extractor import MOST_TOKENS, NOWHERE, QUESTION_TOKENS, PackagedExtractor, Pointed, windows
from rag.settings import Settings

HARBOUR = (
    "The council of Brackwater approved 12 million euros for the harbour on Monday.",
    "Mayor Ida Lund said that the work would take three years.",
    "A second bridge, over the Sill, will cost 4.5 million euros.",
)


@pytest.fixture(scope="module")
def extractor() -> PackagedExtractor:
    return PackagedExtractor(Settings().cache_dir)


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("How much did the council of Brackwater approve?", 0, "12 million euros"),
        ("Who is the mayor?", 1, "Ida Lund"),
        ("How long will the work take?", 1, "three years"),
        ("How much will the second bridge cost?", 2, "4.5 million euros"),
    ],
)
def test_it_points_at_the_words_that_answer(
    extractor: PackagedExtractor, question: str, sentence: int, words: str
) -> None:
    pointed = extractor.point(question, HARBOUR)
    odds = [item.odds(*item.best()) for item in pointed]
    assert int(np.argmax(odds)) == sentence
    start, end = pointed[sentence].best()
    assert words in HARBOUR[sentence][start:end]
    assert end - start <= len(words) + 8


def test_what_is_not_there_is_less_likely_than_what_is(extractor: PackagedExtractor) -> None:
    there, not_there = (
        max(item.odds(*item.best()) for item in extractor.point(question, HARBOUR))
        for question in ("Who is the mayor?", "When was the old lighthouse of Brackwater pulled down?")
    )
    assert there > not_there


def test_the_same_question_gives_the_same_numbers(extractor: PackagedExtractor) -> None:
    first, again = (extractor.point("Who is the mayor?", HARBOUR) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.begins, other.begins)
        np.testing.assert_array_equal(one.ends, other.ends)


def test_more_than_one_window_is_read_to_its_end(extractor: PackagedExtractor) -> None:
    filler = "Nothing else of note was said about the matter by anyone who was there that day. " * 3
    pointed = extractor.point("Who is the mayor?", [*[filler] * 20, HARBOUR[1]])
    assert len(pointed) == 21
    odds = [item.odds(*item.best()) for item in pointed]
    assert int(np.argmax(odds)) == 20


def test_of_a_sentence_without_end_the_beginning_is_read(extractor: PackagedExtractor) -> None:
    endless = HARBOUR[1] + " and so on" * 2000
    (pointed,) = extractor.point("Who is the mayor?", [endless])
    assert len(pointed.offsets) < MOST_TOKENS
    assert pointed.odds(len(endless) - 5, len(endless)) == -20.0
    start, end = pointed.best()
    assert "Ida Lund" in endless[start:end]


@pytest.mark.parametrize("sentence", ["", "   ", "\U0001f4a5\u200b"])
def test_a_sentence_without_words_is_pointed_at_nowhere(extractor: PackagedExtractor, sentence: str) -> None:
    first, second = extractor.point("Who is the mayor?", [sentence, HARBOUR[1]])
    assert first.odds(0, 1) <= second.odds(*second.best())
    assert first.best()[1] <= len(sentence)


def test_the_odds_of_a_span_are_those_of_its_first_and_its_last_token() -> None:
    pointed = Pointed(np.array([[0, 3], [4, 8], [9, 12]]), _floats(1, 2, 3), _floats(10, 20, 30))
    assert pointed.odds(4, 8) == 22
    assert pointed.odds(5, 10) == 32
    assert pointed.odds(3, 4) == -20
    assert pointed.best() == (9, 12)


def test_the_likeliest_answer_does_not_end_before_it_begins() -> None:
    pointed = Pointed(np.array([[0, 3], [4, 8], [9, 12]]), _floats(0, 0, 9), _floats(9, 0, -5))
    assert pointed.best() == (0, 3)
    assert pointed.without(4).best() == (5, 8)
    assert pointed.without(4).odds(0, 4) == 0
    assert pointed.without(12).best() == (0, 0)
    assert NOWHERE.best() == (0, 0)
    assert NOWHERE.odds(0, 9) == -20


@given(
    question=st.lists(st.integers(1, 9), max_size=QUESTION_TOKENS + 5),
    sizes=st.lists(st.integers(0, 700), min_size=1, max_size=12),
)
def test_every_sentence_stands_in_one_window_that_fits(question: list[int], sizes: list[int]) -> None:
    sentences = [[100 + number] * size for number, size in enumerate(sizes)]
    made = list(windows(question, sentences, (1001, 1002)))
    assert all(len(window.tokens) <= MOST_TOKENS for window in made)
    assert [window.first for window in made] == _before([len(window.places) for window in made])
    assert sum(len(window.places) for window in made) == len(sentences)
    for window in made:
        assert window.tokens[0] == 1001
        assert window.tokens[-1] == window.tokens[window.context - 1] == 1002
        for number, place in enumerate(window.places, start=window.first):
            whole = sentences[number][: MOST_TOKENS - window.context - 1]
            assert window.tokens[place : place + len(whole)] == whole


@pytest.mark.parametrize("content", [b"", b"not a tensor in it", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_damaged_weights_are_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        PackagedExtractor(Settings().cache_dir, path).point("Who?", HARBOUR)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def _floats(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=np.float32)


def _before(counts: list[int]) -> list[int]:
    return [sum(counts[:i]) for i in range(len(counts))]
