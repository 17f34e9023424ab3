"""Files to raw text: one function per format, found by the file's suffix in `READERS`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

from index.errors import SourceError

PAGE = "\f"  # stands at the start of every page but the first, in formats that have pages


@dataclass(frozen=True, slots=True)
class Raw:
    """What a reader found in a file, before cleaning. What the file does not state is None.

    `text` marks headings by a leading "# " and, where `paged`, page starts by `PAGE`.
    """

    text: str
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    paged: bool = False


Reader = Callable[[bytes], Raw]

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def decode(data: bytes) -> str:
    """The text in `data`: by its byte order mark, else as UTF-8, else by the likeliest legacy encoding.

    Raises SourceError where the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data:
        raise SourceError("It holds binary data, not text.", "Remove it or convert it to text.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = _legacy(data)
    if text is None or _looks_binary(text):
        raise SourceError("Its encoding cannot be recognised.", "Save it as UTF-8.")
    return text


def _legacy(data: bytes) -> str | None:
    """`data` in the encoding that charset-normalizer finds likeliest; Windows-1252, the commonest, wins near ties."""
    found = list(charset_normalizer.from_bytes(data))
    if not found:
        return None
    best = found[0]
    for match in found:
        tied = match.chaos <= best.chaos and match.coherence >= best.coherence - 0.1
        if tied and "cp1252" in match.could_be_from_charset:
            return str(match)
    return str(best)


def _looks_binary(text: str) -> bool:
    controls = len(re.findall(r"[\x01-\x08\x0e-\x1f\x7f]", text))
    return controls > 0.01 * len(text)


def read_text(data: bytes) -> Raw:
    """Plain text. A form feed in it is a page break of old printers; it becomes a line break."""
    text = decode(data)
    if _looks_binary(text):
        raise SourceError("It holds binary data, not text.", "Remove it or convert it to text.")
    return Raw(text.replace("\f", "\n"))


def _read_markdown(data: bytes) -> Raw:
    from index.read_markdown import read_markdown

    return read_markdown(decode(data))


def _read_html(data: bytes) -> Raw:
    from index.read_html import read_html

    return read_html(data)


def _read_pdf(data: bytes) -> Raw:
    from index.read_pdf import read_pdf

    return read_pdf(data)


READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
}


def read(path: Path, data: bytes) -> Raw:
    """The raw text of `data`, read as the format that the suffix of `path` names.

    Raises SourceError, without the path in its message, where the format is unknown or the file holds no text.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = " ".join(READERS)
        raise SourceError(f"Files of type {path.suffix or 'without a suffix'} cannot be read.", f"Known: {known}.")
    raw = reader(data)
    if not any(char.isalnum() for char in raw.text):
        raise SourceError("It holds no text.", "Remove it, or supply a version with text.")
    return raw
