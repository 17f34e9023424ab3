"""What every store must do, on each of them: the same folder, the same changes, the same answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from index_embedders import HashEmbedder
from index_stores import KINDS, milvus_server, needs_milvus

from eval.speed.counted import Counted
from index import Index, IndexLocked, IndexSettings
from index.filters import Filter
from index.store import text_hash
from index.stores import LOCAL
from index.types import Hit

TEXTS = {
    "bridge": "The old bridge was closed in May. Its cables had rusted.",
    "ferry": "The ferry carries forty cars. It sails at noon, and once more at night.",
    "storm": "The storm took twelve roofs in Oxley. Nobody was hurt.",
    "greek": "Η καταιγίδα έπληξε τη Νάξο. Café prices rose “twice”.",
    "空": "风暴在星期二袭击了这座城市。",
}
QUERIES = ("rusted cables of the bridge", "forty cars", "STORMS in Oxley", "cafe", "风暴", "roofs")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for all the tests; each has an index of its own there."""
    with milvus_server(tmp_path_factory.mktemp("milvus") / "data") as url:
        yield url


@pytest.fixture(params=[LOCAL, *(pytest.param(kind, marks=needs_milvus) for kind in KINDS if kind != LOCAL)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The setting `store` of the test."""
    if request.param == LOCAL:
        return LOCAL
    if request.param == "lite":
        return str(tmp_path / "index.db")
    return f"{request.getfixturevalue('server')}#t{abs(hash(tmp_path))}"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder of small sources."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    (folder / "sources.toml").write_text('["ferry.txt"]\npublisher = "Harbour Gazette"\ndate = 2026-02-27\n', "utf-8")
    return folder


@pytest.fixture
def opened(source: Path, store: str, tmp_path: Path) -> Callable[..., Index]:
    """Opens the index of the folder in the store."""

    def open_it(embedder: object = None, rebuild: bool = False) -> Index:
        settings = IndexSettings(home=str(tmp_path / "home"), store=store)
        return Index.open(source, settings, embedder=embedder or HashEmbedder(), rebuild=rebuild)  # type: ignore[arg-type]

    return open_it


def texts(index: Index) -> dict[str, str]:
    return {document.id: document.text for document in index.documents()}


def words(index: Index) -> set[str]:
    """What a search that finds everything finds."""
    return {hit.passage.text for hit in index.search("the storm took roofs", 100)}


def found(index: Index, query: str, where: Filter | None = None) -> list[str]:
    return [hit.passage.document_id for hit in index.search(query, 3, where=where)]


@contextmanager
def opened_beside(opened: Callable[..., Index]) -> Iterator[Index]:
    """The same index, opened a second time. (Of a file of Milvus Lite one process has one connection.)"""
    with opened() as second:
        yield second


def test_an_empty_index_is_empty(opened: Callable[..., Index]) -> None:
    with opened() as index:
        assert (index.documents(), index.search("anything"), index._store.count()) == ([], [], (0, 0))
        assert (index._store.generation, index._store.meta, index._store.failures()) == (0, {}, {})
        assert index._store.vectors([text_hash("x")], "hash@1") == {}


def test_a_folder_is_added_and_found_again_when_opened_anew(opened: Callable[..., Index], source: Path) -> None:
    with opened() as index:
        report = index.sync()
        assert (report.documents, report.added, report.passages, report.failed) == (5, 5, 5, ())
        before = texts(index)
        assert before["空.txt"] == TEXTS["空"]
        passages = index._store.passages()
        assert len(passages) == index._store.count()[1] == 5
        assert all(before[one.document_id][one.start : one.end] == one.text for one in passages.values())
        number = max(passages)
        assert index._store.passages([number, number + 10]) == {number: passages[number]}
    counting = Counted(HashEmbedder())
    with opened(counting) as index:
        assert texts(index) == before
        assert index._store.passages() == passages
        assert (index.document("ferry.txt").publisher, index.document("storm.txt").published) == (
            "Harbour Gazette",
            None,
        )
        report = index.sync()
        assert (report.unchanged, report.embedded, counting.seen) == (5, 0, [])
        assert found(index, "rusted cables")[0] == "bridge.txt"


def test_what_changes_is_changed_and_nothing_else(opened: Callable[..., Index], source: Path) -> None:
    counting = Counted(HashEmbedder())
    with opened(counting) as index:
        index.sync()
        counting.seen.clear()
        (source / "storm.txt").write_text("The storm took ninety roofs in Naxos.")
        (source / "ferry.txt").unlink()
        (source / "bridge.txt").rename(source / "crossing.txt")
        (source / "new.txt").write_text("The harbour has a new crane.")
        os.utime(source / "greek.txt", (1, 1))
        report = index.sync()
        counts = (report.added, report.changed, report.removed, report.moved, report.unchanged, report.embedded)
        assert counts == (1, 1, 1, 1, 2, 2)
        assert sorted(counting.seen) == ["The harbour has a new crane.", "The storm took ninety roofs in Naxos."]
        assert sorted(texts(index)) == ["crossing.txt", "greek.txt", "new.txt", "storm.txt", "空.txt"]
        assert found(index, "new crane")[0] == "new.txt"
        assert found(index, "rusted cables")[0] == "crossing.txt"
        assert "ferry.txt" not in found(index, "the ferry carries forty cars")
        assert {one.text for one in index._store.passages().values()} == set(texts(index).values())
        assert index.sync().unchanged == 5


def test_a_generation_counts_the_syncs_that_changed_something(opened: Callable[..., Index], source: Path) -> None:
    with opened() as index, opened_beside(opened) as reader:
        index.sync()
        store = index._store
        generation, meta = store.generation, store.meta
        assert TEXTS["storm"] in words(reader)
        (source / "storm.txt").write_text("The storm took ninety roofs.")
        index.sync()
        assert (store.generation, reader._store.generation) == (generation + 1, generation + 1)
        assert store.meta == {**meta, "generation": str(generation + 1)}
        assert "The storm took ninety roofs." in words(reader)
        assert TEXTS["storm"] not in words(reader)
        assert texts(reader) == texts(index)
        os.utime(source / "greek.txt", (1, 1))
        index.sync()
        assert store.generation == generation + 1


def test_files_that_cannot_be_read_are_remembered(opened: Callable[..., Index], source: Path) -> None:
    (source / "bad.txt").write_bytes(b"\0\0\0")
    with opened() as index:
        assert [failure.path for failure in index.sync().failed] == ["bad.txt"]
    with opened() as index:
        assert [failure.path for failure in index.sync().failed] == ["bad.txt"]
        (source / "bad.txt").unlink()
        assert index.sync().failed == ()
        assert index._store.failures() == {}


def test_an_interrupted_sync_changes_nothing_and_embeds_nothing_twice(
    opened: Callable[..., Index], source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened() as index:
        index.sync()
        before = texts(index)
        (source / "storm.txt").write_text("The storm took ninety roofs.")
        with monkeypatch.context() as patch:
            patch.setattr(type(index._store), "apply", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                index.sync()
        assert texts(index) == before
        report = index.sync()
        assert (report.changed, report.embedded) == (1, 0)
        assert texts(index)["storm.txt"] == "The storm took ninety roofs."


def test_vectors_come_back_as_they_went(opened: Callable[..., Index]) -> None:
    with opened() as index:
        first = index.encode(["one text", "another", "one text"])
        assert first.dtype == np.float32
    counting = Counted(HashEmbedder())
    with opened(counting) as index:
        assert np.array_equal(index.encode(["one text", "another", "one text"]), first)
        assert counting.seen == []


def test_another_embedder_takes_the_whole_place(opened: Callable[..., Index]) -> None:
    class Wider(HashEmbedder):
        name = "wider@2"
        dimension = 12

    with opened() as index:
        index.sync()
    with opened(Wider(), rebuild=True) as index:
        assert index.sync().embedded == 5
        assert found(index, "forty cars")[0] == "ferry.txt"
    with opened(rebuild=True) as index:
        assert index.sync().embedded == 5
        assert len(index._store.passages()) == len(index.search("the bridge", 20)) == 5


def test_a_filter_leaves_out_documents(opened: Callable[..., Index]) -> None:
    with opened() as index:
        index.sync()
        assert found(index, "bridge", Filter(publishers=["harbour gazette"])) == ["ferry.txt"]
        assert found(index, "bridge", Filter(documents=["s*.txt"])) == ["storm.txt"]
        assert found(index, "bridge", Filter(since="2026-02", until="2026")) == ["ferry.txt"]


def test_a_text_is_kept_once_however_many_documents_have_it(opened: Callable[..., Index], source: Path) -> None:
    (source / "again.txt").write_text(TEXTS["storm"], "utf-8")
    (source / "sources.toml").write_text('["again.txt"]\npublisher = "Harbour Gazette"\n', "utf-8")
    with opened() as index:
        report = index.sync()
        assert (report.documents, report.added, report.passages, index._store.count()) == (6, 6, 5, (6, 5))
        assert dict(report.copies) == index.copies() == {"storm.txt": "again.txt"}
        assert index.document("again.txt").text == index.document("storm.txt").text == TEXTS["storm"]
        assert [one.text for one in index.documents()].count(TEXTS["storm"]) == 2
        assert found(index, "roofs in Oxley").count("again.txt") == 1
        assert "storm.txt" not in found(index, "roofs in Oxley")
        (hit,) = index.search("roofs in Oxley", where=Filter(documents=["storm.txt"]))
        passage = hit.passage
        assert passage.id == f"storm.txt#{passage.start}-{passage.end}"
        assert index.document("storm.txt").text[passage.start : passage.end] == passage.text
        assert found(index, "roofs in Oxley", Filter(publishers=["Harbour Gazette"])) == ["again.txt"]


def test_the_text_stays_when_the_document_that_held_it_goes(opened: Callable[..., Index], source: Path) -> None:
    (source / "again.txt").write_text(TEXTS["storm"], "utf-8")
    counting = Counted(HashEmbedder())
    with opened(counting) as index:
        index.sync()
        counting.seen.clear()
        (source / "again.txt").write_text("The storm took ninety roofs in Naxos.", "utf-8")
        report = index.sync()
        assert (report.changed, report.unchanged, report.passages, dict(report.copies)) == (1, 5, 6, {})
        assert counting.seen == ["The storm took ninety roofs in Naxos."]
        assert "storm.txt" in found(index, "roofs in Oxley")
        (source / "a-third.txt").write_text(TEXTS["storm"], "utf-8")
        assert dict(index.sync().copies) == {"storm.txt": "a-third.txt"}
        (source / "a-third.txt").unlink()
        report = index.sync()
        assert (report.removed, report.unchanged, report.passages, index.copies()) == (1, 6, 6, {})
        assert "storm.txt" in found(index, "roofs in Oxley")
        assert len(counting.seen) == 1


def test_a_long_document_and_a_long_word_are_kept_whole(opened: Callable[..., Index], source: Path) -> None:
    long = "\n\n".join(f"Paragraph {number} tells of “the flood” at the weir." for number in range(3000))
    (source / "long.txt").write_text(long)
    (source / "word.txt").write_text("x" * 100_000)
    with opened() as index:
        index.sync()
        for name in ("long.txt", "word.txt"):
            text = index.document(name).text
            mine = [one for one in index._store.passages().values() if one.document_id == name]
            assert mine
            assert all(text[one.start : one.end] == one.text for one in mine)
        assert len(index.document("word.txt").text) == 100_000
        assert "Paragraph 2999 tells" in index.document("long.txt").text


@needs_milvus
def test_all_stores_find_the_same(source: Path, server: str, tmp_path: Path) -> None:
    """Order, scores and the rank by each retriever, over texts in which no two are equally good."""
    results: list[list[list[Hit]]] = []
    for store in (LOCAL, str(tmp_path / "same.db"), f"{server}#same"):
        settings = IndexSettings(home=str(tmp_path / "home"), store=store)
        with Index.open(source, settings, embedder=HashEmbedder()) as index:
            index.sync()
            results.append([index.search(query, 3) for query in QUERIES])
    assert results[0] == results[1] == results[2]


def test_two_processes_do_not_write_at_once(opened: Callable[..., Index], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.store.PATIENCE", 0.2)
    with opened() as index, index._store.writing(), pytest.raises(IndexLocked, match="Another process"):
        index.sync()
