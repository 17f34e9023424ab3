"""Answers as text, JSON and HTML: nothing is lost, and nothing that a source says can steer what shows it."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
import ui_answers as made
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from index.types import Document, Failure, Hit, Passage, SyncReport
from rag.types import Answer
from ui import markup, render, shapes

NASTY = st.text(max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '" onmouseover="alert(1)',
        "[bold red]x[/bold red] [/] [link=http://x]y[/link]",
        "\x1b[2J\x1b]0;title\x07\x9b31m",
        "**bold** $x$ `code`\n\n# Heading\n\n<b>",
        "&lt;b&gt; &amp;",
        "a\u202eb\u2066c",
        "[1] [2] [9999999999999999999999]",
    ]
)
OURS = set("div p a span table caption thead tbody tr th td ol ul li q mark br article header h1 h2 nav".split())
ATTRIBUTES = {"class", "href", "title", "scope", "rowspan", "aria-label", "tabindex"}


class Reader(HTMLParser):
    """Reads HTML back: the text, the tags, and every tag closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.pieces: list[str] = []
        self.inside: dict[str, list[str]] = {"mark": [], "q": []}
        self.feed(html)
        self.close()
        assert not self.open, "every tag is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OURS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        self.tags.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
        for tag in self.inside:
            if tag in self.open:
                self.inside[tag].append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment came through")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration came through")

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def shown(rendered: RenderableType, width: int = 100) -> str:
    """What a terminal without colour would show."""
    console = Console(file=io.StringIO(), width=width, force_terminal=False, no_color=True)
    console.print(rendered)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def spoiled(nasty: str) -> tuple[Answer, dict[str, Document]]:
    """An answer in which everything that comes from a source, a user or a model is `nasty`."""
    text = f"{nasty} [1]. {nasty}"
    document = Document(nasty, nasty, f"Before.\n\n{nasty}x", nasty, nasty, "0" * 64)
    start = len("Before.\n\n")
    end = len(document.text)
    held = dataclasses.replace(
        made.citation(1, made.RADIO, "120 people"), document_id=document.id, title=nasty, quote=f"{nasty}x"
    )
    held = dataclasses.replace(held, start=start, end=end, answer_start=start, answer_end=end - 1)
    said = dataclasses.replace(made.claim(made.RADIO, "120 people"), document_id=document.id, value=nasty)
    place = dataclasses.replace(made.conflict().positions[0], value=nasty, claims=(said,), labels=(1,))
    answer = made.answer("conflict", text, [held], [place], question=nasty)
    return answer, {document.id: document}


@given(NASTY)
def test_html_shows_everything_and_runs_nothing(nasty: str) -> None:
    answer, documents = spoiled(nasty)
    html = markup.answer_html(answer, "typed", documents)
    read = Reader(html)
    assert render.clean(nasty).replace("\n", "").replace("\t", " ").replace("\r", "") in read.text
    assert "\n" not in html, "a line break would let the chat read the rest as Markdown"
    for tag, attributes in read.tags:
        assert not (href := attributes.get("href")) or (tag == "a" and href.startswith("#document="))


@given(NASTY)
def test_source_panel_shows_the_text_and_marks_the_quote(nasty: str) -> None:
    answer, documents = spoiled(nasty)
    (citation,) = answer.citations
    marks = dict(
        zip(markup.MARKS, (citation.start, citation.end, citation.answer_start, citation.answer_end), strict=True)
    )
    read = Reader(markup.source_html(documents[citation.document_id], marks))
    marked = "".join(read.inside["mark"])
    assert "".join(marked.split()) == "".join(render.clean(citation.quote).split())


@given(NASTY)
def test_other_pieces_of_the_page_are_sound(nasty: str) -> None:
    document = Document(nasty, nasty, nasty, nasty, nasty, "0" * 64)
    pieces = [
        markup.question_html(nasty),
        markup.partial_html(nasty),
        markup.error_html(nasty),
        markup.header_html(1, nasty),
        markup.stages_html([nasty]),
        markup.library_html([document], 1),
    ]
    for piece in pieces:
        Reader(piece)
    assert not any("\n" in piece for piece in pieces[:3])


@given(NASTY)
def test_terminal_and_pipe_are_steered_by_nothing(nasty: str) -> None:
    answer, documents = spoiled(nasty)
    for text in (render.plain(answer, documents), shown(render.terminal(answer, documents))):
        assert render.clean(text) == text
        assert "\x1b" not in text


@given(NASTY)
def test_json_is_read_back_as_it_was(nasty: str) -> None:
    answer, _ = spoiled(nasty)
    for indent in (2, None):
        text = shapes.dumps(shapes.answer_json(answer), indent)
        assert json.loads(text)["citations"][0]["quote"] == answer.citations[0].quote
        assert not set(text) & set("\x1b\x9b\x07\u202e\u2066")


@given(st.text(alphabet="ab [1]23\n", max_size=40), st.lists(st.integers(0, 30), max_size=4))
def test_labelled_loses_nothing(text: str, labels: list[int]) -> None:
    pieces = list(render.labelled(text, labels))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(label is None or (label in labels and piece.strip("[]").isdecimal()) for piece, label in pieces)


