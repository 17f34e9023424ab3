"""The tables of the store, and the steps that bring an older file to them."""

from __future__ import annotations

import sqlite3

SCHEMA = 4

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, published TEXT, publisher TEXT,
    sha256 TEXT NOT NULL, page_starts TEXT NOT NULL, stamp TEXT NOT NULL, author TEXT,
    sketch BLOB NOT NULL DEFAULT x'', same_as TEXT NOT NULL DEFAULT '');
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, page INTEGER, hash BLOB NOT NULL);
CREATE INDEX passages_of_document ON passages(document_id);
CREATE INDEX passages_by_hash ON passages(hash);
CREATE TABLE failures (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, error TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE vectors (
    number INTEGER PRIMARY KEY, hash BLOB NOT NULL, embedder TEXT NOT NULL, vector BLOB NOT NULL,
    UNIQUE (hash, embedder));
"""
# By the schema that a step starts from; each leads to the next. A step that has been released is never edited.
_STEPS = {
    0: _TABLES,
    1: "CREATE TABLE failures (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, error TEXT NOT NULL) WITHOUT ROWID;",
    2: "ALTER TABLE documents ADD COLUMN author TEXT;",
    3: """ALTER TABLE documents ADD COLUMN sketch BLOB NOT NULL DEFAULT x'';
ALTER TABLE documents ADD COLUMN same_as TEXT NOT NULL DEFAULT '';""",
}


def version(db: sqlite3.Connection) -> int:
    """The schema of the file; 0 where it has no tables yet."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection) -> None:
    """Brings the file to SCHEMA in one transaction; what it holds stays. Another process may do the same meanwhile."""
    db.execute("BEGIN IMMEDIATE")
    try:
        found = version(db)  # as it is now that nobody else writes
        while found < SCHEMA:
            for statement in _STEPS[found].split(";\n"):
                db.execute(statement)
            found = found + 1 if found else SCHEMA
        db.execute(f"PRAGMA user_version = {found}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
