"""Whether two claims speak of the same thing: what stands around their values, compared word by word."""

from __future__ import annotations

from collections.abc import Sequence

from rag.grammar import words
from rag.types import Claim
from rag.words import Rarity, stems

_REACH = 9


def parallel(claim: Claim, others: Sequence[Claim], rarity: Rarity) -> float:
    """How much of what surrounds the likest of `others` also surrounds `claim`: 0 to 1, each word by its rarity."""
    own = _around(claim)
    return max((_shared(own, _around(other), rarity) for other in others), default=0.0)


def _shared(one: frozenset[str], other: frozenset[str], rarity: Rarity) -> float:
    smaller = min(sum(rarity.weight(word) for word in side) for side in (one, other))
    return sum(rarity.weight(word) for word in one & other) / smaller if smaller else 0.0


def _around(claim: Claim) -> frozenset[str]:
    """The stems of the words within `_REACH` words of the claim's value, the value itself and short words left out."""
    text = claim.sentence.text
    start, end = claim.start - claim.sentence.start, claim.end - claim.sentence.start
    spots = words(text)
    inside = [i for i, (left, right) in enumerate(spots) if left < end and right > start] or [0]
    near = [*spots[max(0, inside[0] - _REACH) : inside[0]], *spots[inside[-1] + 1 : inside[-1] + 1 + _REACH]]
    return frozenset(word for left, right in near for word in stems(text[left:right]) if len(word) > 2)
