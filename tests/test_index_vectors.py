"""FAISS by size: which type is chosen, that what is removed is gone, and that rescoring finds what is nearest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from index_embedders import HashEmbedder

from index import Index, IndexSettings, SettingsError, Vectors
from index.search import Searcher, open_searcher
from index.store import SqliteStore
from index.vectors import AUTO, VectorIndex, check_factory, factory

APPROXIMATE = ["SQ8", "IVF16,SQ8", "PCA24,SQ8", "HNSW8", "PCA24,IVF16,SQ8", "SQ8,RFlat"]


def clouds(count: int, dimension: int = 32, seed: int = 1) -> Vectors:
    """Unit vectors in groups, as passages on a few subjects are."""
    chance = np.random.default_rng(seed)
    middles = chance.standard_normal((20, dimension))
    found = middles[chance.integers(0, 20, count)] + 0.6 * chance.standard_normal((count, dimension))
    unit: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "Flat"),
        (50_000, "Flat"),
        (50_001, "SQ8"),
        (200_000, "SQ8"),
        (200_001, "IVF2048,SQ8"),
        (10**6, "IVF4096,SQ8"),
    ],
)
def test_the_type_goes_by_size(count: int, expected: str) -> None:
    assert factory(AUTO, count) == expected
    assert factory("SQfp16", count) == "SQfp16"


@pytest.mark.parametrize("spec", ["Flat", *APPROXIMATE])
def test_every_type_is_saved_and_found_again(tmp_path: Path, spec: str) -> None:
    vectors = clouds(1500)
    built = VectorIndex.build(np.arange(1500) * 3 + 5, vectors, 32, spec)
    built.save(tmp_path / "v.faiss")
    for mapped in (False, True):
        loaded = VectorIndex.load(tmp_path / "v.faiss", 1500, mapped)
        assert loaded is not None
        assert loaded.exact == (spec == "Flat")
        assert loaded.search(vectors[7:8], 5) == built.search(vectors[7:8], 5)
        assert loaded.search(vectors[7:8], 5)[0][0] == 26
    assert VectorIndex.load(tmp_path / "v.faiss", 1499) is None


@pytest.mark.parametrize("spec", ["Flat", "SQ8", "IVF16,SQ8", "PCA24,IVF16,SQ8", "PCA24,SQ8"])
def test_what_is_removed_is_gone_and_what_is_added_is_found(spec: str) -> None:
    vectors = clouds(1500)
    index = VectorIndex.build(np.arange(1000), vectors[:1000], 32, spec)
    assert index.remove(np.array([3, 500, 999]))
    index.add(np.arange(2000, 2500), vectors[1000:])
    assert len(index) == 1497
    for number in (3, 500, 999):
        assert number not in [id_ for id_, _ in index.search(vectors[number : number + 1], 20)]
    for id_, row in ((4, 4), (998, 998), (2000, 1000), (2499, 1499)):
        assert index.search(vectors[row : row + 1], 1)[0][0] == id_


@pytest.mark.parametrize("spec", ["HNSW8", "SQ8,RFlat", "IDMap2,IVF16,SQ8"])
def test_what_cannot_lose_vectors_says_so(spec: str) -> None:
    index = VectorIndex.build(np.arange(1000), clouds(1000), 32, spec)
    assert index.remove(np.array([], dtype=np.int64))
    assert not index.remove(np.array([3]))


@pytest.mark.parametrize("spec", ["Flat", "SQ8", "IVF16,SQ8", "PCA24,IVF16,SQ8"])
def test_only_what_is_allowed_is_found_in_every_cell(spec: str) -> None:
    vectors = clouds(1500)
    index = VectorIndex.build(np.arange(1500), vectors, 32, spec)
    allowed = np.arange(7, 1500, 150)
    assert index.scans
    assert {id_ for id_, _ in index.search(vectors[:1], 50, allowed)} == set(allowed.tolist())


def test_few_vectors_are_kept_flat() -> None:
    index = VectorIndex.build(np.arange(5), clouds(5), 32, "IVF16,SQ8")
    assert index.exact
    assert index.search(clouds(5)[:1], 1)[0][0] == 0


def test_as_many_cells_are_looked_at_as_it_takes() -> None:
    vectors = clouds(4000)
    index = VectorIndex.build(np.arange(4000), vectors, 32, "IVF32,SQ8")
    assert index.cells is not None
    looked_at, there_are = index.cells
    assert 1 <= looked_at < there_are == 32
    shared = 0
    for query in vectors[::80]:
        wanted = index.search(query[None], 10, np.arange(4000))  # in every cell
        shared += len({id_ for id_, _ in wanted} & {id_ for id_, _ in index.search(query[None], 10)})
    assert shared >= 0.98 * 500


@pytest.mark.parametrize("setting", ["SQ9", "nonsense", "IVF,Flat", ""])
def test_a_type_that_there_is_not_is_one_line(setting: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="index_factory") as raised:
        check_factory(setting, 32)
    assert "\n" not in str(raised.value)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.txt").write_text("The words of a.")
    with pytest.raises(SettingsError, match="index_factory"):
        Index.open(
            tmp_path / "sources", IndexSettings(index_factory=setting), embedder=HashEmbedder(), path=tmp_path / "i"
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of 600 passages."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "sources").mkdir()
    for number in range(600):
        (folder / "sources" / f"f{number}.txt").write_text(f"Note {number} tells of bridge {number % 7}.")
    with Index.open(folder / "sources", embedder=HashEmbedder(), path=folder / "index") as index:
        index.sync()
    return folder / "index"


def searcher(place: Path, spec: str) -> Searcher:
    return open_searcher(SqliteStore(place), "hash@1", 8, spec)


@pytest.mark.parametrize("spec", ["SQ4", "SQ8", "IVF4,SQ8", "HNSW32"])
def test_what_is_nearest_is_rescored_to_the_exact_order(place: Path, spec: str) -> None:
    exact, near = searcher(place, "Flat"), searcher(place, spec)
    assert exact.vectors.exact
    assert not near.vectors.exact
    questions = [HashEmbedder().encode_queries([f"question {number}"]) for number in range(20)]
    shared = []
    for question in questions:
        wanted, found = exact.dense(question, 10), near.dense(question, 10)
        scores = dict(exact.dense(question, 600))
        assert [score for _, score in found] == pytest.approx([scores[number] for number, _ in found], abs=1e-6)
        shared.append(len({id_ for id_, _ in wanted} & {id_ for id_, _ in found}))
    assert np.mean(shared) >= 9.8


@pytest.mark.parametrize("spec", ["Flat", "SQ8", "IVF4,SQ8", "HNSW32"])
def test_few_allowed_passages_are_all_found(place: Path, spec: str) -> None:
    opened = searcher(place, spec)
    question = HashEmbedder().encode_queries(["a question"])
    allowed = np.array([5, 99, 300, 599])
    assert {id_ for id_, _ in opened.dense(question, 50, allowed)} == set(allowed.tolist())
    best = [id_ for id_, _ in opened.dense(question, 50, allowed)]
    assert [id_ for id_, _ in opened.dense(question, 2, allowed)] == best[:2]
