"""Readers: every format to text, encodings recognised, and what is no text refused in one line."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from index.clean import clean
from index.errors import SourceError
from index.read_pdf import without_running_lines
from index.readers import PAGE, decode, read

PAGE_OF_WEB = """<!doctype html><html><head><title>Storm hits coast | The Example</title>
<meta property="og:title" content="Storm hits coast"><meta property="og:site_name" content="The Example">
<meta property="article:published_time" content="2021-03-04T10:00:00Z"><style>p {color: red}</style></head>
<body><nav><a href="/">Home</a><a href="/news">News</a></nav><article><h1>Storm hits coast</h1>
<p>The <b>storm</b> hit the <a href="x">northern coast</a> on Friday &amp; left. It took 12 roofs, the mayor said in a
statement to reporters on the same evening, and nobody was hurt.</p><h2>What next?</h2>
<ul><li>The dam is checked</li><li>Schools open on Monday</li></ul>
<table><tr><th>Gust</th><th>km/h</th></tr><tr><td>Highest</td><td>151</td></tr></table>
<p>The repair of the roofs will take the town until the end of the summer, the mayor also said.</p></article>
<footer>Imprint. All rights reserved.</footer><script>var x = "no text";</script></body></html>"""


def pdf(*pages: str, title: str = "") -> bytes:
    made = FPDF()
    made.set_font("helvetica", size=11)
    if title:
        made.set_title(title)
    for page in pages:
        made.add_page()
        made.multi_cell(0, 5, page)
    return bytes(made.output())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings_are_recognised(encoding: str) -> None:
    text = "Le café coûte 5 € – “très bien” dit l’été à Zürich. " * 5
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(("encoding", "text"), [("cp1251", "Шторм пришёл в город ночью и ушёл утром. " * 5)])
def test_legacy_encodings_are_recognised(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@given(st.text(max_size=200).filter(lambda text: "\0" not in text))
def test_utf8_is_read_as_it_is(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200), "binary"),
        ("a.txt", b"", "no text"),
        ("a.txt", b" \n\t\n", "no text"),
        ("a.md", zlib.compress(bytes(range(256)) * 40), "binary|encoding"),
        ("a.html", b"", "no HTML"),
        ("a.html", b"<html><body><script>x = 1</script></body></html>", "no text"),
        ("a.pdf", b"%PDF-1.7 and then nothing", "no PDF"),
        ("a.pdf", b"plain words", "no PDF"),
        ("a.pdf", pdf("", ""), "only pictures"),
        ("a.xyz", b"words", "Files of type .xyz cannot be read"),
        ("README", b"words", "without a suffix"),
    ],
)
def test_what_cannot_be_read_says_why_in_one_line(name: str, data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as raised:
        read(Path(name), data)
    assert "\n" not in str(raised.value)
    assert raised.value.hint


def test_html_is_read_without_its_page() -> None:
    raw = read(Path("a.HTML"), PAGE_OF_WEB.encode())
    assert (raw.title, raw.publisher, raw.published) == ("Storm hits coast", "The Example", "2021-03-04")
    text = clean(raw)[0]
    assert "The storm hit the northern coast on Friday & left." in text
    assert "## What next?\n\n- The dam is checked\n- Schools open on Monday" in text
    assert "km/h: 151" in text
    for other in ("Imprint", "Home", "no text", "color"):
        assert other not in text


@pytest.mark.parametrize("frame", ["{}", "<main>{}</main>", "<div><div class='text'>{}</div></div>"])
def test_html_keeps_headings_and_lists_whether_or_not_it_marks_its_article(frame: str) -> None:
    told = "".join(
        f"<h2>Part {name}</h2><p>{f'Of {name} there is much to tell, and it is told here. ' * 4}</p>"
        for name in ("one", "two", "three")
    )
    body = frame.format(
        f"<h1>The review</h1>{told}<h2>What we ask for</h2><ul><li>More trees.</li><li>Less noise.</li></ul>"
    )
    page = f"<html><head><title>Review</title></head><body><nav><a href='/'>Home</a></nav>{body}</body></html>"
    text = read(Path("a.html"), page.encode()).text
    headings = [line for line in text.split("\n") if line.startswith("#")]
    assert headings == ["# The review", "## Part one", "## Part two", "## Part three", "## What we ask for"]
    assert text.endswith("- More trees.\n- Less noise.")
    assert "Home" not in text


def test_short_html_and_html_in_another_encoding() -> None:
    assert clean(read(Path("a.htm"), b"<p>Short.</p><p>And sweet.</p>"))[0] == "Short.\n\nAnd sweet."
    data = (
        '<html><head><meta charset="iso-8859-1"><title>Été</title></head><body><p>L\'été à la plage.</p></body></html>'
    )
    raw = read(Path("a.html"), data.encode("latin-1"))
    assert raw.title == "Été"
    assert "L'été à la plage." in raw.text


def test_markdown_keeps_words_and_headings() -> None:
    source = """---
title: "The storm"
date: 2021-03-04
source: The Example
---

# The *storm*

It hit the **northern** [coast](https://example.org) and took
12 roofs. See `x_y` and ![a map](map.png).

1. first
2. second
   - inner

> Nobody was hurt.

| Gust | km/h |
|------|------|
| High | 151  |

```
code stays
```
"""
    raw = read(Path("a.md"), source.encode())
    assert (raw.title, raw.published, raw.publisher) == ("The storm", "2021-03-04", "The Example")
    text = clean(raw)[0]
    assert text.startswith("# The storm\n\nIt hit the northern coast and took 12 roofs. See x_y and a map.\n\n")
    for part in ("- first\n- second\n- inner", "Nobody was hurt.", "- Gust: High; km/h: 151", "code stays"):
        assert part in text
    assert "**" not in text
    assert "](" not in text


def test_pdf_has_pages_and_loses_what_each_repeats() -> None:
    body = [f"The {word} part of the report is here. " * 30 for word in ("first", "second", "third", "fourth")]
    data = pdf(*(f"Annual Report\n{text}\nPage {n}" for n, text in enumerate(body, 1)), title="The report")
    raw = read(Path("a.pdf"), data)
    assert raw.title == "The report"
    text, starts = clean(raw)
    assert len(starts) == 4
    assert "Annual Report" not in text
    assert "Page 2" not in text
    for start, word in zip(starts, ("first", "second", "third", "fourth"), strict=True):
        assert text[start:].startswith(f"The {word} part of the report is here. The {word} part")
    assert "\n" not in text[starts[0] : starts[1]].strip()


def test_a_locked_pdf_says_so() -> None:
    made = FPDF()
    made.set_encryption(owner_password="a", user_password="b")
    made.add_page()
    made.set_font("helvetica", size=11)
    made.cell(text="secret")
    with pytest.raises(SourceError, match="password"):
        read(Path("a.pdf"), bytes(made.output()))


def test_running_lines_need_three_pages() -> None:
    assert without_running_lines(["Head\na", "Head\nb"]) == ["Head\na", "Head\nb"]
    assert without_running_lines(["Head\na\n1", "Head\nb\n2", "Head\nc\n3", ""]) == ["a", "b", "c", ""]


def test_a_form_feed_in_plain_text_is_no_page() -> None:
    raw = read(Path("a.txt"), f"One.{PAGE}Two.".encode())
    assert clean(raw) == ("One.\nTwo.", ())
