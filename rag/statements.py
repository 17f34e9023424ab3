"""Open questions: an answer made of sentences of several sources, merged where they say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex

from rag import values
from rag.cues import STORY
from rag.evidence import Candidate, Library, evidence
from rag.question import Question
from rag.types import Claim

SAME_AT = 0.80
BEHIND = 1.0  # log-odds
FEWEST_WORDS = 5
_LENGTH = {"list": 5, "statement": 4, "yes_no": 2}
_HEADER = regex.compile(r"(?:From|To|Cc|Bcc|Sent|Date|Subject|Re|Present|Attending|Apologies):\s")
_WIDE = regex.compile(rf"{STORY}|\bcompar|\bterms\b", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the answer and the claims, one a source, that say it: the first in these very words."""

    text: str
    claims: tuple[Claim, ...]


def length(question: Question) -> int:
    """How many statements the question asks for at most."""
    return _LENGTH.get(question.shape, 3) + (2 if _WIDE.search(question.text) else 0)


def collect(question: Question, found: Sequence[Candidate], library: Library, confidence: float) -> list[Statement]:
    """The best statements, best first; `found` is best first."""
    usable = sorted((candidate for candidate in found if _tells(candidate)), key=lambda candidate: -candidate.framed)
    if not usable:
        return []
    kept = [candidate for candidate in usable if candidate.framed >= usable[0].framed - BEHIND][: 6 * length(question)]
    vectors = library.encode([candidate.sentence.text for candidate in kept])
    likeness = vectors @ vectors.T
    groups: list[list[int]] = []
    for i, candidate in enumerate(kept):
        home = next(
            (group for group in groups if likeness[i, group[0]] >= SAME_AT and _agree(kept[group[0]], candidate)), None
        )
        if home is None:
            groups.append([i])
        elif all(kept[j].document_id != candidate.document_id for j in home):
            home.append(i)
    strong = sorted(groups, key=lambda group: -(kept[group[0]].framed + 0.1 * float(np.log(len(group)))))
    return [_statement([kept[i] for i in group], confidence) for group in strong[: length(question)]]


def _tells(candidate: Candidate) -> bool:
    """Whether a sentence says something by itself or as an item: no by-line, bare cells, exclamation, introduction."""
    text = candidate.sentence.text
    said = regex.search(r"\s\p{Ll}", text) is not None  # more than the name of an item
    long = len(regex.findall(r"\b\p{L}+", f"{candidate.introduction} {text}")) >= FEWEST_WORDS
    return said and long and "|" not in text and not text.endswith(":") and not _HEADER.match(text)


def _agree(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences that sound alike also hold no value against each other."""
    mine, theirs = ([v for v in values.find(c.sentence.text) if v.kind not in ("name", "text")] for c in (one, other))
    return all(
        any(values.same(a.text, b.text) for b in theirs if b.kind == a.kind)
        for a in mine
        if any(b.kind == a.kind for b in theirs)
    )


def _statement(group: Sequence[Candidate], confidence: float) -> Statement:
    claims = tuple(_claim(candidate, confidence) for candidate in group)
    return Statement(claims[0].value, claims)


def _claim(candidate: Candidate, confidence: float) -> Claim:
    shown = evidence(1, candidate)
    return Claim(shown.document_id, shown.text, shown.start, shown.end, shown, confidence)
