"""Caches made from the last generation's: as good as new ones, never in place, and only where little has changed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_embedders import HashEmbedder

from index import Document, Hit, Index, IndexSettings, Passage, caches
from index.lexical import LexicalIndex
from index.search import Searcher, open_searcher
from index.store import SqliteStore, text_hash
from index.types import Change, Entry

FILES = 300
QUERIES = ["word3 word9", "word20 of word41 and word77", "note 17", "word5 word60 word61", "new words"]


def text(number: int, state: int = 0) -> str:
    """A note whose words are as unevenly spread as those of real texts."""
    chance = np.random.default_rng([number, state])
    words = " ".join(f"word{word % 200}" for word in chance.zipf(1.3, int(chance.integers(10, 40))))
    return f"Note {number} of state {state}: {words}."


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"f{number}.txt").write_text(text(number))
    return folder


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many texts were put into a new word index, each time that one was made from nothing."""
    counts: list[int] = []
    real = LexicalIndex.build.__func__  # type: ignore[attr-defined]

    def build(cls: type[LexicalIndex], texts: Any, folder: Path | None) -> LexicalIndex:
        listed = list(texts)
        counts.append(len(listed))
        made: LexicalIndex = real(cls, listed, folder)
        return made

    monkeypatch.setattr(LexicalIndex, "build", classmethod(build))
    return counts


def opened(source: Path, spec: str = "auto") -> Index:
    settings = IndexSettings(index_factory=spec)
    return Index.open(source, settings, embedder=HashEmbedder(), path=source.parent / "index")


def searched(index: Index) -> list[list[Hit]]:
    return [index.search(query, 10) for query in QUERIES]


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


def manifest(source: Path) -> dict[str, Any]:
    (file,) = (source.parent / "index" / "cache").glob("*/complete.json")
    found: dict[str, Any] = json.loads(file.read_text())
    return found


@pytest.mark.parametrize("spec", ["auto", "SQ8", "IVF4,SQ8"])
def test_a_small_change_is_made_in_the_caches(source: Path, built: list[int], spec: str) -> None:
    with opened(source, spec) as index:
        index.sync()
        searched(index)
        for state in (1, 2, 3):
            (source / f"f{state * 50}.txt").write_text(text(state * 50, state))
            (source / f"f{state}.txt").unlink()
            (source / f"new{state}.txt").write_text(f"These are new words on state {state}.")
            index.sync()
            assert any("new words on state" in hit.passage.text for hit in searched(index)[-1])
        assert built == [FILES]
        assert manifest(source)["drift"] == 12
        found = [rankings(index, query) for query in QUERIES]
    shutil.rmtree(source.parent / "index" / "cache")
    with opened(source, spec) as index:
        for query, (dense, lexical) in zip(QUERIES, found, strict=True):
            wanted_dense, wanted_lexical = rankings(index, query)
            assert dense == wanted_dense
            assert lexical.keys() == wanted_lexical.keys()
            assert lexical == pytest.approx(wanted_lexical, rel=0.05)  # 12 of 300 are still counted
    assert built == [FILES, FILES]


def rankings(index: Index, query: str) -> tuple[list[int], dict[int, float]]:
    """All that is found by meaning in its order, and the scores of all that is found by words."""
    searcher = index._current_searcher()
    assert isinstance(searcher, Searcher)
    found = searcher.rankings(query, index.embedder.encode_queries([query]), 400)
    return [id_ for id_, _ in found["dense"]], dict(found["lexical"])


