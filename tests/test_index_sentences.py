"""Sentences: right boundaries on hard text, headings told from facts, exact offsets on any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clean import clean
from index.readers import read
from index.sentences import split_sentences
from index.types import Sentence

SEEDS = Path(__file__).parent.parent / "seeds"


def of_seed(name: str) -> list[Sentence]:
    path = next(SEEDS.glob(f"{name}_*.txt"))
    return split_sentences(clean(read(path, path.read_bytes()))[0])


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text)]


def headings(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text) if sentence.heading]


@pytest.mark.parametrize(
    "sentence",
    [
        "The U.S. Senate voted 51–49 on Jan. 5, 1990, in St. Louis.",
        "Dr. Smith et al. found that No. 5 was best.",
        "It cost approx. $5 million in fig. 3.",
        "Revenue was $3.5 bn. vs. $2 bn. last year.",
        "The completion of a $20 - billion Series E financing was announced.",
        "OpenAI announced a multi - year partnership.",
        "In this round, Amazon.com invested $50 billion.",
        "Apple Inc. bought it at 5 p.m. on Friday.",
        "Version 2.0.1 of E. coli was found.",
        "1. The first of the terms.",
    ],
)
def test_one_sentence_stays_one(sentence: str) -> None:
    assert texts(f"Before it. {sentence} After it.") == ["Before it.", sentence, "After it."]


def test_quotations_keep_their_marks() -> None:
    found = texts("He said, “We’re glad about this deal.” Sam added, “AI is here.” “Yes.” He left.")
    assert found == ["He said, “We’re glad about this deal.”", "Sam added, “AI is here.”", "“Yes.”", "He left."]


def test_sentences_of_the_articles() -> None:
    found = {sentence.text for name in ("000", "001", "002", "003", "004") for sentence in of_seed(name)}
    assert found >= {
        "The new money sets a $730 billion pre-money valuation, up from a $500 billion valuation tied to a secondary "
        "financing in October.",
        "In this funding round, Amazon.com invested $50 billion, marking its largest investment in a single company.",
        "No deal is signed.",
    }
    assert max(map(len, found)) < 600


def test_headings_of_the_articles() -> None:
    found = {
        sentence.text for name in ("000", "001", "002", "003", "004") for sentence in of_seed(name) if sentence.heading
    }
    assert found >= {
        "Key Points:",
        "01.",
        "Reaffirm the Cooperation with Microsoft",
        "Conclusion: A Luxury Capital Group Bets on OpenAI",
        "Strengthening Cloud Computing and Chip Cooperation",
        'The AI Ecosystem Enters a "Cyclic Financing" Model',
        "What the Money Buys: Guaranteed Compute Access",
        "Lock in Amazon money and expand AWS access",
        "Work with Defense and set red lines",
    }
    assert not [text for text in found if text.endswith(".") and text[:2].isalpha()]


def test_headings_are_told_by_mark_or_by_what_follows() -> None:
    assert headings("## What is new?\n\nMuch is new.") == ["What is new?"]
    assert headings("How it began\n\nIt began small. It grew.") == ["How it began"]
    assert headings("2.1 Methods used\n\nWe used two.") == ["2.1 Methods used"]
    assert headings("標題\n\n正文在這裡。") == ["標題"]


@pytest.mark.parametrize(
    "text",
    [
        "Name: Hurricane Eta\nLandfall: 3 November 2020\nDeaths: 175",
        "- Alpha Beta Gamma\n- Delta Epsilon\n\nIt ends here.",
        "1. First Item Here\n2. Second Item Here\n\nIt ends here.",
        "Name | Wind\nEta | 240\n\nIt ends here.",
        "It began.\nFrance 2-1 Brazil\nThe match was close.",
        "It began.\nJohn Smith",
        "The terms of the deal include:\nEach side pays half.",
        "Spouse Ann Lee Porter\nOccupation Lawyer, Judge\nBorn In Ohio\nDied In Rome\nKnown For Rulings\nIt ends here.",
        "It began.\nAnn Lee As The Captain\nJoe Fox As The Cook",
    ],
)
def test_lists_records_and_scores_are_no_headings(text: str) -> None:
    assert headings(text) == []


def test_paragraphs_are_numbered() -> None:
    found = split_sentences("Title Of It\n\nOne. Two.\nThree.\n\nFour.")
    assert [sentence.paragraph for sentence in found] == [0, 1, 1, 2, 3]


def test_scripts_other_than_latin() -> None:
    assert texts("今天天气很好。我们去公园吧！你来吗？") == ["今天天气很好。", "我们去公园吧！", "你来吗？"]
    assert texts("Τι λες; Ναι. Όχι.") == ["Τι λες;", "Ναι.", "Όχι."]


@given(st.text(max_size=400) | st.text(alphabet="aB1. \n“”\"'!?-#*|:。β", max_size=200))
def test_offsets_are_exact_and_no_letter_is_lost(text: str) -> None:
    found = split_sentences(text)
    covered = [position for sentence in found for position in range(sentence.start, sentence.end)]
    assert covered == sorted(set(covered))
    assert {position for position, char in enumerate(text) if char.isalnum()} <= set(covered)
    for sentence in found:
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        assert any(map(str.isalnum, sentence.text))
