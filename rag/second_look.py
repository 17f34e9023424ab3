"""A second look: what the other sources hold beside the answer, found by the words of the source that gives it.

A question brings up the sentences that are like it, and a source that contradicts may tell it in quite other words. Its
words are liker to those of the source that is believed, whose sentence is therefore the better query: relevance
feedback, after Rocchio (1971), "Relevance feedback in information retrieval".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from index.filters import Filter
from index.types import Hit
from rag import evidence, reader, shortlist
from rag.evidence import Candidate, Library, Sources
from rag.question import Question
from rag.reader import Readers, Reading
from rag.reconcile import Cluster
from rag.settings import Settings
from rag.slips import digits, slipped
from rag.types import Claim
from rag.values import normalize
from rag.words import stems

LIKE_AT = 0.8
ABOUT_AT = 0.2
_MOST = 2  # sentences of one source
_TELLING = 2  # digits of a number that others have by chance less often


def beside(
    question: Question,
    accepted: Cluster,
    read: Sequence[Reading],
    sources: Sources,
    settings: Settings,
    where: Filter | None = None,
) -> list[list[Candidate]]:
    """At most two sentences of each source that does not give the accepted answer, none of which was `read`.

    Each is like the sentence of the surest claim, or holds that claim's value, or its number with a slip, in a passage
    about the same.
    """
    claim = accepted.claims[0]
    told = f"{claim.sentence.lead} {claim.sentence.text}".strip()
    hits = sources.search(f"{question.text} {told}", settings.passages, where=where)
    found = evidence.attributed(question, evidence.candidates(question, hits, sources), sources)
    others = [candidate for candidate in found if candidate.document_id not in accepted.documents]
    seen = {(item.document_id, item.start) for reading in read for item in reading.evidence}
    looks = []
    for group in _promising(question, claim, told, others, hits, sources):
        new = [
            candidate for candidate in group[:_MOST] if (candidate.document_id, candidate.sentence.start) not in seen
        ]
        looks += [new[: settings.evidence]] if new else []
    return looks[: settings.reads]


def _promising(
    question: Question, claim: Claim, told: str, others: Sequence[Candidate], hits: Sequence[Hit], library: Library
) -> list[list[Candidate]]:
    """By document, the sentences that may speak of the claim: with its value or a slip of it first, then the likest."""
    said = set(stems(claim.value))
    wanted = [word for word in stems(told) if word not in said]
    ranked: dict[str, list[tuple[bool, float, Candidate]]] = defaultdict(list)
    for candidate, like in zip(others, _likeness(told, wanted, others, library), strict=True):
        offered = [candidate.sentence.text[start:end] for start, end in evidence.offers(question, candidate)]
        held = (_exactly(offered, claim.value) or _slip(offered, claim.value)) and _about(wanted, candidate, hits)
        if (offered or question.worded or not question.kinds) and (held or like >= LIKE_AT):
            ranked[candidate.document_id].append((held, like, candidate))
    return [[item[2] for item in sorted(items, key=lambda item: item[:2], reverse=True)] for items in ranked.values()]


def again(
    question: Question,
    new: Sequence[Candidate],
    groups: Sequence[Sequence[Candidate]],
    read: Sequence[Reading],
    readers: Readers,
    per_source: int,
) -> list[Reading]:
    """`read` with the source of `new` read again: what its new sentences say, shown beside the best of its group.

    A source that was not read is added. Raises ModelError.
    """
    document_id = new[0].document_id
    old = (candidate for group in groups for candidate in group if candidate.document_id == document_id)
    company = sorted(old, key=lambda candidate: -candidate.score)[: per_source - len(new)]
    group = sorted([*company, *new], key=lambda candidate: candidate.sentence.start)
    pointed = shortlist.pointed_at(question, group, readers.extractor)
    pointed = shortlist.alone(question, pointed, readers.extractor)
    told = reader.read(question, pointed, readers.model, reader.next_label(read))
    fresh = _only(told, {candidate.sentence.start for candidate in new})
    if all(reading.document_id != document_id for reading in read):
        return [*read, fresh]
    return [_joined(reading, fresh) if reading.document_id == document_id else reading for reading in read]


def _only(reading: Reading, starts: set[int]) -> Reading:
    """What a reading says in the sentences that begin at `starts`."""
    shown = tuple(item for item in reading.evidence if item.start in starts)
    return Reading(reading.document_id, shown, tuple(m for m in reading.measured if m.claim.sentence.start in starts))


def _joined(one: Reading, other: Reading) -> Reading:
    measured = sorted([*one.measured, *other.measured], key=lambda item: -item.claim.confidence)
    return Reading(one.document_id, (*one.evidence, *other.evidence), tuple(measured))


def _likeness(told: str, wanted: Sequence[str], found: Sequence[Candidate], library: Library) -> list[float]:
    """How like each sentence is to what was `told`, 0 to 2: the cosine, and the share of the `wanted` words."""
    if not found:
        return []
    own, *others = library.encode([told, *(candidate.sentence.text for candidate in found)])
    return [
        float(vector @ own) + candidate.rarity.coverage(wanted, candidate.sentence.text)
        for vector, candidate in zip(others, found, strict=True)
    ]


def _about(wanted: Sequence[str], candidate: Candidate, hits: Sequence[Hit]) -> bool:
    """Whether a passage around the sentence speaks of the same: numbers alike by chance stand among other words."""
    start = candidate.sentence.start
    around = (hit.passage for hit in hits if hit.passage.document_id == candidate.document_id)
    texts = [passage.text for passage in around if passage.start <= start < passage.end]
    return max(candidate.rarity.coverage(wanted, text) for text in texts) >= ABOUT_AT


def _exactly(offered: Sequence[str], value: str) -> bool:
    """Whether one of the values is `value`, as precise: a year agrees with each of its days, and tells for none."""
    return normalize(value) in map(normalize, offered)


def _slip(offered: Sequence[str], value: str) -> bool:
    """Whether one of the values is `value` with a slip; a single digit comes by chance and tells nothing."""
    return len(digits(value)) >= _TELLING and any(slipped(other, value) for other in offered)