@given(st.data())
def test_marks_stand_where_they_are_asked_for(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="ab <&\n", min_size=1, max_size=60))
    at = st.integers(-5, len(text) + 5)
    start, end, first, last = (data.draw(at) for _ in range(4))
    document = Document("d", "t", text, None, None, "0" * 64)
    read = Reader(markup.source_html(document, {"start": start, "end": end, "first": first, "last": last}))
    wanted = text[min(max(start, 0), len(text)) : max(min(end, len(text)), 0)] if end > start else ""
    assert "".join("".join(read.inside["mark"]).split()) == "".join(wanted.split())
    assert "".join(text.split()) in "".join(read.text.split())


def test_a_long_document_is_shown_around_the_quote() -> None:
    text = "before " * 20_000 + "THE WORDS" + " after" * 20_000
    at = text.index("THE WORDS")
    html = markup.source_html(Document("d", "t", text, None, None, "0" * 64), {"start": at, "end": at + 9})
    assert "<mark>THE WORDS</mark>" in html
    assert html.count("left out here") == 2
    assert len(html) < 2 * markup.AROUND + 2_000


def test_who_says_what_names_every_source_with_its_own_words() -> None:
    lines = render.voices(made.conflict())
    assert [(line.stance, line.title, line.words) for line in lines] == [
        ("accepted", "River tops its banks", "1,200 people"),
        ("accepted", "Council counts the cost", "1,200 people"),
        ("disputed", "Morning bulletin", "120 people"),
    ]
    assert [citation.label for line in lines for citation in line.citations] == [1, 2, 3]


@pytest.mark.parametrize(
    "rendered",
    [
        lambda answer: render.plain(answer, made.DOCUMENTS),
        lambda answer: shown(render.terminal(answer, made.DOCUMENTS)),
        lambda answer: Reader(markup.answer_html(answer, answer.question, made.DOCUMENTS)).text,
    ],
    ids=["plain", "terminal", "html"],
)
def test_every_face_says_who_says_what(rendered: Callable[[Answer], str]) -> None:
    text = " ".join(rendered(made.conflict()).split())
    assert "Who says what" in text
    for words in ("1,200 people", "120 people", "Morning bulletin", "Aldermoor Gazette", "2024-11-03"):
        assert words in text
    assert "Who says what" not in rendered(made.agreed())


def test_a_long_quote_is_not_cut_in_a_narrow_terminal() -> None:
    text = shown(render.terminal(made.conflict(), made.DOCUMENTS), width=40)
    assert "left their homes, the mayor said." in " ".join(text.replace("\n", " ").split())


def test_the_standalone_question_is_shown_where_it_differs() -> None:
    answer = made.agreed()
    assert "Understood as: Was anybody hurt in Aldermoor?" in Reader(markup.answer_html(answer, "And hurt?")).text
    assert "Understood as" not in markup.answer_html(answer, " was ANYBODY hurt in Aldermoor? ")


def test_several_statements_are_a_list_with_their_citations() -> None:
    html = markup.text_html("They differ:\n- one [1]\n- two [3]", made.conflict().citations)
    read = Reader(html)
    assert [tag for tag, _ in read.tags].count("li") == 2
    assert [tag for tag, _ in read.tags].count("a") == 2
    assert "They differ:" in read.text
    assert "- " not in read.text


def test_silence_is_said_in_so_many_words() -> None:
    html = markup.answer_html(made.silent(), made.silent().question)
    assert "The sources do not say" in Reader(html).text
    assert "<ol" not in html


def test_json_has_the_promised_shape() -> None:
    printed = shapes.answer_json(made.conflict())
    assert list(printed) == ["question", "status", "text", "citations", "positions", "model", "seconds"]
    assert list(printed["citations"][0]) == ["label", "document", "title", "start", "end", "quote"]
    assert printed["positions"][1] == {
        "value": "120 people", "stance": "disputed", "documents": ["radio.txt"], "labels": [3],
    }  # fmt: skip
    assert printed["seconds"] == {"retrieve": 0.012, "read": 1.5, "total": 1.75}


def test_reports_and_hits_have_the_promised_shape() -> None:
    report = SyncReport(5, 40, 1, 2, 3, 4, 12, (Failure("a.bin", "It holds binary data."),), 1.23456, 1, {"a": "b"})
    assert shapes.sync_json(report) == {
        "documents": 5, "passages": 40, "added": 1, "changed": 2, "removed": 3, "moved": 1, "unchanged": 4,
        "embedded": 12, "copies": {"a": "b"},
        "failed": [{"path": "a.bin", "error": "It holds binary data."}], "seconds": 1.235,
    }  # fmt: skip
    assert render.sync_plain(report) == (
        "5 documents, 1 of them a copy, 40 passages (1 added, 2 changed, 1 moved, 3 removed, 4 unchanged) in 1.2 s"
    )
    hit = Hit(Passage("d#0-4", "d", 0, 4, "text", 2), 0.5, 1, {"dense": 1})
    assert shapes.hits_json("q", [hit])["hits"] == [
        {
            "rank": 1,
            "score": 0.5,
            "ranks": {"dense": 1},
            "document": "d",
            "start": 0,
            "end": 4,
            "page": 2,
            "text": "text",
        }
    ]
    assert "d 0-4 score 0.5000\ntext" in render.hits_plain([hit])
    assert "page 2" in shown(render.hits_terminal([hit]))
