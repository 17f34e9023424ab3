"""The store: one transaction or nothing, whatever happens to the disk or the process."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from index_embedders import HashEmbedder, minilm

from index import Index, IndexLocked, IndexMismatch, IndexSettings, SourceError, StorageError
from index import store as storing

ROOT = Path(__file__).parent.parent
KILLED = """
import sys, time
sys.path[:0] = {paths!r}
from index_embedders import HashEmbedder
from index import Index
class Slow(HashEmbedder):
    def encode_documents(self, texts):
        print("embedding", flush=True)
        time.sleep({embed})
        return super().encode_documents(texts)
import index.store
real = index.store._insert
def insert(db, entry):
    real(db, entry)
    print("inserted", flush=True)
    time.sleep({insert})
index.store._insert = insert
from pathlib import Path
Index.open({source!r}, embedder=Slow(), path=Path({path!r})).sync()
print("done", flush=True)
"""


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def open_index(tmp_path: Path) -> Index:
    return Index.open(tmp_path / "sources", embedder=HashEmbedder(), path=tmp_path / "index")


def state(index: Index) -> dict[str, str]:
    return {document.id: document.text for document in index.documents()}


def sqlite(tmp_path: Path) -> Path:
    return tmp_path / "index" / "index.sqlite"


@pytest.mark.parametrize(("embed", "insert", "until"), [(30, 0, "embedding"), (0, 30, "inserted")])
def test_killed_in_the_middle_leaves_the_old_index(tmp_path: Path, embed: int, insert: int, until: str) -> None:
    source = write(tmp_path / "sources", a="The old words of a.", b="The words of b.")
    with open_index(tmp_path) as index:
        index.sync()
        before = state(index)
    write(source, a="The new words of a.", c="The words of c.")
    paths = [str(ROOT), str(ROOT / "tests")]
    code = KILLED.format(paths=paths, embed=embed, insert=insert, source=str(source), path=str(tmp_path / "index"))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(line.strip() == until for line in process.stdout)
        process.send_signal(signal.SIGKILL)
    with open_index(tmp_path) as index:
        assert state(index) == before
        assert [hit.passage.text for hit in index.search("old words", 1)] == ["The old words of a."]
        report = index.sync()
        assert (report.added, report.changed, report.unchanged) == (1, 1, 1)
        assert state(index) == {"a.txt": "The new words of a.", "b.txt": "The words of b.", "c.txt": "The words of c."}


def test_a_sync_that_is_interrupted_keeps_what_it_embedded(tmp_path: Path) -> None:
    class Stops(HashEmbedder):
        calls = 0

        def encode_documents(self, texts: object) -> object:  # type: ignore[override]
            Stops.calls += 1
            if Stops.calls == 2:
                raise KeyboardInterrupt
            return super().encode_documents(texts)  # type: ignore[arg-type]

    write(tmp_path / "sources", **{f"f{n}": f"The words of file {n}." for n in range(100)})
    stopping = Index.open(tmp_path / "sources", embedder=Stops(), path=tmp_path / "index")  # type: ignore[arg-type]
    with stopping, pytest.raises(KeyboardInterrupt):
        stopping.sync()
    with open_index(tmp_path) as index:
        assert index.documents() == []
        assert index.sync().embedded == 100 - 64


def test_disk_full(tmp_path: Path) -> None:
    source = write(tmp_path / "sources", a="The words of a.")
    with open_index(tmp_path) as index:
        index.sync()
        write(source, b="\n".join(f"Sentence {n} of many in a long text." for n in range(4000)))
        pages = index._store._db.execute("PRAGMA page_count").fetchone()[0]
        index._store._db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StorageError, match=r"disk that holds .* is full") as raised:
            index.sync()
        assert "\n" not in str(raised.value)
        assert state(index) == {"a.txt": "The words of a."}
        assert index.search("words", 1)


def test_a_folder_that_cannot_be_written_can_still_be_read(tmp_path: Path) -> None:
    write(tmp_path / "sources", a="The words of a.")
    with open_index(tmp_path) as index:
        index.sync()
        index.search("words", 1)
    before = sorted(path.name for path in (tmp_path / "index").rglob("*"))
    script = f"""
import os, sys
sys.path[:0] = {[str(ROOT), str(ROOT / "tests")]!r}
from pathlib import Path
from index_embedders import HashEmbedder
import index.lexical, index.vectors, tantivy, faiss
from index import Index, StorageError
if os.geteuid() == 0:
    os.setuid(65534)
