"""Markdown to plain text: the marks go, the words, headings, lists and tables stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.readers import Raw, decode
from index.tables import table_lines

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(title|date|published|publisher|site|source|author)[ \t]*:[ \t]*(.+?)[ \t]*$", re.I | re.M)
_BLOCKS = ("paragraph_close", "heading_close", "bullet_list_close", "ordered_list_close")
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def read_markdown(data: bytes) -> Raw:
    """The plain text of CommonMark with tables; what YAML front matter states, where there is any."""
    text = decode(data).replace("\r\n", "\n").lstrip("\ufeff")
    fields: dict[str, str] = {}
    if front := _FRONT_MATTER.match(text):
        fields = {name.lower(): value.strip("\"'") for name, value in _FIELD.findall(front[1])}
        text = text[front.end() :]
    date = _DATE.match(fields.get("date") or fields.get("published") or "")
    publisher = fields.get("publisher") or fields.get("site") or fields.get("source")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return Raw(_render(tokens), fields.get("title"), date[0] if date else None, publisher, fields.get("author"))


def _render(tokens: Sequence[Token]) -> str:
    """Blocks parted by blank lines; headings begin with "# " marks, list items with "- ", tables as lines."""
    parts: list[str] = []
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "heading_open":
            parts.append("#" * int(token.tag[1]) + " ")
        elif token.type == "inline" and rows:
            rows[-1].append(_inline(token.children or []))
        elif token.type == "inline":
            parts.append(_inline(token.children or []))
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            parts.append(table_lines(rows) + "\n\n")
            rows = []
        elif token.type in ("fence", "code_block"):
            parts.append(token.content + "\n")
        elif token.type == "list_item_open":
            parts.append("- ")
        elif token.type == "list_item_close" and not parts[-1].endswith("\n"):
            parts.append("\n")
        elif token.type == "html_block":
            parts.append(re.sub(r"<[^>]*>", " ", token.content) + "\n")
        elif token.type in _BLOCKS:
            parts.append("\n" if token.hidden else "\n\n")
    return "".join(parts)


def _inline(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        if token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
        elif token.type == "image":
            parts.append(_inline(token.children or []))
        elif token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
    return "".join(parts)
