"""Near-copies: reprints of one article under several names, which must not count as several sources."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from index.types import Document
from rag.words import stems

_SHINGLE = 5
_FEWEST = 30
COPY_AT = 0.6


def near_copies(documents: Sequence[Document]) -> dict[str, str]:
    """For each document that is a near-copy, the id of the earliest of those it is like: by date, then by id.

    Two documents are near-copies where the shorter shares `COPY_AT` of its runs of five words with the other, the
    containment of Broder (1997), "On the resemblance and containment of documents". Very short ones are none.
    """
    copies: dict[str, str] = {}
    ordered = sorted(documents, key=lambda document: (document.published or "9", document.id))
    for i, document in enumerate(ordered):
        for original in ordered[:i]:
            if original.id not in copies and containment(document.text, original.text) >= COPY_AT:
                copies[document.id] = original.id
                break
    return copies


def containment(one: str, other: str) -> float:
    """The share, 0 to 1, of the shorter text's shingles that the other has too; 0 for very short texts."""
    first, second = _shingles(one), _shingles(other)
    fewest = min(len(first), len(second))
    return len(first & second) / fewest if fewest >= _FEWEST else 0.0


@lru_cache(maxsize=256)
def _shingles(text: str) -> frozenset[int]:
    words = stems(text)
    return frozenset(hash(tuple(words[i : i + _SHINGLE])) for i in range(len(words) - _SHINGLE + 1))
