"""Documents as they are read from Milvus, where one with the very text of another is kept without its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index import milvus_rows as rows
from index.filters import Outline
from index.milvus_tables import Tables
from index.types import Document, Sketch


def outlines(tables: Tables, live: str) -> list[Outline]:
    """Of every document that meets the condition `live` what a search looks at."""
    found = tables.rows("documents", f"part == 0 and {live}", ["path", "published", "publisher"])
    same = _same(tables, live)
    return [
        Outline(row["path"], row["published"] or None, row["publisher"] or None, same.get(row["path"], ""))
        for row in found
    ]


def sketches(tables: Tables, live: str) -> list[Sketch]:
    """What tells of every document whether it repeats another."""
    found = tables.rows("documents", f"part == {rows.SKETCH} and {live}", ["path", "published", "body"])
    same = _same(tables, live)
    return [
        Sketch(row["path"], row["published"] or None, bytes.fromhex(row["body"]), same.get(row["path"], ""))
        for row in found
    ]


def documents(tables: Tables, live: str, ids: Sequence[str] | None) -> list[Document]:
    """All documents, or those of `ids` that there are, in the order of their ids, each with its text."""
    found, same = _kept(tables, live, ids)
    texts = {one.id: one.text for one in (_kept(tables, live, [*same.values()])[0] if same else ())}
    return [replace(one, text=texts[same[one.id]]) if one.id in same else one for one in found]


def _kept(tables: Tables, live: str, ids: Sequence[str] | None) -> tuple[list[Document], dict[str, str]]:
    """Documents as they are kept, and of those without their text which document has it."""
    condition, wanted = f"(part >= 0 or part == {rows.SAME}) and {live}", ["path", "part", "body"]
    if ids is None:
        found = tables.rows("documents", condition, wanted)
    else:
        keys = [rows.key(id_) for id_ in dict.fromkeys(ids)]
        found = tables.asked("documents", "document", keys, wanted, condition)
    same = {row["path"]: row["body"] for row in found if row["part"] == rows.SAME}
    return rows.documents(row for row in found if row["part"] >= 0), same


def _same(tables: Tables, live: str) -> dict[str, str]:
    """The documents whose text another holds, and that other."""
    found = tables.rows("documents", f"part == {rows.SAME} and {live}", ["path", "body"])
    return {row["path"]: row["body"] for row in found}
