"""What an answer says of copies: which documents repeat one that it cites, and count with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from rag.evidence import Library

_NAMED = 3


def notes(cited: Collection[str], copies: Mapping[str, str], library: Library) -> list[str]:
    """A sentence for each original cited: near-copies where they are cited too, all that have its very text.

    `copies` maps documents to the original that they repeat. A document with the very text of another is not found by
    a search, so it is only here that it is heard of.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for copy, original in copies.items():
        if original in cited and (copy in cited or library.document(copy).text == library.document(original).text):
            found[original].append(copy)
    return [_note(names, original) for original, names in found.items()]


def _note(names: Sequence[str], original: str) -> str:
    if len(names) == 1:
        return f"{names[0]} repeats {original} and counts with it."
    shown = names if len(names) <= _NAMED + 1 else (*names[:_NAMED], f"{len(names) - _NAMED} more")
    return f"{', '.join(shown[:-1])} and {shown[-1]} repeat {original} and count with it."
