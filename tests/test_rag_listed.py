"""What introduces a list is said of its items."""

from __future__ import annotations

import pytest

from index.sentences import split_sentences
from rag.listed import announced, introduction

DEMANDS = """We wrote to the town.

I ask for the following:

1. the fee for March;
2. new doors. They must close.
3. less noise.

I wait for a reply."""
WISHES = """# Letter

## What we want

- More trees. They should be limes.
- Less noise.

## Other things

It rained. - And it snowed."""


@pytest.mark.parametrize(
    ("text", "item", "expected"),
    [
        (DEMANDS, "1. the fee", "I ask for the following:"),
        (DEMANDS, "2. new doors", "I ask for the following:"),
        (DEMANDS, "3. less noise", "I ask for the following:"),
        (DEMANDS, "They must", ""),
        (DEMANDS, "I wait", ""),
        (DEMANDS, "We wrote", ""),
        (WISHES, "More trees", "What we want"),
        (WISHES, "Less noise", "What we want"),
        (WISHES, "It rained", ""),
    ],
)
def test_an_item_is_introduced_by_what_stands_before_its_list(text: str, item: str, expected: str) -> None:
    found = split_sentences(text)
    position = next(i for i, sentence in enumerate(found) if item in sentence.text)
    assert introduction(text, found, position) == expected


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "I ask for three things. Put a vet at the gate. Pay the farms. Read our letters. It rained.",
            ["Put a vet at the gate.", "Pay the farms.", "Read our letters."],
        ),
        (
            "I have two wishes. First, a ceiling. It must be low. Second, a fund. Thank you.",
            ["First, a ceiling.", "Second, a fund."],
        ),
        ("I ask for nothing. Put a vet at the gate.", []),
        ("It cost three million. Nobody paid.", []),
    ],
)
def test_what_is_announced_follows(text: str, items: list[str]) -> None:
    sentences = split_sentences(text)
    assert [sentences[i].text for i in announced(sentences, 0)] == items
