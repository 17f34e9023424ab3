"""Sync on real files with the real embedder: only what changed is read and embedded, bad input loses nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from index_embedders import HashEmbedder, minilm

from eval.speed.counted import Counted
from index import Index, IndexSettings, Progress, SourceError

ROOT = Path(__file__).parent.parent


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the articles."""
    return Path(shutil.copytree(ROOT / "seeds", tmp_path / "sources"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the articles and the index of it."""
    folder = tmp_path_factory.mktemp("made")
    with opened(Path(shutil.copytree(ROOT / "seeds", folder / "sources"))) as index:
        index.sync()
    return folder


@pytest.fixture
def indexed(made: Path, tmp_path: Path) -> Path:
    """A copy of the articles that is indexed already."""
    shutil.copytree(made / "index", tmp_path / "index")
    return Path(shutil.copytree(made / "sources", tmp_path / "sources"))


def opened(sources: Path, embedder: Counted | None = None) -> Index:
    return Index.open(sources, embedder=embedder or Counted(minilm()), path=sources.parent / "index")


def test_the_articles_and_what_sources_toml_states(sources: Path) -> None:
    with opened(sources) as index:
        report = index.sync()
        assert (report.documents, report.added, report.failed) == (5, 5, ())
        assert report.embedded == report.passages > 20
        found = {document.id[:3]: document for document in index.documents()}
        assert found["001"].publisher == "36Kr"
        assert found["001"].published == "2026-02-28"
        assert found["003"].published == "2026-02-27"
        assert found["000"].published is None
        for document in index.documents():
            for sentence in index.sentences(document.id):
                assert document.text[sentence.start : sentence.end] == sentence.text


def test_a_second_start_embeds_nothing(indexed: Path) -> None:
    counting = Counted(minilm())
    with opened(indexed, counting) as index:
        report = index.sync()
        assert (report.unchanged, report.embedded, counting.seen) == (5, 0, [])
        assert index.search("How much did Amazon invest?")
        assert counting.seen == []
        for file in indexed.iterdir():
            os.utime(file, (1, 1))
        assert index.sync().unchanged == 5
        assert counting.seen == []


def test_opening_an_unchanged_index_loads_no_model(indexed: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from index import Index
with Index.open({str(indexed)!r}, path=Path({str(indexed.parent / "index")!r})) as index:
    assert index.sync().unchanged == 5
    assert len(index.documents()) == 5 and index.sentences(index.documents()[0].id)
print(sorted({{"torch", "transformers", "sentence_transformers", "faiss", "trafilatura", "pypdf"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_only_changed_passages_are_embedded(indexed: Path) -> None:
    counting = Counted(minilm())
    with opened(indexed, counting) as index:
        changed = next(indexed.glob("003_*"))
        changed.write_text(changed.read_text() + "\n\nA last paragraph that nobody has read before.")
        next(indexed.glob("002_*")).unlink()
        (indexed / "new.md").write_text("# New\n\nA new document about a storm.")
        report = index.sync()
        assert (report.added, report.changed, report.removed, report.unchanged) == (1, 1, 1, 3)
        assert report.documents == 5
        assert len(counting.seen) == report.embedded <= 3
        assert any("nobody has read before" in text for text in counting.seen)
        assert {hit.passage.document_id[:3] for hit in index.search("OpenAI funding round", 40)} == {
            "000", "001", "003", "004", "new"
        }  # fmt: skip
        with pytest.raises(SourceError, match="no document"):
            index.document("002_40d26be8e37cd4c6.txt")


def test_a_changed_statement_about_a_source_embeds_nothing(indexed: Path) -> None:
    with opened(indexed) as index:
        stated = indexed / "sources.toml"
        stated.write_text('["000_976fb6989ca0f141.txt"]\ntitle = "A title"\ndate = 2026-02-28\n')
        report = index.sync()
        assert report.embedded == 0
        found = index.document("000_976fb6989ca0f141.txt")
        assert (found.title, found.published) == ("A title", "2026-02-28")


def test_bad_files_among_good_ones(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    (sources / "inner").mkdir(parents=True)
    (sources / "good.txt").write_text("A good text about a storm.")
    (sources / "inner" / "good.html").write_text("<p>Another good text about rain.</p>")
    (sources / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (sources / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (sources / "empty.txt").write_bytes(b"")
    (sources / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (sources / ".hidden.txt").write_text("Hidden.")
    (sources / ".git").mkdir()
    (sources / ".git" / "x.txt").write_text("Hidden too.")
    (sources / "no-such-target.txt").symlink_to(sources / "nowhere")
    with opened(sources, Counted(HashEmbedder())) as index:
        report = index.sync()
        assert [document.id for document in index.documents()] == ["good.txt", "inner/good.html"]
        assert {failure.path for failure in report.failed} == {"picture.png", "binary.txt", "empty.txt", "broken.pdf"}
        assert all("\n" not in failure.error and failure.error for failure in report.failed)
        index.path.joinpath("writer.lock").unlink()
        again = index.sync()
        assert (again.failed, again.unchanged) == (report.failed, 2)
        assert not index.path.joinpath("writer.lock").exists(), "nothing new to look at, and still it wrote"
        (sources / "picture.png").unlink()
        assert len(index.sync().failed) == 3
        (sources / "good.txt").write_bytes(b"\0\0\0")
        report = index.sync()
        assert report.removed == 1
        assert [document.id for document in index.documents()] == ["inner/good.html"]


def test_an_index_inside_its_own_folder_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The words of a.")
    with Index.open(tmp_path, embedder=HashEmbedder(), path=tmp_path / "index") as index:
        assert index.sync().failed == index.sync().failed == ()
        assert [document.id for document in index.documents()] == ["a.txt"]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens and cannot be read")
def test_a_file_that_cannot_be_opened_now_keeps_what_is_known(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "a.txt").write_text("The words of a.")
    (sources / "b.txt").write_text("The words of b.")
    with opened(sources, Counted(HashEmbedder())) as index:
        index.sync()
        (sources / "a.txt").unlink()
        (sources / "a.txt").symlink_to("/proc/self/mem")
        report = index.sync()
        assert [failure.path for failure in report.failed] == ["a.txt"]
        assert index.document("a.txt").text == "The words of a."


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_text("Words.")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(SourceError, match="There is no folder"):
        Index.open(tmp_path / "missing", embedder=HashEmbedder(), path=tmp_path / "i1")
    with pytest.raises(SourceError, match="is a file"):
        Index.open(file, embedder=HashEmbedder(), path=tmp_path / "i2")
    assert not (tmp_path / "i1").exists()
    with opened(empty, Counted(HashEmbedder())) as index, pytest.raises(SourceError, match="holds no files"):
        index.sync()
    (empty / "a.bin").write_bytes(b"\0")
    with opened(empty, Counted(HashEmbedder())) as index, pytest.raises(SourceError, match=r"None of the 1 .* a\.bin"):
        index.sync()


@pytest.mark.parametrize("text", ["not [ toml", '["a.txt"]\nwriter = "x"', '["a.txt"]\ntitle = 5', 'title = "x"'])
def test_a_wrong_sources_toml_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.txt").write_text("Words.")
    (tmp_path / "sources" / "sources.toml").write_text(text)
    index = opened(tmp_path / "sources", Counted(HashEmbedder()))
    with index, pytest.raises(SourceError, match=r"sources\.toml") as raised:
        index.sync()
    assert "\n" not in str(raised.value)


def test_progress_counts_up_to_its_total(sources: Path) -> None:
    seen: list[Progress] = []
    with opened(sources, Counted(HashEmbedder())) as index:
        index.sync(seen.append)
    for stage in ("read", "embed", "store"):
        steps = [step for step in seen if step.stage == stage]
        assert [step.done for step in steps] == sorted(step.done for step in steps)
        assert steps[-1].done == steps[-1].total > 0


def test_where_an_index_is_kept(tmp_path: Path) -> None:
    paths = []
    for parent in ("x", "y"):
        folder = tmp_path / parent / "notes"
        folder.mkdir(parents=True)
        with Index.open(folder, IndexSettings(home=str(tmp_path / "home")), embedder=HashEmbedder()) as index:
            paths.append(index.path)
            assert index.path.name.startswith("notes-")
    assert len(set(paths)) == 2
    assert {path.parent for path in paths} == {tmp_path / "home" / "data" / "indexes"}
