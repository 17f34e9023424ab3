"""Files to raw text: one function per format, found by the file's suffix in `READERS`."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

from index.errors import SourceError
from index.tables import tabled

PAGE = "\f"  # stands at the start of every page but the first, in formats that have pages


@dataclass(frozen=True, slots=True)
class Raw:
    """What a reader found in a file, before cleaning. What the file does not state is None.

    `text` marks headings by a leading "# " and, where `paged`, page starts by `PAGE`. `whole` says that all of it is
    the document's own, so that no page furniture is looked for.
    """

    text: str
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    author: str | None = None
    paged: bool = False
    whole: bool = False


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
    """Plain text, tables in it as lines. A form feed in it is a page break of old printers; it becomes a line break."""
    text = decode(data)
    if _looks_binary(text):
        raise SourceError("It holds binary data, not text.", "Remove it or convert it to text.")
    return Raw(tabled(text.replace("\f", "\n")))


def _by(name: str) -> Reader:
    """The reader of that name, "module:function", imported when the first such file is read."""

    def read_with_it(data: bytes) -> Raw:
        raw: Raw = pkgutil.resolve_name(name)(data)
        return raw

    return read_with_it


READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": _by("index.read_markdown:read_markdown"),
    ".markdown": _by("index.read_markdown:read_markdown"),
    ".rst": _by("index.read_rst:read_rst"),
    ".html": _by("index.read_html:read_html"),
    ".htm": _by("index.read_html:read_html"),
    ".pdf": _by("index.read_pdf:read_pdf"),
    ".docx": _by("index.read_docx:read_docx"),
    ".pptx": _by("index.read_pptx:read_pptx"),
    ".xlsx": _by("index.read_table:read_xlsx"),
    ".csv": _by("index.read_table:read_csv"),
    ".tsv": _by("index.read_table:read_csv"),
    ".epub": _by("index.read_epub:read_epub"),
    ".eml": _by("index.read_eml:read_eml"),
    ".json": _by("index.read_json:read_json"),
    ".jsonl": _by("index.read_json:read_jsonl"),
    ".ndjson": _by("index.read_json:read_jsonl"),
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
