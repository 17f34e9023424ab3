"""One source file to one document: read, cleaned, named and dated."""

from __future__ import annotations

import json

from index.clean import clean, clean_line
from index.metadata import split_dateline, stated_date, stated_title
from index.readers import read
from index.sources import SourceFile
from index.types import Document

READING = "9"  # raised when the same file would now be read, cleaned, split or sketched differently


def stamp(file: SourceFile) -> str:
    """Tells without opening the file whether it may have changed since it was read."""
    return json.dumps([READING, file.size, file.mtime_ns, file.stated])


def reads_alike(known: str, file: SourceFile) -> bool:
    """Whether equal bytes would give the document that they gave under the stamp `known`."""
    then, now = json.loads(known), json.loads(stamp(file))
    return bool(then[0] == now[0] and then[3] == now[3])


def read_document(file: SourceFile, data: bytes, sha256: str) -> Document:
    """The document in `data`, whose hash is `sha256`. Raises SourceError where it cannot be read.

    What sources.toml states goes before what the file states of itself, and that before what its first lines show.
    """
    raw = read(file.path, data)
    text, page_starts = clean(raw)
    if not raw.paged:
        text = split_dateline(text)
    stated = dict(file.stated)
    title = stated.get("title") or clean_line(raw.title or "") or stated_title(text) or file.path.stem
    published = stated.get("date") or raw.published or stated_date(text)
    publisher = stated.get("publisher") or clean_line(raw.publisher or "") or None
    author = stated.get("author") or clean_line(raw.author or "") or None
    return Document(file.id, title, text, published, publisher, sha256, page_starts, author)
