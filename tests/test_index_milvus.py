"""The index in Milvus: killed at any write it is the old or the new, one machine writes, errors are one line."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from index_embedders import HashEmbedder
from index_stores import free_port, milvus_server, needs_milvus

from index import Index, IndexLocked, IndexSettings, SettingsError, StorageError
from index.milvus_client import find_place
from index.milvus_rows import live
from index.milvus_tables import Tables

pytestmark = needs_milvus


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for all the tests."""
    with milvus_server(tmp_path_factory.mktemp("milvus") / "data") as url:
        yield url


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it, and nothing is written after it."""


def opened(tmp_path: Path, store: str, home: str = "home") -> Index:
    settings = IndexSettings(home=str(tmp_path / home), store=store)
    return Index.open(tmp_path / "sources", settings, embedder=HashEmbedder())


def write(folder: Path, **texts: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)


def state(index: Index) -> dict[str, str]:
    """Every document's text; all that must hold of any index is asserted."""
    documents = {document.id: document.text for document in index.documents()}
    passages = index._store.passages()
    assert all(documents[one.document_id][one.start : one.end] == one.text for one in passages.values())
    assert {one.document_id for one in passages.values()} == set(documents) == set(index._store.stamps())
    assert index._store.count() == (len(documents), len(passages))
    assert {hit.passage.id for hit in index.search("words", 50)} == {one.id for one in passages.values()}
    return documents


def test_killed_before_any_of_its_writes_it_is_the_old_or_the_new(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, store = tmp_path / "sources", f"{server}#killed"
    write(source, a="The old words of a.", b="The words of b.", c="The words of c.")
    with opened(tmp_path, store) as index:
        index.sync()
        before = state(index)
    write(source, a="The new words of a.", d="The words of d.")
    (source / "b.txt").unlink()
    after = {"a.txt": "The new words of a.", "c.txt": "The words of c.", "d.txt": "The words of d."}
    for writes in range(100):
        left = iter(range(writes))
        with monkeypatch.context() as patch, opened(tmp_path, store) as index:
            for name in ("write", "delete", "drop"):
                patch.setattr(Tables, name, dying(getattr(Tables, name), left))
            try:
                index.sync()
                break
            except Killed:
                pass
        with opened(tmp_path, store) as index:
            found = state(index)
            assert found in (before, after), f"killed before write {writes}"
            if found == after:
                break
    assert writes > 5
    with opened(tmp_path, store) as index:
        index.sync()
        assert state(index) == after


def dying(real: object, left: Iterator[int]) -> object:
    def call(self: Tables, *arguments: object) -> None:
        if next(left, None) is None:
            raise Killed
        real(self, *arguments)  # type: ignore[operator]

    return call


def test_one_machine_writes_and_the_other_is_told(tmp_path: Path, server: str) -> None:
    write(tmp_path / "sources", a="The words of a.")
    with opened(tmp_path, f"{server}#lease", "one") as here, opened(tmp_path, f"{server}#lease", "two") as there:
        with here._store.writing(), pytest.raises(IndexLocked, match=r"Another machine, .*, is writing"):
            there.sync()
        assert there.sync().added == 1
        assert here.documents() == there.documents()
        lease = {"holder": "elsewhere:/index", "until": time.time() - 1}
        here._store._tables.put("lease", lease)  # type: ignore[attr-defined]
        write(tmp_path / "sources", b="The words of b.")
        assert here.sync().added == 1


def test_two_indexes_of_one_server_leave_each_other_alone(tmp_path: Path, server: str) -> None:
    """Also where the name of one begins like the other's."""
    write(tmp_path / "sources", a="The words of a.")
    with opened(tmp_path, f"{server}#both") as one, opened(tmp_path, f"{server}#both_x") as other:
        one.sync()
        other.sync()
        write(tmp_path / "sources", b="The words of b.")
        one.sync()
        assert (len(one.documents()), len(other.documents())) == (2, 1)


def test_the_fused_scores_are_those_of_milvus_own_hybrid_search(tmp_path: Path, server: str) -> None:
    from pymilvus import AnnSearchRequest, RRFRanker

    texts = {f"f{number}": f"Sentence {number} of the storm, {'roofs ' * (number + 1)}" for number in range(8)}
    write(tmp_path / "sources", **texts)
    with opened(tmp_path, f"{server}#fused") as index:
        index.sync()
        query = "storm roofs"
        vector = HashEmbedder().encode_queries([query])[0]
        tables, version = index._store._tables, index._store._state().version  # type: ignore[attr-defined]
        name = next(name for name in tables.names() if name.startswith("passages"))
        requests = [
            AnnSearchRequest([vector], "dense", {"metric_type": "IP"}, 50, expr=live(version)),
            AnnSearchRequest(["storm roof"], "sparse", {"metric_type": "BM25"}, 50, expr=live(version)),
        ]
        hits = tables.client.hybrid_search(tables.place.collection(name), requests, RRFRanker(60), limit=8)[0]
        ours = index._store.retrievers("hash@1", 8).search(query, vector[None], 8)
        assert [score for _, score, _ in ours] == pytest.approx([hit["distance"] for hit in hits], abs=1e-6)


def test_what_is_no_store(tmp_path: Path) -> None:
    for where in ("nonsense", "/data/index.sqlite"):
        with pytest.raises(SettingsError, match="Known: local"):
            find_place(where, "x")
    with pytest.raises(SettingsError, match="letters, digits"):
        find_place("http://127.0.0.1:1#a-b", "x")
    assert find_place("http://127.0.0.1:1", "reports-12ab").collection("state") == "corroborate_reports_12ab_state"


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path / "sources", a="The words of a.")
    began = time.monotonic()
    with pytest.raises(StorageError, match=r"cannot be reached\. See that it runs") as raised:
        opened(tmp_path, f"http://127.0.0.1:{free_port()}")
    assert "\n" not in str(raised.value)
    assert time.monotonic() - began < 60


