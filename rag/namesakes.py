"""Another of the same name: sources that share nothing but what is asked about do not contradict each other.

Two pages on two towns called Broken Bow give two populations, and both are right. Sources on one thing name the same
people, places and things besides; those that do not are answered each for itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from index.types import Document
from rag import dissent, reconcile, values
from rag.evidence import Library
from rag.question import Question
from rag.reader import Reading
from rag.types import Position
from rag.words import stems

AKIN = 0.15  # the share of the fewer names that two sources on one thing have in common at least
LIKE = 0.5  # or of the words
SURE = 0.35  # of what another answers: whoever speaks of something else altogether has some figure too
_FEWEST = 3  # names by which one can tell
_OPENING = 20_000  # characters that say what a document is about


@dataclass(frozen=True, slots=True)
class Kin:
    """Which documents may be about the same, for one question: copies, and those that share more than it names."""

    question: Question
    copies: Mapping[str, str]
    library: Library

    def apart(self, document_id: str, others: Collection[str]) -> bool:
        """Whether the document has nothing in common with any of the others."""
        return not any(self._akin(document_id, other) for other in others)

    def _akin(self, one: str, other: str) -> bool:
        if self.copies.get(one, one) == self.copies.get(other, other):
            return True
        asked = frozenset(stems(self.question.text))
        return akin(self.library.document(one), self.library.document(other), asked)


def told_apart(
    positions: Sequence[Position], readings: Sequence[Reading], context: Sequence[str], kin: Kin
) -> tuple[Position, ...]:
    """`positions`, the accepted one first, and what sources on something else answer, accepted as well.

    What these dispute stays a dispute where they do not answer by themselves.
    """
    accepted, *others = positions
    foreign = [item for item in others if all(kin.apart(one, accepted.documents) for one in item.documents)]
    told = [item for item in positions if item not in foreign]
    taken = {document for position in told for document in position.documents}
    rest = [reading for reading in readings if reading.document_id not in taken]
    while rest := [item for item in rest if kin.apart(item.document_id, taken)]:
        answer = reconcile.accept(reconcile.ranked(rest, kin.copies, context), rest, kin.copies)
        if answer is None or answer.claims[0].confidence < SURE:
            break
        found = dissent.positions(answer, rest, kin.copies, context, kin.library)
        taken |= {document for position in found for document in position.documents}
        if _new(found[0].value, accepted.value, told, context):
            told += found
    heard = {document for position in told for document in position.documents}
    return (*told, *(item for item in foreign if not heard.issuperset(item.documents)))


def _new(value: str, accepted: str, told: Sequence[Position], context: Sequence[str]) -> bool:
    """Whether a value may answer the question beside the one accepted, and nobody has told it."""
    return _of_a_kind(value, accepted) and not any(values.same(value, known.value, context=context) for known in told)


def _of_a_kind(one: str, other: str) -> bool:
    """Whether two values may answer the same question: both money, both days, both names ..."""
    kind = values.kind_of(one)
    if kind != values.kind_of(other):
        return False
    return kind != "date" or len(values.normalize(one)) == len(values.normalize(other))


def akin(one: Document, other: Document, asked: Set[str]) -> bool:
    """Whether two documents may be about the same, by the names and the words that they share besides `asked`.

    Documents with hardly a name are: nothing tells them apart.
    """
    names = [_names(document.text[:_OPENING]) - asked for document in (one, other)]
    words = [_words(document.text[:_OPENING]) - asked for document in (one, other)]
    if min(map(len, names)) < _FEWEST:
        return True
    return _shared(*names) >= AKIN or _shared(*words) >= LIKE


def _shared(one: Set[str], other: Set[str]) -> float:
    return len(one & other) / max(min(len(one), len(other)), 1)


@lru_cache(maxsize=64)
def _names(text: str) -> frozenset[str]:
    return frozenset(word for name in values.names(text) for word in stems(name.text))


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    return frozenset(stems(text))
