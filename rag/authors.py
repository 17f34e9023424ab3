"""Who wrote a text, by its first and its last lines: what an author wants is told without the author's name."""

from __future__ import annotations

import regex

from index.types import Document

_NAME = r"\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'.-]*){1,3}"
_ABOVE = regex.compile(
    r"(?:^|\n|\|)\W*(?i:(?:posted|written|told) by|by|opinion|column|comment|letter from|essay)\W{1,8}"
    rf"(?P<name>{_NAME})(?=\s*(?:[,|\n*_(–—-]|on\b|for\b|$))"
)
_SIGNED = regex.compile(rf"\n\W*(?P<name>{_NAME})(?:, [^\n]{{1,60}})?\W*$")
_INTRODUCED = regex.compile(
    rf"\n\W*(?P<name>{_NAME}) (?:is|was|has been|writes|teaches|taught|works|worked|lives|runs|edits|covers)\b"
    r"[^\n]*\W*$"
)
_HEAD, _TAIL = 400, 400


def author(document: Document) -> str:
    """The author as the file states it, else the name in a by-line, a signature or a note on the author; or ""."""
    if document.author:
        return document.author
    text = document.text.rstrip()
    above = _ABOVE.search(text[:_HEAD])
    below = _SIGNED.search(text[-_TAIL:]) or _INTRODUCED.search(text[-_TAIL:])
    found = above or below
    return found["name"] if found else ""


def note(document: Document) -> int:
    """Where the note on the author begins that ends a text; its length where there is none."""
    name = author(document)
    told = _INTRODUCED.search(document.text.rstrip()[-_TAIL:]) if name else None
    start = max(len(document.text.rstrip()) - _TAIL, 0)
    return start + told.start("name") if told and told["name"] == name else len(document.text)