def test_a_server_of_something_else(tmp_path: Path) -> None:
    write(tmp_path / "sources", a="The words of a.")
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        serving = threading.Thread(target=other.serve_forever)
        serving.start()
        with pytest.raises(StorageError, match="cannot be reached"):
            opened(tmp_path, f"http://127.0.0.1:{other.server_port}")
        other.shutdown()
        serving.join()


def test_the_extra_is_named_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "sources", a="The words of a.")
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    with pytest.raises(StorageError, match=r"needs pymilvus\. Install it: .*corroborate\[milvus\]"):
        opened(tmp_path, "http://127.0.0.1:1")


def test_another_schema_is_left_alone_until_it_is_rebuilt(tmp_path: Path, server: str) -> None:
    write(tmp_path / "sources", a="The words of a.")
    with opened(tmp_path, f"{server}#newer") as index:
        index.sync()
        tables = index._store._tables  # type: ignore[attr-defined]
        tables.put("state", {**tables.get("state"), "schema": 99, "more": 1})
        kept = json.dumps(tables.get("state"))
        with pytest.raises(StorageError, match="made by another version"):
            opened(tmp_path, f"{server}#newer")
        assert json.dumps(tables.get("state")) == kept
    settings = IndexSettings(home=str(tmp_path / "home"), store=f"{server}#newer")
    with Index.open(tmp_path / "sources", settings, embedder=HashEmbedder(), rebuild=True) as index:
        assert index.sync().added == 1


def test_other_collections_of_our_name_are_refused(tmp_path: Path, server: str) -> None:
    from pymilvus import MilvusClient

    write(tmp_path / "sources", a="The words of a.")
    client = MilvusClient(server)
    client.create_collection("corroborate_taken_state", dimension=4)
    with pytest.raises(StorageError, match="other fields than an index of this version"):
        opened(tmp_path, f"{server}#taken")
    client.close()


def test_a_file_that_another_process_holds(tmp_path: Path) -> None:
    import fcntl

    write(tmp_path / "sources", a="The words of a.")
    (tmp_path / "held.db").mkdir()
    with (tmp_path / "held.db" / "LOCK").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked, match="in use"):
            opened(tmp_path, str(tmp_path / "held.db"))