def test_after_a_small_change_in_many_passages_the_hits_are_those_of_new_caches(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    embedder = HashEmbedder()

    def put(names: list[int], state: int) -> None:
        documents = [(f"f{name}", [text(1000 * name + part, state) for part in range(50)]) for name in names]
        vectors = {text_hash(words): embedder.encode_documents([words])[0] for _, texts in documents for words in texts}
        store.remember(vectors, "hash@1")
        entries = [
            Entry(
                Document(id_, id_, "\n".join(texts), None, None, id_),
                tuple(Passage(f"{id_}#{i}", id_, i, i + 1, words) for i, words in enumerate(texts)),
                str(state),
            )
            for id_, texts in documents
        ]
        store.apply(Change(entries), {"embedder": "hash@1"})

    def found() -> list[list[tuple[int, float, dict[str, int]]]]:
        searcher = open_searcher(store, "hash@1", 8)
        return [searcher.search(query, embedder.encode_queries([query]), 10) for query in QUERIES]

    put(list(range(80)), 0)
    before = found()
    put([33], 1)
    changed = found()
    assert changed != before
    assert json.loads(next(tmp_path.glob("cache/*/complete.json")).read_text())["drift"] == 100
    shutil.rmtree(tmp_path / "cache")
    assert found() == changed


def test_a_big_change_makes_them_anew(source: Path, built: list[int]) -> None:
    with opened(source) as index:
        index.sync()
        searched(index)
        for number in range(20):
            (source / f"f{number}.txt").write_text(text(number, 1))
        index.sync()
        searched(index)
    assert built == [FILES, FILES]
    assert manifest(source)["drift"] == 0


def test_nothing_of_the_last_generation_is_written_in_place(source: Path) -> None:
    with opened(source) as index:
        index.sync()
        expected = searched(index)
        cache = next((source.parent / "index" / "cache").iterdir())
        kept = source.parent / "kept"
        shutil.copytree(cache, kept, copy_function=os.link)  # the files themselves, under other names
        before = contents(kept)
        (source / "f9.txt").write_text(text(9, 5))
        with opened(source) as reader:
            assert searched(reader) == expected
            index.sync()
            assert searched(index) != expected
        assert not cache.exists()
        assert contents(kept) == before


@pytest.mark.parametrize("name", ["vectors.faiss", "numbers.npy", "words/meta.json"])
def test_a_damaged_cache_is_nothing_to_go_on_from(source: Path, built: list[int], name: str) -> None:
    with opened(source) as index:
        index.sync()
        searched(index)
    file = next((source.parent / "index" / "cache").iterdir()) / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0x10
    file.write_bytes(data)
    (source / "f9.txt").write_text(text(9, 5))
    with opened(source) as index:
        index.sync()
        found = searched(index)
    shutil.rmtree(source.parent / "index" / "cache")
    with opened(source) as index:
        assert searched(index) == found
    assert built == [FILES] * 3


def test_flipped_bits_that_leave_the_time_are_found_by_a_thorough_look(source: Path) -> None:
    with opened(source) as index:
        index.sync()
        searched(index)
        wanted = caches.Wanted(index._store, "hash@1", 8)  # type: ignore[arg-type]
        generation = index._store.generation
        file = next(wanted.home.iterdir()) / "vectors.faiss"
        stat, data = file.stat(), bytearray(file.read_bytes())
        assert caches.load(wanted, generation, thorough=True)
        data[-9] ^= 0x40
        file.write_bytes(data)
        assert caches.load(wanted, generation) is None
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        assert caches.load(wanted, generation, thorough=True) is None


def test_a_copied_index_needs_no_new_caches(source: Path, built: list[int]) -> None:
    with opened(source) as index:
        index.sync()
        expected = searched(index)
    shutil.copytree(source.parent / "index", source.parent / "copy", copy_function=shutil.copyfile)
    with Index.open(source, embedder=HashEmbedder(), path=source.parent / "copy") as index:
        assert searched(index) == expected
    assert built == [FILES]


def test_the_caches_of_another_database_are_not_taken(source: Path, tmp_path: Path) -> None:
    with opened(source) as index:
        index.sync()
        searched(index)
    for file in (tmp_path / "index").glob("index.sqlite*"):
        file.unlink()
    for number in range(FILES):
        (source / f"f{number}.txt").write_text(text(number, 4))
    with opened(source) as index:
        index.sync()
        assert "state 4" in index.search("note 17", 1)[0].passage.text


def test_another_type_is_made_at_once(source: Path, built: list[int]) -> None:
    for spec in ("auto", "SQ8", "Flat"):
        with opened(source, spec) as index:
            index.sync()
            searched(index)
        assert manifest(source)["factory"] == {"auto": "Flat"}.get(spec, spec)
    assert len(built) == 3


def test_an_empty_index_is_searched_from_its_cache(source: Path, built: list[int]) -> None:
    with opened(source) as index:
        assert index.search("word3") == []
        assert index.search("word3") == []
    with opened(source) as index:
        assert index.search("word3") == []
    assert built == [0]
