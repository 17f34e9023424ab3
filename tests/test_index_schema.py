"""An index that an older version made is brought forward, and nothing that it holds is lost."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from index_embedders import HashEmbedder

from eval.speed.counted import Counted
from index import Index
from index import schema as schemas

STORED = Path(__file__).parent / "index_schema_2.sql"
AGE = 1_600_000_000


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The folder that schema 2 held, with the index as it was stored then."""
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "a.txt").write_text("The words of a. They were stored by an older version.")
    matter = "---\ntitle: The storm\ndate: 2021-03-04\nauthor: Rita Holm\n---\n\n# The storm\n\n"
    (sources / "b.md").write_text(f"{matter}Η καταιγίδα took 12 roofs.\n", "utf-8")
    (sources / "c.txt").write_bytes(b"\0\0")
    for file in sources.iterdir():
        os.utime(file, (AGE, AGE))
    (tmp_path / "index").mkdir()
    with sqlite3.connect(tmp_path / "index" / "index.sqlite") as db:
        db.executescript(STORED.read_text("utf-8"))
    db.close()
    return sources


def shape(file: Path) -> tuple[int, dict[str, list[str]]]:
    """The schema's number, and each table's columns."""
    with sqlite3.connect(file) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {table: [row[1] for row in db.execute(f"PRAGMA table_info({table})")] for table in tables}
        return schemas.version(db), columns


def test_an_older_index_is_brought_forward_and_embeds_nothing_again(old: Path, tmp_path: Path) -> None:
    counting = Counted(HashEmbedder())
    with Index.open(old, embedder=counting, path=tmp_path / "index") as index:
        assert [document.id for document in index.documents()] == ["a.txt", "b.md"]
        assert index.search("older version", 1)[0].passage.document_id == "a.txt"
        report = index.sync()
        assert (report.documents, report.removed, report.embedded, counting.seen) == (2, 0, 0, [])
        assert index.document("b.md").author == "Rita Holm"
        assert [failure.path for failure in report.failed] == ["c.txt"]
    with Index.open(old, embedder=HashEmbedder(), path=tmp_path / "new") as index:
        index.sync()
    assert shape(tmp_path / "index" / "index.sqlite") == shape(tmp_path / "new" / "index.sqlite")


def test_a_step_that_fails_leaves_the_file_as_it_was(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "index" / "index.sqlite"
    before = shape(file)
    monkeypatch.setitem(schemas._STEPS, 2, "ALTER TABLE documents ADD COLUMN author TEXT;\nALTER TABLE none ADD x;")
    with sqlite3.connect(file, isolation_level=None) as db, pytest.raises(sqlite3.OperationalError):
        schemas.migrate(db)
    assert shape(file) == before


def test_every_older_schema_has_a_step() -> None:
    assert sorted(schemas._STEPS) == list(range(schemas.SCHEMA))
