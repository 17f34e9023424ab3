"""What the doctor says of an index: which type of FAISS index it is, and how exact."""

from __future__ import annotations

from pathlib import Path

import pytest
from index_embedders import HashEmbedder

from index import Index, IndexSettings, Vectors
from index.search import Searcher
from rag.settings import Settings
from ui import doctor


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder of 200 notes, and room for their index."""
    (tmp_path / "sources").mkdir()
    for number in range(200):
        (tmp_path / "sources" / f"{number}.txt").write_text(f"Words of note {number}.")
    return tmp_path


def opened(place: Path, spec: str) -> Index:
    index = Index.open(
        place / "sources", IndexSettings(index_factory=spec), embedder=HashEmbedder(), path=place / "index"
    )
    index.sync()
    return index


def test_before_the_first_search_nothing_is_known_and_nothing_made(place: Path) -> None:
    with opened(place, "auto") as index:
        assert index.exactness() is None
        assert doctor._exactness(index) == "the next search makes its caches"
        assert not (place / "index" / "cache").exists()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("auto", "FAISS Flat of 200 vectors, exact"),
        ("SQ8", "FAISS SQ8 of 200 vectors, rescored, not exact: recall@10 1.000 of 50 of its own"),
        ("IVF4,SQ8", "4 cells a search) of 200 vectors, rescored, not exact: recall@10 "),
    ],
)
def test_the_type_and_what_it_costs_is_said(place: Path, spec: str, said: str) -> None:
    with opened(place, spec) as index:
        index.search("note")
        assert said in doctor._exactness(index)


def test_recall_is_measured_against_all_vectors(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Searcher.dense

    def every_other(self: Searcher, vector: Vectors, depth: int) -> list[tuple[int, float]]:
        return real(self, vector, depth)[::2]

    with opened(place, "SQ8") as index:
        index.search("note")
        monkeypatch.setattr(Searcher, "dense", every_other)
        found = index.exactness()
        assert found is not None
        assert found.recall == pytest.approx(0.5, abs=0.01)


def test_flipped_bits_are_found_by_the_doctor(place: Path) -> None:
    with opened(place, "SQ8") as index:
        index.search("note")
        file = next((place / "index" / "cache").iterdir()) / "vectors.faiss"
        data = bytearray(file.read_bytes())
        data[-3] ^= 1
        file.write_bytes(data)
        assert index.exactness() is None
    with opened(place, "SQ8") as index:
        index.search("note")
        assert index.exactness() is not None


def test_the_line_of_the_index_says_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.index.load_embedder", lambda _: HashEmbedder())
    with opened(place, "auto") as index:
        index.search("note")
    check, copies = doctor._index(place / "sources", place / "index", Settings())
    assert check.ok
    assert copies.found == "no document repeats another"
    assert doctor._copies({"b.txt": "a.txt"}) == "b.txt repeats a.txt"
    assert doctor._copies({f"{n}.txt": "a.txt" for n in range(25)}).endswith("; 19.txt repeats a.txt; 5 more")
    assert "200 documents" in check.found
    assert check.found.endswith("FAISS Flat of 200 vectors, exact")
