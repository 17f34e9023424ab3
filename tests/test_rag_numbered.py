"""Things told by a number: sentences about another of the sort do not answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from index.types import Sentence
from rag.evidence import Candidate
from rag.numbered import about
from rag.question import understand
from rag.words import Rarity

TEXTS = {
    "four.txt": "Line 4 opened in May. It carries 38,000 people. A ticket costs 2 euros, as on Lines 1 to 3.",
    "trial.txt": "Phase II had 40 patients. In phase III there were 900 patients. Half of them were women.",
    "bowls.txt": "Super Bowl XLIX drew 114 million. It was colder at Super Bowl XXIV. Super Bowl 50 had 111 million.",
    "none.txt": "The tram carries many people.",
}


def _said(question: str, document: str) -> list[str]:
    text = TEXTS[document]
    parts = [part.removesuffix(".") + "." for part in text.split(". ")]
    spots = [(text.index(part), part) for part in parts]
    found = [_candidate(document, start, part) for start, part in spots]
    library: Any = SimpleNamespace(document=lambda name: SimpleNamespace(title="A report", text=TEXTS[name]))
    return [item.sentence.text for item in about(understand(question), found, library)]


def _candidate(document: str, start: int, text: str) -> Candidate:
    sentence = Sentence(start, start + len(text), text, False, 0)
    return Candidate(document, sentence, "", "", 0.0, 0.0, 0.0, 0.0, Rarity([text]))


@pytest.mark.parametrize(
    ("question", "document", "kept"),
    [
        ("How many people does Line 4 carry?", "four.txt", [0, 1]),
        ("How many people does Line 2 carry?", "four.txt", [2]),
        ("How many people does Line 7 carry?", "four.txt", []),
        ("How many people does Line 7 carry?", "none.txt", [0]),
        ("How many people does the tram carry?", "four.txt", [0, 1, 2]),
        ("How many patients were in Phase 3?", "trial.txt", [1, 2]),
        ("How many people saw Super Bowl XLIX?", "bowls.txt", [0]),
        ("How many people saw Super Bowl 24?", "bowls.txt", [1]),
        ("How many people saw Super Bowl L?", "bowls.txt", [0, 1, 2]),
        ("How many people saw Super Bowl IVX?", "bowls.txt", [0, 1, 2]),
        ("How many patients were there on March 3?", "trial.txt", [0, 1, 2]),
    ],
)
def test_what_is_said_of_another_number_does_not_answer(question: str, document: str, kept: list[int]) -> None:
    parts = [part.removesuffix(".") + "." for part in TEXTS[document].split(". ")]
    assert _said(question, document) == [parts[i] for i in kept]
