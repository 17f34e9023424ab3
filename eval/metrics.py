"""What is measured of one answer, and the small statistics over many.

Citations are scored after ALCE (Gao et al. 2023, "Enabling Large Language Models to Generate Text with
Citations"), but by span: a citation supports when its sentence overlaps the words that prove the case, where
ALCE asks an entailment model. Offsets are characters of `Document.text`, end exclusive.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from eval.cases import Case, Groups, locate
from index.types import Document, Hit, Sentence
from rag.types import Answer, Citation
from rag.values import contains, same

DEPTH = 10
"""How many passages are looked at when retrieval is scored."""

Span = tuple[str, int, int]
"""(document id, start, end)."""


class Sources(Protocol):
    """What scoring needs of an index; `index.Index` has it."""

    def document(self, document_id: str) -> Document: ...

    def sentences(self, document_id: str) -> list[Sentence]: ...

    def search(self, query: str, k: int = 10) -> list[Hit]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is right, and if not, why in a few words."""

    right: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """Counts over the citations of one answer.

    exact: quotes that stand at their offsets. supporting: citations that prove the case.
    proofs: documents that hold proof of the case; proved: those of them with a supporting citation.
    """

    given: int = 0
    exact: int = 0
    supporting: int = 0
    proofs: int = 0
    proved: int = 0


def judge(case: Case, answer: Answer) -> Verdict:
    """Right or wrong, by value ("$110B" is "$110 billion").

    Absent: right when refused. Otherwise the answer holds an alternative of every group: an open one in its
    text, any other in the accepted positions (or the text, where there are no positions); no rejected value is
    accepted; and it says that the sources disagree, naming the dissent, exactly when they do.
    """
    if case.status == "not_in_sources":
        refused = answer.status == "not_in_sources"
        return Verdict(refused, "" if refused else "answered, but the sources do not say")
    if answer.status == "not_in_sources":
        return Verdict(False, "refused, but the sources do say")
    text = plain(answer.text)
    stated = (text,) if case.kind == "open" else accepted(answer) or (text,)
    context = tuple(citation.quote for citation in answer.citations)
    if lacking := missing(case.answers, stated, context):
        return Verdict(False, f"lacks {lacking[0][0]!r}")
    if wrong := [value for value in case.rejected if _holds(stated, value, context)]:
        return Verdict(False, f"gives {wrong[0]!r}")
    if case.status != "conflict":
        return Verdict(answer.status != "conflict", "" if answer.status != "conflict" else "false conflict")
    if answer.status != "conflict":
        return Verdict(False, "does not say that the sources disagree")
    unnamed = missing(case.dissent, (text,), context)
    return Verdict(not unnamed, f"does not name the other position {unnamed[0][0]!r}" if unnamed else "")


def dissent_found(case: Case, answer: Answer) -> bool:
    """Whether the answer says that the sources disagree and names every dissenting value."""
    return answer.status == "conflict" and not missing(case.dissent, (plain(answer.text),))


def plain(text: str) -> str:
    """The text without its citation markers."""
    return re.sub(r"\s*\[\d+\]", "", text)


def accepted(answer: Answer) -> tuple[str, ...]:
    """The values that the answer stands by; where it sides with none (a tie), every value that it gives."""
    values = tuple(position.value for position in answer.positions if position.stance == "accepted")
    return values or tuple(position.value for position in answer.positions)


def missing(groups: Groups, stated: Sequence[str], context: Sequence[str] = ()) -> Groups:
    """The groups of which no alternative is held by any of the `stated` texts."""
    return tuple(group for group in groups if not any(_holds(stated, value, context) for value in group))


def _holds(stated: Sequence[str], value: str, context: Sequence[str]) -> bool:
    return any(contains(text, value, context=context) or same(text, value, context=context) for text in stated)


def proof_spans(case: Case, sources: Sources) -> list[list[Span]]:
    """For each proof of the case, every place where its words stand; an empty list where cleaning lost them."""
    texts = {proof.document: sources.document(proof.document).text for proof in case.proof}
    return [
        [(proof.document, start, end) for start, end in locate(texts[proof.document], proof.words)]
        for proof in case.proof
    ]


def cited(case: Case, answer: Answer, sources: Sources) -> Cited:
    """Counts the citations that are exact and that support.

    A citation supports when its sentences overlap a proof, or when it holds an accepted or dissenting value
    (a source may state a fact in more places than the case lists).
    """
    proofs = [span for places in proof_spans(case, sources) for span in places]
    supporting = [c for c in answer.citations if _supports(c, case, proofs, sources)]
    wanted = {proof.document for proof in case.proof}
    return Cited(
        given=len(answer.citations),
        exact=sum(sources.document(c.document_id).text[c.start : c.end] == c.quote for c in answer.citations),
        supporting=len(supporting),
        proofs=len(wanted),
        proved=len(wanted & {c.document_id for c in supporting}),
    )


def _supports(citation: Citation, case: Case, proofs: Sequence[Span], sources: Sources) -> bool:
    whole = _whole_sentences(citation, sources)
    if any(overlap(whole, proof) for proof in proofs):
        return True
    return any(contains(citation.quote, value) for value in case.values)


def _whole_sentences(citation: Citation, sources: Sources) -> Span:
    touched = [s for s in sources.sentences(citation.document_id) if s.start < citation.end and citation.start < s.end]
    start = min([citation.start, *(s.start for s in touched)])
    return citation.document_id, start, max([citation.end, *(s.end for s in touched)])


def overlap(a: Span, b: Span) -> bool:
    """Whether two spans are of one document and share a character."""
    return a[0] == b[0] and a[1] < b[2] and b[1] < a[2]


def ranks(case: Case, question: str, sources: Sources) -> tuple[int | None, ...]:
    """For each proof the rank, 1 to DEPTH, of the first passage that overlaps it; None where none does."""
    hits = sources.search(question, DEPTH)
    spans = [(hit.rank, (hit.passage.document_id, hit.passage.start, hit.passage.end)) for hit in hits]
    return tuple(
        min((rank for rank, span in spans if any(overlap(span, place) for place in places)), default=None)
        for places in proof_spans(case, sources)
    )


def share(part: float, whole: float) -> float | None:
    """part / whole; None where there is nothing to measure, which is not 0."""
    return part / whole if whole else None


def wilson(right: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a proportion (Wilson 1927), which stays inside 0 to 1 and holds for few cases."""
    if not count:
        return 0.0, 1.0
    rate, scale = right / count, 1 + z * z / count
    middle = (rate + z * z / (2 * count)) / scale
    half = z * math.sqrt(rate * (1 - rate) / count + z * z / (4 * count * count)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def percentile(values: Iterable[float], percent: float) -> float | None:
    """The smallest value that `percent` (0 to 100) of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)] if ordered else None
