"""An HTML or XHTML tree to plain text, block by block: all of it that is visible, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from index.tables import table_lines

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table ul".split()
)
_UNSEEN = frozenset("head script style noscript template svg math iframe object button select textarea".split())
_BREAK = "\ue001"  # a private character: a line break that is meant


def html_blocks(root: etree._Element) -> str:
    """Blocks parted by blank lines, headings with their "# " marks, list items with "- ", a line for a table's row."""
    parts = [" ".join(part.split()).replace(f" {_BREAK}", "\n").replace(_BREAK, "\n") for part in _walk(root)]
    found = "\n\n".join(re.sub(r"\n +", "\n", part).strip() for part in parts if part.strip(f" \n-#{_BREAK}"))
    return re.sub(r"(?m)(^- .+)\n\n(?=- )", r"\1\n", found)


def _walk(root: etree._Element) -> Iterator[str]:
    """The blocks, white space still as it came."""
    text: list[str] = []
    for kind, piece in _pieces(root):
        held = "".join(text)
        if kind == "text" or (kind == "open" and held.strip() and not held.strip("-# \n")):
            text.append(piece)  # words, or a block that begins a list item or a heading
            continue
        yield held
        text = [piece] if kind == "open" else []
        if kind == "whole":
            yield piece
    yield "".join(text)


def _pieces(element: etree._Element) -> Iterator[tuple[str, str]]:
    """("text", words), ("open", the mark of a block), ("close", "") and ("whole", a block by itself)."""
    name = etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
    if name and name not in _UNSEEN:
        if name == "table" and not any(_named(inner, "table") for inner in element.iterdescendants()):
            yield "whole", _table(element)
        elif name == "br":
            yield "text", _BREAK
        else:
            yield from _inside(element, name)
    if element.tail:
        yield "text", element.tail


def _inside(element: etree._Element, name: str) -> Iterator[tuple[str, str]]:
    if name in _BLOCKS:
        yield "open", _mark(name)
    if element.text:
        yield "text", element.text.replace("\n", _BREAK) if name == "pre" else element.text
    for child in element:
        yield from _pieces(child)
    if name in ("td", "th"):
        yield "text", " | "
    if name in _BLOCKS or name == "tr":
        yield "close", ""


def _mark(name: str) -> str:
    if name in ("li", "dd"):
        return "- "
    return "#" * int(name[1]) + " " if re.fullmatch(r"h[1-6]", name) else ""


def _table(table: etree._Element) -> str:
    rows = [row for row in table.iter() if _named(row, "tr")]
    cells = [[_text(cell) for cell in row if _named(cell, "td", "th")] for row in rows]
    captions = [_text(child) + 2 * _BREAK for child in table if _named(child, "caption")]
    return "".join(captions[:1]) + table_lines(cells).replace("\n", _BREAK)


def _named(element: etree._Element, *names: str) -> bool:
    return isinstance(element.tag, str) and etree.QName(element).localname.lower() in names


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))
