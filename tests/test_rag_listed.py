"""What introduces a list is said of its items."""

from __future__ import annotations

import pytest

from index.sentences import split_sentences
from rag.listed import introduction

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
