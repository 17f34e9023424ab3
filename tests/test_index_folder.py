"""What counts as a source, files that move, and a folder that is watched."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from index_embedders import HashEmbedder

from eval.speed.counted import Counted
from index import Index, SourceError


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"The words of {name}.")
    return folder


def opened(sources: Path, counting: Counted | None = None) -> Index:
    return Index.open(sources, embedder=counting or Counted(HashEmbedder()), path=sources.parent / "index")


def ids(index: Index) -> list[str]:
    return [document.id for document in index.documents()]


def test_moved_files_are_told_and_embed_nothing(tmp_path: Path) -> None:
    sources, counting = fill(tmp_path / "sources", "a.txt", "b.txt", "c.txt"), Counted(HashEmbedder())
    with opened(sources, counting) as index:
        index.sync()
        counting.seen.clear()
        (sources / "inner").mkdir()
        (sources / "a.txt").rename(sources / "inner" / "z.txt")
        (sources / "b.txt").unlink()
        (sources / "d.txt").write_text((sources / "c.txt").read_text())
        report = index.sync()
        assert (report.moved, report.added, report.removed, report.unchanged) == (1, 1, 1, 1)
        assert (report.embedded, counting.seen) == (0, [])
        assert ids(index) == ["c.txt", "d.txt", "inner/z.txt"]
        assert {hit.passage.document_id for hit in index.search("words", 9)} == {"c.txt", "inner/z.txt"}
        assert index.copies() == {"d.txt": "c.txt"}
        assert index.sync().moved == 0


def test_of_two_copies_of_a_moved_file_one_is_new(tmp_path: Path) -> None:
    sources = fill(tmp_path / "sources", "a.txt", "b.txt")
    with opened(sources) as index:
        index.sync()
        text = (sources / "a.txt").read_text()
        (sources / "a.txt").unlink()
        (sources / "x.txt").write_text(text)
        (sources / "y.txt").write_text(text)
        report = index.sync()
        assert (report.moved, report.added, report.removed, report.unchanged, report.documents) == (1, 1, 0, 1, 3)


def test_the_ignore_file_leaves_out_what_it_names(tmp_path: Path) -> None:
    names = ("a.txt", "drafts/b.txt", "inner/drafts/c.txt", "inner/d.txt", "e.log", "keep.log", "inner/f.tmp.txt")
    sources = fill(tmp_path / "sources", *names)
    with opened(sources) as index:
        index.sync()
        (sources / ".corroborateignore").write_text("# not yet\ndrafts/\n*.log\n!keep.log\n/inner/*.tmp.txt\n")
        report = index.sync()
        assert ids(index) == ["a.txt", "inner/d.txt"]
        assert report.removed == 3
        assert [failure.path for failure in report.failed] == ["keep.log"]
        (sources / ".corroborateignore").unlink()
        assert index.sync().added == 3


def test_patterns_are_remembered_until_others_are_given(tmp_path: Path) -> None:
    sources = fill(tmp_path / "sources", "a.txt", "old/b.txt")
    with opened(sources) as index:
        index.sync(exclude=["old/"])
        assert ids(index) == ["a.txt"]
        assert index.sync().unchanged == 1
    with opened(sources) as index:
        fill(sources, "c.txt", "old/d.txt")
        index.sync()
        assert ids(index) == ["a.txt", "c.txt"]
        index.sync(exclude=[""])
        assert ids(index) == ["a.txt", "c.txt", "old/b.txt", "old/d.txt"]


@pytest.mark.parametrize(("pattern", "says"), [("!", "pattern"), ("[z-a]", "pattern"), ("*", "excluded")])
def test_a_wrong_pattern_changes_nothing(tmp_path: Path, pattern: str, says: str) -> None:
    sources = fill(tmp_path / "sources", "a.txt")
    with opened(sources) as index:
        index.sync()
        with pytest.raises(SourceError, match=says) as raised:
            index.sync(exclude=[pattern])
        assert "\n" not in str(raised.value)
        assert index.sync().unchanged == 1


def test_what_is_written_about_the_sources_is_no_source(tmp_path: Path) -> None:
    sources = fill(tmp_path / "sources", "a.txt", "inner/cases.txt")
    (sources / "sources.toml").write_text('["a.txt"]\ntitle = "A"\nauthor = "Rita Holm"\n')
    (sources / "cases.toml").write_text('[[case]]\nquestion = "Who?"\n')
    with opened(sources) as index:
        report = index.sync()
        assert (report.documents, report.failed) == (2, ())
        assert index.document("a.txt").author == "Rita Holm"


def test_a_watched_folder_is_followed(tmp_path: Path) -> None:
    sources, stop = fill(tmp_path / "sources", "a.txt"), threading.Event()
    with Index.open(sources, embedder=HashEmbedder(), path=sources / "index") as index:
        index.sync()
        changes = index.watch(stop)
        next(changes)  # it is being watched
        steps = (lambda: fill(sources, "b.txt"), lambda: (sources / "a.txt").unlink(), lambda: fill(sources, "x/c.txt"))
        seen = []
        for step in steps:
            step()
            next(changes)
            index.sync()
            index.search("words", 1)  # writes the caches, which lie in the folder
            seen.append(ids(index))
        assert seen == [["a.txt", "b.txt"], ["b.txt"], ["b.txt", "x/c.txt"]]
        began = time.monotonic()
        threading.Timer(0.5, stop.set).start()
        assert list(changes) == [], "the index's own files are no changes"
        assert time.monotonic() - began < 10


def test_a_folder_that_is_gone_cannot_be_watched(tmp_path: Path) -> None:
    sources = fill(tmp_path / "sources", "a.txt")
    with opened(sources) as index:
        (sources / "a.txt").unlink()
        sources.rmdir()
        with pytest.raises(SourceError, match="cannot be watched"):
            next(index.watch())
