"""reStructuredText to plain text, by docutils: the marks go, the words, headings, lists and tables stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from index.package import read_with
from index.readers import Raw, decode
from index.tables import table_lines

# Nothing may be included from other files or run, and what is wrong in the text is no matter of ours.
_SETTINGS: dict[str, Any] = {
    "file_insertion_enabled": False, "raw_enabled": False, "_disable_config": True, "report_level": 5,
    "halt_level": 5, "warning_stream": False, "line_length_limit": 10_000_000,
}  # fmt: skip
_ROLE = re.compile(r":[\w:+.-]+:`~?([^`<]+?)(?: <[^`>]+>)?`|`([^`<]+?)(?: <[^`>]+>)?`:[\w:+.-]+:")
_OPTIONS = re.compile(r"^\.\. [^\n]*\n(?:[ \t]+:[\w-]+:[^\n]*\n)*")
_NOT_SHOWN = ("comment", "substitution_definition", "target", "meta", "raw", "image", "pending", "toctree")


def read_rst(data: bytes) -> Raw:
    """The plain text; title, author and date from the fields that stand below the title."""
    with read_with("formats", "reStructuredText"):
        from docutils.core import publish_doctree

        text = _ROLE.sub(lambda found: found[1] or found[2], decode(data))
        tree = publish_doctree(text, settings_overrides=_SETTINGS)
        stated = {name: _first(tree, name) for name in ("author", "organization", "date")}
        date = re.search(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", stated["date"] or "")
        blocks = "\n\n".join(block for block in _blocks(tree, 1) if block.strip())
        title = str(tree.get("title") or "") or None
        return Raw(blocks, title, date[0] if date else None, stated["organization"], stated["author"], whole=True)


def _first(tree: Any, name: str) -> str | None:
    found = next((node for node in tree.findall() if node.tagname == name), None)
    return " ".join(found.astext().split()) if found is not None else None


def _blocks(node: Any, level: int) -> Iterator[str]:
    for child in node.children:
        yield from _block(child, level)


def _block(node: Any, level: int) -> Iterator[str]:
    name = node.tagname
    if name == "title" or name == "subtitle":
        yield f"{'#' * min(level + (name == 'subtitle'), 6)} {_words(node)}"
    elif name in ("paragraph", "term", "attribution", "rubric", "caption", "line", "date", "author", "organization"):
        yield _words(node)
    elif name in ("literal_block", "doctest_block", "math_block"):
        yield node.astext()
    elif name in ("bullet_list", "enumerated_list"):
        yield "\n".join(f"- {' '.join(' '.join(_blocks(item, level)).split())}" for item in node.children)
    elif name == "table":
        rows = [row for row in node.findall() if row.tagname == "row"]
        yield table_lines([[" ".join(cell.astext().split()) for cell in row.children] for row in rows])
    elif name == "field":
        yield "- " + ": ".join(_words(part) for part in node.children)
    elif name == "system_message":
        yield from _unknown(node)
    elif name not in _NOT_SHOWN and hasattr(node, "children"):
        yield from _blocks(node, level + (name == "section"))


def _words(node: Any) -> str:
    return " ".join(node.astext().split())


def _unknown(message: Any) -> Iterator[str]:
    """The content of a directive that docutils does not know (Sphinx's notes and the like), without its options."""
    for block in message.children:
        if block.tagname == "literal_block" and "toctree" not in block.astext()[:20]:
            yield " ".join(_OPTIONS.sub("", block.astext() + "\n").split())
