"""Verify: nothing leaves that its own citations do not hold.

Every number, date, name and quotation of a line must stand, by value, in a span that the line
cites, and every quote must stand at its offsets. A line that fails is replaced by the words it
cites, and taken out where even those are not there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import regex

from index.types import Document
from rag import values
from rag.compose import Draft
from rag.types import Citation

MARK = regex.compile(r"\s*\[\d+\]")


def verify(draft: Draft, document: Callable[[str], Document], context: Sequence[str] = ()) -> Draft:
    """`draft` with every line that its citations do not support replaced or taken out."""
    lines = []
    for text, citations in draft.lines:
        held = tuple(citation for citation in citations if stands(citation, document))
        if held == citations and not unsupported(text, citations, context):
            lines.append((text, citations))
        elif held:
            lines.append((" ".join(f"“{citation.quote}” [{citation.label}]" for citation in held), held))
    kept = {citation.label for _, citations in lines for citation in citations}
    positions = tuple(position for position in draft.positions if kept.issuperset(position.labels))
    return dataclasses.replace(draft, lines=tuple(lines), positions=positions)


def stands(citation: Citation, document: Callable[[str], Document]) -> bool:
    """Whether the quote stands at its offsets, and the answer's words inside it."""
    text = document(citation.document_id).text
    return (
        text[citation.start : citation.end] == citation.quote
        and citation.start <= citation.answer_start <= citation.answer_end <= citation.end
    )


def unsupported(text: str, citations: Sequence[Citation], context: Sequence[str] = ()) -> list[str]:
    """The numbers, dates, names and quotations of a line that no span it cites holds, cited documents' names aside."""
    bare = MARK.sub("", text)
    for citation in citations:
        bare = (
            bare.replace(citation.document_id, "").replace(citation.title, "")
            if citation.title
            else bare.replace(citation.document_id, "")
        )
    if not citations:
        return []
    return values.supported(bare, [citation.quote for citation in citations], context=context)
