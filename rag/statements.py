"""Open questions: an answer made of sentences of several sources, merged where they say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
import regex

from rag import corrections, values
from rag.authors import note
from rag.cues import STORY
from rag.evidence import Candidate, Library, evidence
from rag.listed import announced
from rag.question import Question
from rag.types import Claim

SAME_AT = 0.80
BEHIND = 1.0  # log-odds
_FEWEST_WORDS = 5
_FEWEST_TO_CONFIRM = 3  # "Nobody was hurt."
_ANNOUNCERS = 3
_MOST_MENDED = 8
_ENDED = regex.compile(r"[.!?]\W*$")  # a dateline does not end so
_WANTS = regex.compile(
    r"\b(?:asks?|asking|calls?|demands?|wants?|proposes?|recommends?|suggests?|wishes|urges?|insists?|reasons?|conditions?|terms)\b",
    regex.IGNORECASE,
)
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


def collect(
    question: Question,
    found: Sequence[Candidate],
    library: Library,
    confidence: float,
    corrected: Set[str] = frozenset(),
) -> list[Statement]:
    """The best statements, best first; `found` is best first. Items follow the sentence that announces them.

    `corrected` are the corrections that the question is about, by document id: what they put right is the answer.
    """
    usable = [candidate for candidate in found if _tells(question, candidate) and not _on_author(candidate, library)]
    usable = sorted(usable, key=lambda candidate: -candidate.framed)
    if not usable:
        return []
    mended = _mended(usable, corrected)
    if mended:
        return [_statement([candidate], confidence) for candidate in mended]
    kept = [candidate for candidate in usable if candidate.framed >= usable[0].framed - BEHIND][: 6 * length(question)]
    groups = _alike(kept, library)
    strong = sorted(groups, key=lambda group: -(group[0].framed + 0.1 * float(np.log(len(group)))))
    chosen = [_statement(group, confidence) for group in strong[: length(question)]]
    return _with_items(question, chosen, found, library, confidence)


def _alike(kept: Sequence[Candidate], library: Library) -> list[list[Candidate]]:
    """The sentences, those together that say the same, one a source."""
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
    return [[kept[i] for i in group] for group in groups]


def _mended(usable: Sequence[Candidate], corrected: Set[str]) -> list[Candidate]:
    """What the corrections put right: a sentence or two of each paragraph."""
    paragraphs: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for candidate in usable:
        if candidate.document_id in corrected and _ENDED.search(candidate.sentence.text):
            paragraphs[candidate.document_id, candidate.sentence.paragraph].append(candidate)
    best = [
        sorted(group, key=lambda c: (-corrections.mending(c.sentence.text), c.sentence.start))[:2]
        for group in paragraphs.values()
    ]
    told = sorted((c for group in best for c in group), key=lambda c: (c.document_id, c.sentence.start))
    return told[:_MOST_MENDED]


def _with_items(
    question: Question, chosen: Sequence[Statement], found: Sequence[Candidate], library: Library, confidence: float
) -> list[Statement]:
    """`chosen`, with the items of a list that one of the first announces behind it, in the place of the rest."""
    places = {(candidate.document_id, candidate.sentence.start): candidate for candidate in found}
    for at, statement in enumerate(
        chosen[:_ANNOUNCERS] if question.shape == "list" or _WANTS.search(question.text) else ()
    ):
        claim = statement.claims[0]
        sentences = library.sentences(claim.document_id)
        position = next(i for i, sentence in enumerate(sentences) if sentence.start == claim.start)
        own = [places.get((claim.document_id, sentences[i].start)) for i in announced(sentences, position)]
        items = [_statement([item], confidence) for item in own if item is not None]
        if items:
            return [*chosen[: at + 1], *items]
    return list(chosen)


def _on_author(candidate: Candidate, library: Library) -> bool:
    """Whether the sentence is of the note on the author that ends a text."""
    return candidate.sentence.start >= note(library.document(candidate.document_id))


def _tells(question: Question, candidate: Candidate) -> bool:
    """Whether a sentence says something by itself or as an item: no by-line, bare cells, exclamation, introduction."""
    text = candidate.sentence.text
    said = regex.search(r"\s\p{Ll}", text) is not None  # more than the name of an item
    words = len(regex.findall(r"\b\p{L}+", f"{candidate.introduction} {text}"))
    ended = question.shape == "yes_no" and text.endswith((".", ".”", '."'))
    long = words >= (_FEWEST_TO_CONFIRM if ended else _FEWEST_WORDS)
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
