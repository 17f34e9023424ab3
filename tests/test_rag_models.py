"""From a model's name to its files: on the real packaged model, a real cache folder, and a hub played on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from index.types import Progress
from rag import models
from rag.errors import ModelError
from rag.models import available, is_server, resolve
from rag.requantize import requantized

ROOT = Path(__file__).parents[1]
TINY = b"GGUF\x03\x00\x00\x00" + bytes(16)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def one_line(name: str, cache: Path) -> ModelError:
    with pytest.raises(ModelError) as raised:
        resolve(name, cache)
    assert "\n" not in str(raised.value)
    assert raised.value.hint
    return raised.value


def in_process(code: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        env=os.environ | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_default_is_converted_once(cache: Path) -> None:
    seen: list[Progress] = []
    first = resolve("default", cache, seen.append)
    made = first.weights.stat().st_mtime_ns
    again = resolve("default", cache, seen.append)
    assert [(step.done, step.total) for step in seen] == [(0, 1), (1, 1)]
    assert first == again
    assert again.weights.stat().st_mtime_ns == made
    assert first.weights.read_bytes()[:4] == b"GGUF"
    assert first.adapter is not None
    assert first.adapter.stem in first.name
    assert len(first.sha256) == 12
    assert sorted(path.suffix for path in first.weights.parent.iterdir()) == [".gguf", ".json", ".lock"]


def test_a_conversion_that_was_changed_is_made_again(cache: Path) -> None:
    weights = resolve("default", cache).weights
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1000])
    assert resolve("default", cache).weights.read_bytes() == whole
    weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert resolve("default", cache).weights.read_bytes() == whole


def test_a_conversion_that_was_only_touched_is_kept(cache: Path) -> None:
    weights = resolve("default", cache).weights
    os.utime(weights, ns=(1, 1))
    resolve("default", cache)
    assert weights.stat().st_mtime_ns == 1


def test_a_damaged_record_costs_only_time(cache: Path) -> None:
    record = resolve("default", cache).weights.with_suffix(".json")
    for text in ('{"source": {"size": 1}}', "\udcff"):
        record.write_text(text, encoding="utf-8", errors="surrogateescape")
        assert resolve("default", cache).weights.is_file()
        assert json.loads(record.read_text(encoding="utf-8"))["target"]["size"] > 100_000_000


def test_a_source_with_another_digest_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "model.Q4_1.gguf"
    source.write_bytes(TINY)
    with pytest.raises(ModelError, match="not the one that was published") as raised:
        requantized(source, models.PACKAGED_SHA256, tmp_path / "cache", lambda step: None)
    assert "pip install --force-reinstall" in raised.value.hint
    assert not list((tmp_path / "cache").glob("*.gguf"))


def test_a_source_that_is_no_model_is_one_line(tmp_path: Path) -> None:
    source = tmp_path / "model.Q4_1.gguf"
    source.write_bytes(TINY)
    with pytest.raises(ModelError, match="could not be converted") as raised:
        requantized(source, sha256(TINY).hexdigest(), tmp_path / "cache", lambda step: None)
    assert "\n" not in str(raised.value)
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_processes_at_once_convert_once(tmp_path: Path) -> None:
    code = f"""
        from pathlib import Path
        from rag.models import resolve
        steps = []
        files = resolve("default", Path({str(tmp_path)!r}), steps.append)
        print(len(steps), files.sha256)
    """
    outputs = [process.communicate(timeout=120) for process in [in_process(code) for _ in range(3)]]
    assert [errors for _, errors in outputs] == [""] * 3
    steps = [line.split()[0] for line, _ in outputs]
    assert sorted(steps) == ["0", "0", "2"]
    assert len({line.split()[1] for line, _ in outputs}) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits")
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    code = f"""
        import resource, signal, sys
        from pathlib import Path
        from rag.errors import ModelError
        from rag.models import resolve
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000_000, 20_000_000))
        try:
            resolve("default", Path({str(tmp_path)!r}))
        except ModelError as error:
            print(error)
    """
    output, errors = in_process(code).communicate(timeout=120)
    assert errors == ""
    assert len(output.splitlines()) == 1
    assert "could not be converted" in output
    assert "needs 150 MB" in output
    assert [path.suffix for path in (tmp_path / "models").iterdir()] == [".lock"]


def test_a_cache_that_is_no_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    error = one_line("default", tmp_path / "cache")
    assert "cannot be kept in" in error.message


def test_a_missing_package_says_what_to_install(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PACKAGE", "no-such-distribution")
    assert "pip install 'corroborate[embedded]'" in one_line("default", cache).hint
    assert "default" not in [model.name for model in available(cache)]


def test_a_file_of_the_users(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "Some-Model.Q4_K_M.gguf"
    path.write_bytes(TINY)
    files = resolve(str(path), cache)
    assert (files.name, files.weights, files.adapter) == ("Some-Model.Q4_K_M", path, None)
    path.write_bytes(TINY + b"\x01")
    assert resolve(str(path), cache).sha256 != files.sha256


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("gpt-9", "There is no model gpt-9."),
        ("no/such.gguf", "There is no model file no/such.gguf."),
        ("{tmp}", "is a folder"),
        ("{tmp}/text.gguf", "is no GGUF file"),
        ("{tmp}/empty.gguf", "is no GGUF file"),
        ("hf:owner/model.gguf", "names no file of the hub"),
        ("hf:owner/repo/model.bin", "names no file of the hub"),
        ("http://127.0.0.1:8080", "is a server"),
    ],
)
def test_a_name_that_cannot_be_used_is_one_line(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "text.gguf").write_text("Once upon a time")
    (tmp_path / "empty.gguf").write_bytes(b"")
    assert says in one_line(name.format(tmp=tmp_path), tmp_path).message


@pytest.mark.parametrize(
    ("name", "server"), [("http://x", True), ("https://x/v1", True), ("default", False), ("hf:a/b/c.gguf", False)]
)
def test_which_names_are_servers(name: str, server: bool) -> None:
    assert is_server(name) == server


def test_available_says_what_is_here(tmp_path: Path) -> None:
    (before,) = [model for model in available(tmp_path) if model.name == "default"]
    assert before.note == "is converted when it is first used"
    assert before.size == before.weights.stat().st_size
    resolve("default", tmp_path)
    (after,) = [model for model in available(tmp_path) if model.name == "default"]
    assert after.note == "ready"
    assert after.adapter


class Hub(BaseHTTPRequestHandler):
    """The little of the Hugging Face hub's protocol that fetching one file takes."""

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        if self.path == "/someone/gated/resolve/main/m.gguf":
            self.head(403, {"X-Error-Code": "GatedRepo"})
        elif not self.path.startswith("/someone/tiny/"):
            self.head(401, {"X-Error-Code": "RepoNotFound"})
        elif self.path != "/someone/tiny/resolve/main/sub/m.gguf":
            self.head(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": "a" * 40})
        else:
            headers = {"X-Repo-Commit": "a" * 40, "ETag": f'"{sha256(TINY).hexdigest()}"'}
            self.head(200, headers | {"Content-Length": str(len(TINY))})
            if body:
                self.wfile.write(TINY)

    def head(self, code: int, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


FETCH = """
    import sys
    from pathlib import Path
    from rag.errors import ModelError
    from rag.models import available, resolve
    for name in {names!r}:
        try:
            files = resolve(name, Path("unused"))
            here = [model.name for model in available(Path("unused"))]
            print(files.name, files.weights.read_bytes()[:4] == b"GGUF", here[-1])
        except ModelError as error:
            print(error)
"""


def test_a_model_of_the_hub_is_fetched_once_then_used_offline(tmp_path: Path, hub: str) -> None:
    name = "hf:someone/tiny/sub/m.gguf"
    code = FETCH.format(names=[name])
    home = {"HF_HOME": str(tmp_path), "HF_TOKEN": "", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    absent, _ = in_process(code, **home, HF_HUB_OFFLINE="1").communicate(timeout=60)
    assert "is not on this machine" in absent
    assert "hf download someone/tiny sub/m.gguf" in absent
    fetched, errors = in_process(code, **home, HF_HUB_OFFLINE="0", HF_ENDPOINT=hub).communicate(timeout=60)
    assert fetched.strip() == f"someone/tiny/sub/m True {name}", errors
    kept, _ = in_process(code, **home, HF_HUB_OFFLINE="1").communicate(timeout=60)
    assert kept == fetched


def test_what_the_hub_refuses_is_one_line(tmp_path: Path, hub: str) -> None:
    names = ["hf:someone/tiny/other.gguf", "hf:nobody/here/m.gguf", "hf:someone/gated/m.gguf", "hf:bad..name/x/m.gguf"]
    home = {"HF_HOME": str(tmp_path), "HF_TOKEN": "", "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub}
    output, errors = in_process(FETCH.format(names=names), **home).communicate(timeout=60)
    lines = output.splitlines()
    assert len(lines) == 4, output + errors
    expected = ["has no file other.gguf", "The hub has no", "asks for its terms", "The hub has no"]
    for line, says in zip(lines, expected, strict=True):
        assert says in line
