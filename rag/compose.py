"""Compose: the text of an answer, each statement with the labels of what supports it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import regex

from rag.recency import Dates, newest
from rag.statements import Statement
from rag.types import Citation, Claim, Position

Titles = Callable[[str], str]
BULLET = "- "
DISAGREE = "The sources disagree: "
_MARK = regex.compile(r"\[(?=[\[\]]*\d)[\d\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer's text as lines, each with its own citations; `Citation.label` numbers them through.

    `separator` is what stands between the lines: a space makes one paragraph of them.
    """

    lines: tuple[tuple[str, tuple[Citation, ...]], ...]
    positions: tuple[Position, ...] = ()
    separator: str = "\n"

    @property
    def text(self) -> str:
        return self.separator.join(line for line, _ in self.lines)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(citation for _, citations in self.lines for citation in citations)


def span(
    positions: Sequence[Position],
    title: Titles,
    notes: Sequence[str] = (),
    published: Dates | None = None,
    behind: int = 0,
) -> Draft:
    """`$50 billion [1][2]; b.txt says $5 billion [3].`: the accepted position, then who says or said otherwise.

    Positions accepted behind the first are those of sources on something else of that name.
    Those who differ are named with the date of their source where one of `published` sets the positions apart. The
    labels are those that follow `behind`.
    """
    dates = published if published and len({newest(item, published) for item in positions}) > 1 else {}
    labelled: list[Position] = []
    citations: list[Citation] = []
    parts: list[str] = []
    for position in positions:
        own = [cite(behind + len(citations) + i, claim, title) for i, claim in enumerate(position.claims, start=1)]
        citations += own
        labelled.append(dataclasses.replace(position, labels=tuple(citation.label for citation in own)))
        who = _who(position, dates, first=not parts)
        parts.append(f"{who}{unmarked(position.value)} {marks(citation.label for citation in own)}")
    text = "; ".join(parts) + "." + "".join(f" {note}" for note in notes)
    return Draft(((text, tuple(citations)),), tuple(labelled))


def statements(found: Sequence[Statement], title: Titles) -> Draft:
    """Each statement in its source's own words with its labels; several make a list."""
    lines: list[tuple[str, tuple[Citation, ...]]] = []
    label = 1
    for statement in found:
        own = tuple(cite(label + i, claim, title) for i, claim in enumerate(statement.claims))
        label += len(own)
        bullet = BULLET if len(found) > 1 else ""
        said = " ".join(unmarked(statement.text).split())
        lines.append((f"{bullet}{said} {marks(citation.label for citation in own)}", own))
    return Draft(tuple(lines))


def disagreeing(draft: Draft, disputes: Iterable[Sequence[Position]], title: Titles) -> Draft:
    """`draft` with a line behind it for each of `disputes`: the accepted position, and those that dispute it."""
    for dispute in disputes:
        told = span(dispute, title, behind=len(draft.citations))
        lines = tuple((f"{DISAGREE}{text}", own) for text, own in told.lines)
        draft = dataclasses.replace(draft, lines=(*draft.lines, *lines), positions=(*draft.positions, *told.positions))
    return draft


def nothing(near: Sequence[Statement], title: Titles) -> Draft:
    """That the sources do not say, and what they do hold nearby."""
    refusal = "The sources do not say."
    if not near:
        return Draft(((refusal, ()),))
    shown = statements(near, title)
    opening = f"{refusal} The nearest they hold:"
    return Draft(((opening, ()), *shown.lines))


def marks(labels: Iterable[int]) -> str:
    """`[1][2]`."""
    return "".join(f"[{label}]" for label in labels)


def unmarked(text: str) -> str:
    """A source's words without its own `[3]`, which would pass for one of our citations."""
    return _MARK.sub("", text)


def cite(label: int, claim: Claim, title: Titles) -> Citation:
    """The citation that opens at the claim's words."""
    sentence = claim.sentence
    return Citation(
        label,
        claim.document_id,
        title(claim.document_id),
        sentence.start,
        sentence.end,
        sentence.text,
        claim.start,
        claim.end,
    )


def _who(position: Position, published: Dates, first: bool) -> str:
    if first:
        return ""
    who = _listed([f"{name}{dated(published.get(name))}" for name in position.documents])
    if position.stance == "earlier":
        return f"earlier {who} said "
    another = ", which may be about another," if position.stance == "accepted" else ""
    return f"{who}{another} {'says' if len(position.documents) == 1 else 'say'} "


def dated(published: str | None) -> str:
    """` (2026-02-27)`, or nothing."""
    return f" ({published})" if published else ""


def _listed(documents: Sequence[str]) -> str:
    return documents[0] if len(documents) == 1 else f"{', '.join(documents[:-1])} and {documents[-1]}"
