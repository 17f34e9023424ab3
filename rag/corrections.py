"""What is taken back: "in 2024, not 2023"; "we gave the length as 410 metres"; what a publisher corrects later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import regex

from index.types import Document
from rag import values
from rag.types import Position
from rag.words import stems

_DENIED = regex.compile(
    r"(?<!\bif |\bor |\bwhy )\b(?:not|instead of|rather than)\s+(?:(?:in|on|at|by|to|from|for|of|as|the|an?)\s+){0,2}$",
    regex.IGNORECASE,
)
_CORRECTION = regex.compile(
    r"\b(?:corrections?|corrected|corrects|clarifications?|corrigend(?:um|a)|errat(?:um|a)|put(?:ting)? (?:\w+ )?right"
    r"|set(?:ting)? the record straight|amends|we got (?:it )?wrong)\b",
    regex.IGNORECASE,
)
_ASKS = regex.compile(
    r"\b(?:(?:get|got|gotten) (?:it )?wrong|(?:have to |had to |did \w+ )(?:correct|put (?:it )?right)|corrections?"
    r"|errors?|mistakes?|slips?)\b",
    regex.IGNORECASE,
)
_PAPER = regex.compile(
    r"\b(?:papers?|newspapers?|articles?|reports?|stor(?:y|ies)|press|agency|magazine)\b", regex.IGNORECASE
)
_REPORT = r"(?:article|report|story|caption|headline|table|chart|map|version|edition|issue|obituary|review)"
_WE_SAID = regex.compile(
    rf"\b(?:we|us|our|(?:the|this|that|same|earlier|previous|original|first) {_REPORT})\b"
    r".*\b(?:gave|given|said|stated|called|put|reported|wrote|written|named|described|spelled|spelt|misstated|misspelled)\b",
    regex.IGNORECASE,
)
_MENDED = regex.compile(
    r"\b(?:should|please read|instead|correct(?:ly)?|in fact|wrong|has been|(?:but|when) (?:it|he|she|they))\b",
    regex.IGNORECASE,
)

_NOT = regex.compile(r"\b(?:not|rather than|mistaken?)\b", regex.IGNORECASE)
_OWN_REPORT = regex.compile(r"\b(?:our|we|us)\b", regex.IGNORECASE)
_OPENING = 200  # characters of a text in which it says that it is a correction


def taken_back(text: str, start: int, around: str) -> bool:
    """Whether the sentence `text` says that what begins at `start` is not so.

    It denies it ("not 2023", "instead of 27 percent"), or it repeats in a correction, as the title, the heading or the
    sentence before (`around`) call it, what was published: "In Friday's article we gave the length as 410 metres."
    """
    before = text[:start]
    if _DENIED.search(before):
        return True
    published = _WE_SAID.search(before) if _CORRECTION.search(around) else None
    return published is not None and not _MENDED.search(before)


def mending(text: str) -> int:
    """How much a sentence of a correction looks like what puts something right: a value, and what is not so."""
    denies = _MENDED.search(text) is not None or _NOT.search(text) is not None
    told = bool(values.find(text)) + bool(values.names(text))
    return 2 * denies + told - 2 * bool(_OWN_REPORT.search(text))


def superseded(
    positions: Sequence[Position], documents: Mapping[str, Document], origins: Mapping[str, str]
) -> tuple[Position, ...]:
    """The positions, with those as "earlier" that only sources give which their own publisher has corrected.

    A correction says of itself that it is one, at its beginning, and is not older than what it corrects. What repeats
    a report (`origins` maps a copy to its original) is corrected with it. Where the accepted position is corrected,
    the correction is accepted in its place.
    """
    mended = {position.value: _correction(position, positions, documents, origins) for position in positions}
    first = next((position for position in positions if position.stance == "accepted"), None)
    winner = first and (mended[first.value] or first)
    found = [
        replace(p, stance="accepted") if p is winner else replace(p, stance="earlier") if mended[p.value] else p
        for p in positions
    ]
    return tuple(sorted(found, key=lambda position: position.stance != "accepted"))


def _correction(
    position: Position,
    positions: Sequence[Position],
    documents: Mapping[str, Document],
    origins: Mapping[str, str],
) -> Position | None:
    """The position of the correction that all sources of `position` have had."""
    reports = [documents[origins.get(name, name)] for name in position.documents]
    for other in positions:
        texts = [documents[name] for name in other.documents if _corrects(documents[name])]
        if other is not position and texts and all(any(_mends(text, report) for text in texts) for report in reports):
            return other
    return None


def asked_for(question: str, documents: Iterable[Document]) -> set[str]:
    """The ids of the corrections that a question of what was got wrong is about.

    They are those of the publisher that it names, or all where it names none but speaks of a paper.
    """
    if not _ASKS.search(question):
        return set()
    found = [document for document in documents if _corrects(document)]
    named = [document for document in found if set(stems(question)) & set(stems(document.publisher or ""))]
    return {document.id for document in named or (found if _PAPER.search(question) else [])}


def _corrects(document: Document) -> bool:
    """Whether a document says at its beginning that it is a correction."""
    return bool(_CORRECTION.search(f"{document.title} {document.text[:_OPENING]}"))


def _mends(correction: Document, report: Document) -> bool:
    """Whether both are of one publisher, and the correction, as far as is known, is not the older one."""
    own = bool(report.publisher) and report.publisher == correction.publisher and not _corrects(report)
    dated, later = report.published or "", correction.published or ""
    shared = min(len(dated), len(later))
    return own and dated[:shared] <= later[:shared]
