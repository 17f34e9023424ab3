"""Verify: nothing leaves that its own citations do not hold.

Every number, date, name and quotation must stand, by value, in a span cited right behind it, and
every quote at its offsets. A line that fails is replaced by the words it cites, and taken out where
even those are not there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import regex

from index.types import Document
from rag import values
from rag.compose import Draft, dated, marks, unmarked
from rag.types import Citation

_SAID = regex.compile(r"(.*?)((?:\s*\[\d+\])+|\Z)", regex.DOTALL)


def verify(draft: Draft, document: Callable[[str], Document], context: Sequence[str] = ()) -> Draft:
    """`draft` with every line that its citations do not support replaced or taken out."""
    lines = []
    for text, citations in draft.lines:
        held = tuple(citation for citation in citations if stands(citation, document))
        if held == citations and not unsupported(_undated(text, held, document), citations, context):
            lines.append((text, citations))
        elif held:
            lines.append((" ".join(map(_quoted, held)), held))
    kept = {citation.label for _, citations in lines for citation in citations}
    positions = tuple(position for position in draft.positions if kept.issuperset(position.labels))
    return dataclasses.replace(draft, lines=tuple(lines), positions=positions)


def _undated(text: str, citations: Sequence[Citation], document: Callable[[str], Document]) -> str:
    """Without the dates behind the names of sources: those are the documents' own."""
    for citation in citations:
        name = citation.document_id
        text = text.replace(f"{name}{dated(document(name).published)}", name)
    return text


def stands(citation: Citation, document: Callable[[str], Document]) -> bool:
    """Whether the quote stands at its offsets, and the answer's words inside it."""
    text = document(citation.document_id).text
    return (
        text[citation.start : citation.end] == citation.quote
        and citation.start <= citation.answer_start <= citation.answer_end <= citation.end
    )


def unsupported(text: str, citations: Sequence[Citation], context: Sequence[str] = ()) -> list[str]:
    """What of a line no span holds that it cites for it: numbers, dates, names, quotations; and labels of nothing.

    The labels behind some words are those that must hold them; words without, like a remark at the end, are held by
    any that the line cites. The cited documents' own names may always be said.
    """
    spans = {citation.label: citation.quote for citation in citations}
    missing = []
    for match in _SAID.finditer(text):
        labels = [int(label) for label in regex.findall(r"\d+", match[2])]
        missing += [marks([label]) for label in labels if label not in spans]
        held = [spans[label] for label in labels if label in spans] if labels else list(spans.values())
        said = _bare(match[1], citations)
        missing += values.supported(said, held, context=context)
        missing += [name for name in values.supported(f"{said}.", held, context=context) if _is_name(name, said)]
    return list(dict.fromkeys(missing))


def _bare(said: str, citations: Sequence[Citation]) -> str:
    """Without the documents' names."""
    for citation in citations:
        said = said.replace(citation.document_id, "")
    return said


def _is_name(name: str, said: str) -> bool:
    """Whether it is one of the names of `said`, which are told in a sentence with its full stop, not in a heading."""
    return any(value.text == name for value in values.names(f"{said}."))


def _quoted(citation: Citation) -> str:
    return f"“{' '.join(unmarked(citation.quote).split())}” {marks([citation.label])}"
