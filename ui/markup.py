"""An answer and its sources as HTML pieces for the page. Everything that is not ours is escaped.

A piece that goes into a chat message holds no line break: the chat reads Markdown, and a block of HTML without a blank
line is the one thing that it passes on as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby, pairwise
from urllib.parse import urlencode

from index.types import Document
from rag.types import Answer, Citation
from ui.render import Documents, Voice, clean, headline, labelled, name, one_line, parted, provenance, voices

AROUND = 40_000  # characters of a long document shown before and after the cited words
MARKS = ("start", "end", "first", "last")
_BACK = '<a href="#sources">← All sources</a>'
_CLOSE = '<a href="#close" class="close" aria-label="Close the source">✕</a>'
_GAP = re.compile(r"\n\s*\n")


def safe(text: str) -> str:
    """`text` escaped for HTML, quotes too, without the characters that steer or reorder what is shown."""
    return escape(clean(text), quote=True)


def flat(text: str) -> str:
    """`text` escaped, its line breaks as <br>: fit to stand in a chat message."""
    return safe(text).replace("\r", "").replace("\n", "<br>").replace("\t", " ")


def question_html(text: str) -> str:
    """What the user typed, shown literally."""
    return f'<div class="asked">{flat(text)}</div>'


def answer_html(answer: Answer, typed: str, documents: Documents | None = None) -> str:
    """The whole answer: standing, text, who says what where sources disagree, and the quotes it rests on."""
    documents = documents or {}
    parts = [
        _standalone(answer.question, typed),
        f'<p class="status {answer.status}">{headline(answer)}</p>',
        text_html(answer.text, answer.citations),
        _said_table(answer, documents) if answer.status == "conflict" else "",
        _quotes(answer.citations, documents),
    ]
    return f'<div class="answer">{"".join(parts)}</div>'


def partial_html(text: str) -> str:
    """The text that has come so far."""
    return f'<div class="answer">{text_html(text, ())}</div>'


def error_html(message: str) -> str:
    """One line on what could not be done."""
    return f'<div class="answer"><p class="status failed">This could not be done</p><p>{flat(message)}</p></div>'


def _standalone(question: str, typed: str) -> str:
    if one_line(question).casefold() == one_line(typed).casefold():
        return ""
    return f'<p class="standalone">Understood as: {flat(question)}</p>'


def text_html(text: str, citations: Sequence[Citation]) -> str:
    """The text: its paragraphs, and its lines that begin with a dash as a list."""
    parts = []
    for listed, group in groupby(text.split("\n"), key=lambda line: line.startswith("- ")):
        lines = [cited(line.removeprefix("- ") if listed else line, citations) for line in group]
        items = "".join(f"<li>{line}</li>" for line in lines)
        parts.append(f'<ul class="text">{items}</ul>' if listed else f'<p class="text">{"<br>".join(lines)}</p>')
    return "".join(parts)


def cited(text: str, citations: Sequence[Citation]) -> str:
    """The text with each citation mark as something to click."""
    by_label = {citation.label: citation for citation in citations}
    return "".join(
        flat(piece) if label is None else _mark(by_label[label]) for piece, label in labelled(text, list(by_label))
    )


def _mark(citation: Citation) -> str:
    title = safe(name(citation.title, citation.document_id))
    return f'<a class="cite" {_opens(citation)} title="{title}"><span class="unseen">source </span>{citation.label}</a>'


def _opens(citation: Citation) -> str:
    marks = (citation.start, citation.end, citation.answer_start, citation.answer_end)
    return link(citation.document_id, **dict(zip(MARKS, marks, strict=True)))


def link(document_id: str, **marks: int) -> str:
    """The href that opens a document: a fragment, read by the page's script; the chat's sanitiser lets it through."""
    return f'href="#{safe(urlencode({"document": document_id, **marks}))}"'


def _said_table(answer: Answer, documents: Documents) -> str:
    rows = []
    for (value, stance), group in groupby(voices(answer), key=lambda voice: (voice.value, voice.stance)):
        lines = list(group)
        head = f'<th scope="rowgroup" rowspan="{len(lines)}" class="{stance}">{flat(value)}</th>'
        rows += [f"<tr>{head if not at else ''}{_said_cells(line, documents)}</tr>" for at, line in enumerate(lines)]
    columns = "".join(f'<th scope="col">{name}</th>' for name in ("Answer", "Who says so", "In its words"))
    head = f"<caption>Who says what</caption><thead><tr>{columns}</tr></thead>"
    return f'<table class="said">{head}<tbody>{"".join(rows)}</tbody></table>'


def _said_cells(voice: Voice, documents: Documents) -> str:
    title = safe(one_line(voice.title))
    named = f"{title} {''.join(map(_mark, voice.citations))}"
    origin = safe(provenance(documents.get(voice.document_id)))
    return f'<td>{named}<span class="origin">{origin}</span></td><td>{flat(voice.words)}</td>'


def _quotes(citations: Sequence[Citation], documents: Documents) -> str:
    if not citations:
        return ""
    items = []
    for citation in citations:
        before, words, after = (flat(part) for part in parted(citation))
        title = safe(name(citation.title, citation.document_id))
        origin = safe(provenance(documents.get(citation.document_id)))
        items.append(
            f'<li><a class="quote" {_opens(citation)}><span class="label">{citation.label}</span>'
            f'<span class="title">{title}</span><span class="origin">{origin}</span>'
            f"<q>{before}{f'<mark>{words}</mark>' if words else ''}{after}</q></a></li>"
        )
    return f'<ol class="quotes" aria-label="Citations">{"".join(items)}</ol>'


def header_html(count: int, model: str) -> str:
    """Name, how much there is to ask, and which model answers; on a narrow screen, the way to the sources."""
    return (
        f'<h1>Corroborate</h1><p><a href="#sources">{_count(count)}</a>'
        f'<span class="model">{safe(one_line(model))}, on this machine</span></p>'
    )


def welcome_html(count: int) -> str:
    """What the empty conversation says."""
    return (
        f'<div class="welcome"><h2>Ask your {_count(count)}</h2><p>Every answer cites the words it rests on. '
        "Where the sources disagree you see who says what, and where they are silent you are told so.</p></div>"
    )


def stages_html(stages: Sequence[str]) -> str:
    """The steps of the work, in order."""
    return f'<ol class="stages">{"".join(f"<li>{flat(stage)}</li>" for stage in stages)}</ol>'


def _count(number: int) -> str:
    return f"{number:,} source" + ("" if number == 1 else "s")


def library_html(documents: Iterable[Document], total: int) -> str:
    """The list of sources; a click opens one from its beginning."""
    items = "".join(
        f"<li><a {link(document.id)}>"
        f'<span class="title">{safe(name(document.title, document.id))}</span>'
        f'<span class="origin">{safe(provenance(document))}</span></a></li>'
        for document in documents
    )
    listed = items.count("<li>")
    more = f'<p class="more">The first {listed} are listed.</p>' if listed < total else ""
    return f'<div class="library" tabindex="-1">{_CLOSE}<h2>{_count(total)}</h2><ul>{items}</ul>{more}</div>'


def source_html(document: Document, marks: Mapping[str, int]) -> str:
    """A document with the quote marked, and the answer's words inside it marked more strongly.

    `marks` holds start and end (of the quote), first and last (of the words), characters of `document.text`; any of
    them may be absent, and what lies outside the text is cut to it. Of a long document, what is around the quote is
    shown.
    """
    size = len(document.text)
    start, end = _span(marks.get("start", 0), marks.get("end", 0), 0, size)
    first, last = _span(marks.get("first", 0), marks.get("last", 0), start, end)
    low, high = max(0, start - AROUND), min(size, end + AROUND)
    points = sorted({low, start, first, last, end, high, *_breaks(document.text, low, high)})
    body = [_run(document.text[a:b], start <= a < end, first <= a < last) for a, b in pairwise(points)]
    title = safe(name(document.title, document.id))
    cut = '<p class="more">… the rest of the document is left out here …</p>'
    return (
        f'<nav>{_BACK}{_CLOSE}</nav><article class="document" tabindex="-1" aria-label="{title}">'
        f'<header><h2>{title}</h2><p class="origin">{_about(document, start)}</p></header>'
        f'{cut if low else ""}<div class="body"><p>{"".join(body)}</p></div>{cut if high < size else ""}</article>'
    )


def _about(document: Document, start: int) -> str:
    page = document.page_at(start)
    path = one_line(document.id)
    told = name(document.title, document.id) == path
    parts = [provenance(document), "" if told else path, f"page {page}" if page else ""]
    return safe(" · ".join(filter(None, parts)))


def _span(start: int, end: int, low: int, high: int) -> tuple[int, int]:
    start = min(max(start, low), high)
    return start, min(max(end, start), high)


def _breaks(text: str, low: int, high: int) -> set[int]:
    """Where paragraphs part, so that a mark never reaches over the end of one."""
    return {at for match in _GAP.finditer(text, low, high) for at in match.span()}


def _run(text: str, quoted: bool, answering: bool) -> str:
    if _GAP.fullmatch(text):
        return "</p><p>"
    inner = safe(text).replace("\n", "<br>")
    if answering:
        return f'<mark class="words">{inner}</mark>'
    return f"<mark>{inner}</mark>" if quoted else inner
