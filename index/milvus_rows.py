"""Documents, passages and failures as rows of Milvus, and back."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace

from index.lexical import terms
from index.milvus_client import BLANK, TEXT_BYTES, Row
from index.store import text_hash
from index.types import Document, Entry, Passage, Vectors

LIVE = 2**62  # the version in which a row dies that nothing has replaced
FAILURE = -1  # the part of a row that tells of a file that could not be read
SKETCH = -2  # that holds a document's sketch
SAME = -3  # that names the document which holds the text of this one
_PIECE = TEXT_BYTES // 4  # characters that fit into a field whatever they are: no character has more than 4 bytes


def live(version: int) -> str:
    """The condition on the rows that belong to a version."""
    return f"born <= {version} and died > {version}"


def key(id_: str) -> str:
    """What a document goes by in keys and conditions, where its own id may be too long or have quotes in it."""
    return hashlib.sha256(id_.encode()).hexdigest()[:32]


def of_document(entry: Entry, version: int) -> Iterator[Row]:
    """A document as JSON, in as many pieces as it needs; its sketch; and where its text is where it is not here."""
    document = replace(entry.document, text="") if entry.same_as else entry.document
    body = json.dumps(asdict(document), ensure_ascii=False)
    parts = {part: body[begin : begin + _PIECE] for part, begin in enumerate(range(0, len(body), _PIECE))}
    parts |= {SKETCH: entry.sketch.hex()} | ({SAME: entry.same_as} if entry.same_as else {})
    for part, piece in parts.items():
        yield {
            **_row(document.id, part, version),
            "stamp": entry.stamp,
            "published": (document.published or "")[:_PIECE],
            "publisher": (document.publisher or "")[:_PIECE],
            "body": piece,
        }


def of_failure(path: str, stamp: str, error: str, version: int) -> Row:
    """A file that could not be read, and why."""
    empty = {"published": "", "publisher": ""}
    return {**_row(path, FAILURE, version), **empty, "stamp": stamp, "body": error[:_PIECE]}


def _row(path: str, part: int, version: int) -> Row:
    named = {"key": f"{key(path)}-{version}-{part}", "document": key(path), "path": path, "part": part}
    return {**named, "born": version, "died": LIVE, "blank": BLANK}


def documents(found: Iterable[Row]) -> list[Document]:
    """The documents whose pieces are given, in the order of their ids."""
    pieces: dict[str, dict[int, str]] = defaultdict(dict)
    for row in found:
        pieces[row["path"]][row["part"]] = row["body"]
    return [_document("".join(text for _, text in sorted(parts.items()))) for _, parts in sorted(pieces.items())]


def _document(body: str) -> Document:
    values = json.loads(body)
    return Document(**{**values, "page_starts": tuple(values["page_starts"])})


def of_passage(number: int, passage: Passage, vectors: Mapping[bytes, Vectors], version: int) -> Row:
    """A passage. Its words are analysed here, so that they are the same as in the index on one machine."""
    hashed = text_hash(passage.text)
    return {
        "number": number,
        "document": key(passage.document_id),
        "path": passage.document_id,
        "start": passage.start,
        "end": passage.end,
        "page": passage.page or 0,
        "hash": hashed.hex(),
        "text": passage.text[:_PIECE],
        "words": " ".join(terms(passage.text))[:_PIECE],
        "born": version,
        "died": LIVE,
        "dense": vectors[hashed],
    }


def is_cut(row: Row) -> bool:
    """Whether the row holds only the beginning of the passage's text."""
    return len(row["text"]) < int(row["end"]) - int(row["start"])


def passage(row: Row, texts: Mapping[str, str]) -> Passage:
    """The passage of a row; `texts` are those of the documents of rows that are cut."""
    start, end, path = row["start"], row["end"], row["path"]
    text = texts[path][start:end] if is_cut(row) else row["text"]
    return Passage(f"{path}#{start}-{end}", path, start, end, text, row["page"] or None)
