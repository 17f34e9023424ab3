"""Embedding in bulk: Ray's workers make what this process makes, and what fails is told in one line."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from index_embedders import HashEmbedder, minilm
from index_stores import free_port

from index import EmbedderError, Index, IndexSettings
from index.bulk import BATCH, LocalEngine, RayEngine, Worker, batches

TEXTS = [
    f"Storm number {number} took {number % 7} roofs, and the ferry was {'late ' * (number % 5)}."
    for number in range(70)
]
needs_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="the extra ray is not installed")
RAY = """
import os, sys
from pathlib import Path
import numpy as np
from index import EmbedderError, Index, IndexSettings, load_embedder
from index.bulk import LocalEngine, RayEngine
os.cpu_count = lambda: 1
texts = {texts!r}
settings = IndexSettings()
embedder = load_embedder(settings)
made = {{}}
for batch, vectors in RayEngine(settings, embedder).encode(texts):
    made.update(zip(batch, vectors))
own = {{}}
for batch, vectors in LocalEngine(embedder).encode(texts):
    own.update(zip(batch, vectors))
assert made.keys() == own.keys() == set(texts)
print(max(float(np.abs(made[text] - own[text]).max()) for text in texts))
source = Path({folder!r})
(source / "a.txt").write_text("The bridge was closed. The ferry was late.")
with Index.open(source, settings, path=source.with_name(source.name + "-index")) as index:
    report = index.sync(engine=RayEngine(settings, index.embedder))
    print(report.embedded, index.search("ferry", 1)[0].passage.document_id)
try:
    list(RayEngine(IndexSettings(embedder="/no/such/folder"), embedder).encode(["text"]))
except EmbedderError as error:
    print(error)
"""


def test_batches_hold_all_texts_the_longest_first() -> None:
    assert [len(batch) for batch in batches(TEXTS)] == [BATCH, len(TEXTS) - BATCH]
    held = [text for batch in batches(TEXTS) for text in batch]
    assert sorted(held) == sorted(TEXTS)
    assert [len(text) for text in held] == sorted(map(len, TEXTS), reverse=True)
    assert batches([]) == []


def test_the_local_engine_gives_each_text_its_vector() -> None:
    found = {
        text: vector
        for batch, made in LocalEngine(HashEmbedder()).encode(TEXTS)
        for text, vector in zip(batch, made, strict=True)
    }
    expected = HashEmbedder().encode_documents(TEXTS)
    assert all(np.array_equal(found[text], vector) for text, vector in zip(TEXTS, expected, strict=True))


def test_a_worker_makes_the_same_vectors() -> None:
    made = Worker(IndexSettings())({"number": 3, "texts": np.array(TEXTS[:5])})
    assert (made["number"], made["name"]) == (3, minilm().name)
    vectors = np.frombuffer(made["vectors"], dtype=np.float32).reshape(5, 384)
    assert np.abs(vectors - minilm().encode_documents(TEXTS[:5])).max() <= 1e-6


@needs_ray
def test_ray_makes_the_same_vectors_and_the_same_index(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    for attempt in ("first", "second"):
        (tmp_path / attempt).mkdir()
        command = [sys.executable, "-c", RAY.format(texts=TEXTS, folder=str(tmp_path / attempt))]
        # Ray's workers have one thread each; in bfloat16 two threads round six texts differently, by 0.0007
        one = {**os.environ, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=380, cwd=root, env=one)
        if done.returncode == 0 or "Traceback" in done.stderr:
            break  # else Ray ended the process by itself, as it may on a busy machine
    if "Ray does not start" in done.stderr and "timed out during startup" in done.stderr:
        pytest.skip("Ray needs over 30 s to start on this machine now")
    assert done.returncode == 0, done.stderr[-3000:]
    difference, found, failed = done.stdout.strip().splitlines()[-3:]
    assert float(difference) <= 1e-6
    assert found == "1 a.txt"
    assert failed.startswith("A worker of Ray failed: There is no embedder '/no/such/folder'. Name a folder")
    assert [line for line in done.stderr.splitlines() if "RAY_BACKEND_LOG_LEVEL" not in line] == []


@needs_ray
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_another_embedder_on_a_worker_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"number": 0, "name": "other@1", "vectors": b"", "error": ""}]
    monkeypatch.setattr(RayEngine, "_rows", lambda *_: (row for row in rows))
    monkeypatch.setattr("ray.is_initialized", lambda: True)
    with pytest.raises(EmbedderError, match=r"A worker has other@1, and this is hash@1\. Install the same"):
        list(RayEngine(IndexSettings(), HashEmbedder()).encode(["text"]))


@needs_ray
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_what_ray_raises_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from ray.exceptions import WorkerCrashedError

    def dies(*_: object) -> object:
        raise WorkerCrashedError

    monkeypatch.setattr(RayEngine, "_rows", dies)
    monkeypatch.setattr("ray.is_initialized", lambda: True)
    with pytest.raises(EmbedderError, match=r"A worker of Ray failed: .*What was embedded is kept") as raised:
        list(RayEngine(IndexSettings(), HashEmbedder()).encode(["text"]))
    assert "\n" not in str(raised.value)


@needs_ray
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{free_port()}")
    with pytest.raises(EmbedderError, match=r"Ray at 127\.0\.0\.1:\d+ cannot be reached\. Start it"):
        list(RayEngine(IndexSettings(), HashEmbedder()).encode(["text"]))


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    (tmp_path / "a.txt").write_text("The words of a.")
    with Index.open(tmp_path, embedder=HashEmbedder(), path=tmp_path / ".index") as index:
        with pytest.raises(EmbedderError, match=r"corroborate\[ray\]"):
            index.sync(engine=RayEngine(IndexSettings(), HashEmbedder()))
        assert index.documents() == []
