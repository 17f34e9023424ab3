"""Never lost: killed at random moments, the disk full for real, a folder that nobody may write, a database cut short.

It kills 200 times, or as often as `RAG_KILLS` in the environment says.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from index_embedders import HashEmbedder
from index_nursery import SHORT

from index import Index, StorageError, copies

ROOT = Path(__file__).parent.parent
PATHS = [str(ROOT), str(ROOT / "tests")]
KILLS = int(os.environ.get("RAG_KILLS", "200"))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def nursery() -> Iterator[subprocess.Popen[str]]:
    """The process that forks those that are killed."""
    command = [sys.executable, str(ROOT / "tests" / "index_nursery.py")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(PATHS), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def sync_and_kill(nursery: subprocess.Popen[str], source: Path, place: Path, after: float | None) -> int:
    """Lets a child sync, kills it `after` so many seconds (None: never), and gives how it ended."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(f"{source}\t{place}\n")
    nursery.stdin.flush()
    child = int(nursery.stdout.readline())
    if after is not None:
        time.sleep(after)
        with suppress(ProcessLookupError):  # it was done
            os.kill(child, signal.SIGKILL)
    return int(nursery.stdout.readline())


def text(name: str, number: int) -> str:
    return " ".join(f"Sentence {n} of {name}, state {number}, tells of the bridge." for n in range(30))


def change(source: Path, chance: random.Random, number: int) -> None:
    """Adds, changes, copies, moves and removes a few files."""
    for _ in range(chance.randrange(1, 5)):
        (source / f"f{chance.randrange(12)}.txt").write_text(text("a file", number * 10 + chance.randrange(10)))
    (source / f"copy{chance.randrange(3)}.txt").write_text(chance.choice(sorted(source.iterdir())).read_text())
    files = sorted(source.iterdir())
    if len(files) > 4:
        chance.choice(files).unlink()
        chance.choice(sorted(source.iterdir())).rename(source / f"moved{number}.txt")


def on_disk(source: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in source.iterdir()}


def examined(source: Path, place: Path) -> dict[str, str]:
    """The state of the index: every document's text. All that must hold of any index is asserted."""
    with Index.open(source, SHORT, embedder=HashEmbedder(), path=place) as index:
        store = index._store
        store.check()
        documents = {document.id: document.text for document in index.documents()}
        passages = store.passages()
        for passage in passages.values():
            assert documents[passage.document_id][passage.start : passage.end] == passage.text
        sketches = store.sketches()
        same = {one.document_id: one.same_as for one in sketches if one.same_as}
        assert same == copies.same(sketches)
        assert index.copies() == copies.near(sketches)
        assert {passage.document_id for passage in passages.values()} == set(documents) - set(same)
        numbers, matrix = store.passage_vectors("hash@1", 8)
        assert sorted(numbers) == sorted(passages)
        for number, vector in zip(numbers, matrix, strict=True):
            assert (vector == HashEmbedder().encode_documents([passages[number].text])[0]).all()
        assert store.count() == (len(documents), len(passages))
        if documents:
            searcher = index._current_searcher()
            assert len(searcher.vectors) == len(passages)
            found = index.search("bridge", len(passages))
            assert {hit.passage.id for hit in found} == {passage.id for passage in passages.values()}
        return documents


def test_killed_at_any_moment_it_is_the_old_index_or_the_new(tmp_path: Path, nursery: subprocess.Popen[str]) -> None:
    source, place, chance = tmp_path / "sources", tmp_path / "index", random.Random(7)
    source.mkdir()
    for number in range(8):
        (source / f"f{number}.txt").write_text(text("a file", number))
    began = time.monotonic()
    assert sync_and_kill(nursery, source, place, None) == 0
    whole = time.monotonic() - began
    before, ends = examined(source, place), []
    assert before == on_disk(source)
    for number in range(KILLS):
        change(source, chance, number)
        ends.append(sync_and_kill(nursery, source, place, chance.uniform(0, whole)))
        found = examined(source, place)
        assert found in (before, on_disk(source)), f"after kill {number}"
        if ends[-1] == 0:
            assert found == on_disk(source)
        before = found
    assert ends.count(-9) >= KILLS / 4, "it was mostly done before it was killed"
    assert set(ends) <= {0, -9}
    assert sync_and_kill(nursery, source, place, None) == 0
    assert examined(source, place) == on_disk(source)


def in_process(code: str, *names: object) -> subprocess.CompletedProcess[str]:
    """Runs `code` in a process of its own, where it may lose its rights and its disk."""
    head = f"import sys; sys.path[:0] = {PATHS!r}\nfrom pathlib import Path\nfrom index_embedders import HashEmbedder\n"
    head += "from index import Index, StorageError\nimport faiss, tantivy, os, resource, ftfy, index.lexical\n"
    command = [sys.executable, "-c", head + code, *map(str, names)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


FILLED = """
source, place = map(Path, sys.argv[1:3])
with Index.open(source, embedder=HashEmbedder(), path=place) as index:
    index.sync()
    index.search("words", 1)
    before = [document.id for document in index.documents()]
    (source / "b.txt").write_text("\\n".join(f"Sentence {n} of many in a long text." for n in range(4000)))
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
        index.sync()
        print("done")
    except StorageError as error:
        print(error)
    assert index.search("words", 1)
    assert before == [document.id for document in index.documents()]
"""


def test_no_room_to_write_is_one_line_and_loses_nothing(tmp_path: Path) -> None:
    source = tmp_path / "sources"
    source.mkdir()
    (source / "a.txt").write_text("The words of a.")
    done = in_process(FILLED, source, tmp_path / "index")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert "full" in line or "cannot be written" in line
    assert "--rebuild" not in line
    with Index.open(source, embedder=HashEmbedder(), path=tmp_path / "index") as index:
        assert [document.id for document in index.documents()] == ["a.txt"]
        assert index.sync().added == 1


FORBIDDEN = """
if os.geteuid() == 0:
    os.setuid(65534)
try:
    Index.open(sys.argv[1], embedder=HashEmbedder(), path=Path(sys.argv[2]))
except StorageError as error:
    print(error)
"""


def test_a_place_that_may_not_be_written_is_one_line(tmp_path: Path) -> None:
    source, place = tmp_path / "sources", tmp_path / "locked" / "index"
    source.mkdir()
    (source / "a.txt").write_text("The words of a.")
    place.parent.mkdir(mode=0o555)
    for folder in (source, tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = in_process(FORBIDDEN, source, place)
    assert done.stdout.splitlines() == [
        f"The index in {place} cannot be written. Make the folder writable or name another with --index."
    ], done.stderr


@pytest.mark.parametrize("part", [0.3, 0.7])
def test_a_database_cut_short_is_told_and_left_alone(tmp_path: Path, part: float) -> None:
    source = tmp_path / "sources"
    source.mkdir()
    for number in range(20):
        (source / f"f{number}.txt").write_text(text("a file", number))
    with Index.open(source, SHORT, embedder=HashEmbedder(), path=tmp_path / "index") as index:
        index.sync()
    file = tmp_path / "index" / "index.sqlite"
    file.write_bytes(file.read_bytes()[: int(part * file.stat().st_size)])
    before = file.read_bytes()
    with pytest.raises(StorageError, match=r"damaged\. .*--rebuild") as raised:
        examined(source, tmp_path / "index")
    assert "\n" not in str(raised.value)
    assert file.read_bytes() == before
