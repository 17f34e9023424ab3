"""Search and embedding with the real model: what is asked for is found, and the weights are the right ones."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from index_embedders import HashEmbedder, minilm

from index import EmbedderError, Index, IndexSettings, load_embedder
from index.embed import PACKAGED_SHA256, LocalEmbedder, _packaged, file_sha256
from index.lexical import LexicalIndex
from index.search import fuse
from index.vectors import VectorIndex

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The articles, indexed."""
    with Index.open(SEEDS, embedder=minilm(), path=tmp_path_factory.mktemp("index")) as opened:
        opened.sync()
        yield opened


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Which chips will be delivered in 2027?", "Trainium4 is expected to be delivered in 2027"),
        ("What did the CEO of Nvidia say?", "Jensen Huang"),
        ("Who wrote the article for Zhidx?", "Cheng Qian"),
        ("electricity demand of data centres", "International Energy Agency"),
        ("red lines for weapons and surveillance", "mass surveillance"),
        ("post-money value of the company", "$840 billion"),
    ],
)
def test_what_is_asked_for_is_among_the_first(index: Index, query: str, words: str) -> None:
    hits = index.search(query, 5)
    assert any(words in hit.passage.text for hit in hits)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_hits_tell_the_rank_of_each_retriever(index: Index) -> None:
    for hit in index.search("Trainium4", 10):
        assert hit.ranks
        assert set(hit.ranks) <= {"dense", "lexical"}
        assert hit.score == pytest.approx(sum(1 / (60 + rank) for rank in hit.ranks.values()))
        assert index.document(hit.passage.document_id).text[hit.passage.start : hit.passage.end] == hit.passage.text


@pytest.mark.parametrize(
    "query", ['a AND (b OR "c', "+-*/:~^[]{}!", "title:x text:y", "\0\n\t", "🚀", "漢字", "x" * 100_000]
)
def test_no_query_is_a_syntax_error(index: Index, query: str) -> None:
    assert len(index.search(query, 3)) == 3


def test_nothing_is_found_for_nothing(index: Index) -> None:
    assert index.search("  ") == []
    assert index.search("OpenAI", 0) == []
    assert len(index.search("OpenAI", 10_000)) > 20


def test_fusion_by_hand() -> None:
    fused = fuse({"dense": [1, 2, 3], "lexical": [3, 1]})
    assert [id_ for id_, _, _ in fused] == [1, 3, 2]
    assert fused[0][1] == pytest.approx(1 / 61 + 1 / 62)
    assert fused[1][2] == {"dense": 3, "lexical": 1}
    assert [id_ for id_, _, _ in fuse({"dense": [7], "lexical": [5]})] == [7, 5]
    assert fuse({"dense": [], "lexical": []}) == []


def test_words_are_ranked_as_bm25_ranks_them() -> None:
    texts = ["storm storm coast", "storm inland rain rain rain rain", "sun", "coast road"]
    found = dict(LexicalIndex.build(enumerate(texts), None).search("STORMS coast", 4))
    lengths = [len(text.split()) for text in texts]
    mean = sum(lengths) / len(lengths)

    def score(number: int) -> float:
        total = 0.0
        for term in ("storm", "coast"):
            holding = sum(term in text.split() for text in texts)
            count = texts[number].split().count(term)
            rarity = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
            total += rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * lengths[number] / mean))
        return total

    assert found == pytest.approx({number: score(number) for number in (0, 1, 3)}, rel=1e-4)


def test_words_without_spaces_are_found() -> None:
    index = LexicalIndex.build([(1, "今日は天気がいい"), (2, "昨日は雨だった")], None)
    assert index.search("天気", 1)[0][0] == 1


def test_vectors_are_searched_exactly() -> None:
    vectors = HashEmbedder().encode_documents([str(number) for number in range(200)])
    index = VectorIndex.build(np.arange(1000, 1200), vectors, 8)
    query = HashEmbedder().encode_queries(["a question"])
    best = np.argsort(-(vectors @ query[0]))[:10]
    assert [id_ for id_, _ in index.search(query, 10)] == [1000 + int(number) for number in best]


def test_embeddings_mean_something_and_are_unit_vectors() -> None:
    embedder = minilm()
    documents = embedder.encode_documents(["A cat sleeps.", "Stocks fell sharply on Monday.", ""])
    query = embedder.encode_queries(["Shares dropped at the start of the week"])
    assert documents.dtype == query.dtype == np.float32
    assert documents.shape == (3, embedder.dimension) == (3, 384)
    assert np.allclose(np.linalg.norm(documents, axis=1), 1, atol=1e-5)
    assert int(np.argmax(documents @ query[0])) == 1


def test_tokens_are_counted_as_the_model_reads_them() -> None:
    assert minilm().count_tokens(["", "storm", "storm storm"]) == [2, 3, 4]
    assert minilm().count_tokens(["storm " * 1000]) == [1002]


def test_the_packaged_weights_are_checked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = load_embedder(IndexSettings(home=str(tmp_path)))
    assert embedder.name == f"all-MiniLM-L6-v2@{PACKAGED_SHA256[:12]}"
    monkeypatch.setattr("hashlib.file_digest", None)
    assert load_embedder(IndexSettings(home=str(tmp_path))).name == embedder.name


def test_other_weights_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(_packaged(), folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(EmbedderError, match="SHA-256"):
        LocalEmbedder(folder, "x", tmp_path, PACKAGED_SHA256)
    broken = LocalEmbedder(folder, "x", tmp_path)
    with pytest.raises(EmbedderError, match="cannot be loaded"):
        broken.encode_documents(["text"])


def test_embedders_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = str(tmp_path / "home")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmbedderError, match=r"no model\.safetensors"):
        load_embedder(IndexSettings(home=home, embedder=str(tmp_path / "empty")))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EmbedderError, match="no embedder 'nobody/nothing'"):
        load_embedder(IndexSettings(home=home, embedder="nobody/nothing"))
    monkeypatch.setattr("index.embed.PACKAGE", "no_such_package")
    with pytest.raises(EmbedderError, match="pip install"):
        load_embedder(IndexSettings(home=home))


def test_a_folder_can_be_the_embedder(tmp_path: Path) -> None:
    embedder = load_embedder(IndexSettings(home=str(tmp_path), embedder=str(_packaged())))
    assert embedder.name == f"model@{PACKAGED_SHA256[:12]}"
    assert embedder.dimension == 384


def test_a_hash_is_remembered_until_the_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    first = file_sha256(file, tmp_path / "cache")
    assert file_sha256(file, tmp_path / "cache") == first
    file.write_bytes(b"three")
    assert file_sha256(file, tmp_path / "cache") != first
    (tmp_path / "cache" / "sha256.json").write_text("damaged")
    assert len(file_sha256(file, tmp_path / "cache")) == 64