found = Index.open({str(tmp_path / "sources")!r}, embedder=HashEmbedder(), path=Path({str(tmp_path / "index")!r}))
print(found.search("words", 1)[0].passage.text, found.encode(["x"]).shape, found.sync().unchanged)
"""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    for path in (tmp_path / "index", *(tmp_path / "index").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    for path in (tmp_path / "index", *(tmp_path / "index").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.stdout.strip() == "The words of a. (1, 8) 1", done.stderr
    assert sorted(path.name for path in (tmp_path / "index").rglob("*")) == before


def test_damaged_file(tmp_path: Path) -> None:
    write(tmp_path / "sources", a="The words of a.")
    with open_index(tmp_path) as index:
        index.sync()
    sqlite(tmp_path).write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageError, match=r"damaged\. .*--rebuild"):
        open_index(tmp_path)
    with Index.open(tmp_path / "sources", embedder=HashEmbedder(), path=tmp_path / "index", rebuild=True) as index:
        assert index.sync().added == 1
        assert index.search("words", 1)


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "sources", a="The words of a.")
    open_index(tmp_path).close()
    with sqlite3.connect(sqlite(tmp_path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = sqlite(tmp_path).read_bytes()
    with pytest.raises(StorageError, match="newer version"):
        open_index(tmp_path)
    assert sqlite(tmp_path).read_bytes() == before


def test_another_embedder_or_other_lengths_are_refused_until_rebuilt(tmp_path: Path) -> None:
    class Other(HashEmbedder):
        name = "other@2"

    source = write(tmp_path / "sources", a="The words of a.", b="The words of b.")
    with open_index(tmp_path) as index:
        index.sync()
    with pytest.raises(IndexMismatch, match=r"rag index .* --rebuild") as raised:
        Index.open(source, embedder=Other(), path=tmp_path / "index")
    assert "hash@1" in str(raised.value)
    with pytest.raises(IndexMismatch, match="passage length 160/240"):
        Index.open(source, IndexSettings(passage_tokens=100), embedder=HashEmbedder(), path=tmp_path / "index")
    with Index.open(source, embedder=Other(), path=tmp_path / "index", rebuild=True) as index:
        report = index.sync()
        assert (report.changed, report.embedded, report.documents) == (2, 2, 2)
        assert index.search("words of b", 1)
        assert index.sync().unchanged == 2
    Index.open(source, embedder=Other(), path=tmp_path / "index").close()


def test_a_rebuild_that_fails_keeps_the_old_index(tmp_path: Path) -> None:
    source = write(tmp_path / "sources", a="The words of a.")
    with open_index(tmp_path) as index:
        index.sync()
    (source / "a.txt").unlink()
    rebuilding = Index.open(source, embedder=HashEmbedder(), path=tmp_path / "index", rebuild=True)
    with rebuilding, pytest.raises(SourceError, match="holds no files"):
        rebuilding.sync()
    with open_index(tmp_path) as index:
        assert state(index) == {"a.txt": "The words of a."}


@pytest.mark.parametrize("damage", ["cut", "bits", "gone", "words"])
def test_damaged_caches_are_made_again(tmp_path: Path, damage: str) -> None:
    write(tmp_path / "sources", a="The words of a.", b="Other things.")
    with open_index(tmp_path) as index:
        index.sync()
        expected = index.search("words", 2)
    cache = next((tmp_path / "index" / "cache").iterdir())
    faiss = cache / "vectors.faiss"
    if damage == "cut":
        faiss.write_bytes(faiss.read_bytes()[:-7])
    elif damage == "bits":
        data = bytearray(faiss.read_bytes())
        data[-9] ^= 0x40
        faiss.write_bytes(data)
    elif damage == "gone":
        (cache / "complete.json").unlink()
    else:
        next((cache / "words").glob("*.term")).write_bytes(b"")
    with open_index(tmp_path) as index:
        assert index.search("words", 2) == expected
    assert (cache / "complete.json").is_file()


def test_one_writer_at_a_time_and_readers_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "sources", a="The words of a.")
    monkeypatch.setattr(storing, "PATIENCE", 0.2)
    with open_index(tmp_path) as index, open_index(tmp_path) as reader:
        index.sync()
        write(source, b="The words of b.")
        with FileLock(tmp_path / "index" / "writer.lock"):
            began = time.monotonic()
            with pytest.raises(IndexLocked, match="Another process is writing"):
                index.sync()
            assert time.monotonic() - began < 5
            assert reader.search("words", 1)
        index.sync()
        assert {hit.passage.document_id for hit in reader.search("words", 5)} == {"a.txt", "b.txt"}


def test_vectors_come_back_as_they_went(tmp_path: Path) -> None:
    write(tmp_path / "sources", a="The words of a.")
    with Index.open(tmp_path / "sources", embedder=minilm(), path=tmp_path / "index") as index:
        texts = ["one text", "another text", "one text"]
        first = index.encode(texts)
        assert first.shape == (3, 384)
        assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-5)
    with Index.open(tmp_path / "sources", embedder=minilm(), path=tmp_path / "index") as index:
        assert np.array_equal(index.encode(texts), first)
        assert index.encode([]).shape == (0, 384)
