"""What is installed and what is not, each with what to do about it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.text import Text

from index import Index, load_embedder
from index.embed import cpu_has_bf16
from index.errors import CorroborateError
from index.stores import LOCAL
from rag.extractor import installed
from rag.llamacpp import LlamaCpp
from rag.models import is_server, resolve
from rag.remote import RemoteWriter
from rag.roles import reading, writing
from rag.settings import Settings
from ui.console import out
from ui.render import one_line

PACKAGES = ("torch", "sentence-transformers", "faiss-cpu", "tantivy", "gradio")
SHOWN = 20  # copies that are named
LOADS = 120  # seconds that llama.cpp may take to be imported on a slow disk
FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "i8mm")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is in order, what was found, and the way out where it is not."""

    name: str
    ok: bool
    found: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """The check as `rag doctor --json` prints it."""
        return asdict(self)


def examine(sources: Path | None, index: Path | None, model: str | None, writer: str | None = None) -> list[Check]:
    """Every check in order. Raises SettingsError where the settings themselves cannot be read."""
    settings = Settings.load({"model": model, "writer": writer})
    return [
        _python(),
        *map(_package, PACKAGES),
        _llama(),
        _processor(),
        _tried("embedder", lambda: load_embedder(settings).name),
        _tried("model", lambda: _opened_model(reading(settings), settings)),
        _tried("extractor", lambda: _opened_extractor(settings)),
        _tried("writer", lambda: _opened_writer(settings)),
        _folder("data folder", settings.data_dir),
        _folder("cache folder", settings.cache_dir),
        *_index(sources, index, settings),
    ]


def print_checks(checks: Sequence[Check]) -> None:
    """A line for each check, and under one that is not in order the way out."""
    for check in checks:
        state = Text("ok    " if check.ok else "not ok", style="green" if check.ok else "bold red")
        out.print(Text.assemble(state, f"  {check.name}: {one_line(check.found)}"), soft_wrap=True)
        if not check.ok:
            out.print(Text(f"        {one_line(check.remedy)}"), soft_wrap=True)


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check("Python", sys.version_info >= (3, 11), found, "Install Python 3.11 or later.")


def _package(name: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False, "not installed", f"pip install {name}")


def _llama() -> Check:
    """llama-cpp-python is compiled for one processor; on another its import ends the process, so a child tries it."""
    known = _package("llama-cpp-python")
    if not known.ok:
        return known
    try:
        tried = subprocess.run(
            [sys.executable, "-c", "import llama_cpp"], capture_output=True, text=True, timeout=LOADS, check=False
        )
    except subprocess.TimeoutExpired:
        return Check(known.name, False, f"{known.found}, did not load in {LOADS} s", "Look at the disk; try again.")
    if tried.returncode == 0:
        return known
    last = (tried.stderr.strip().splitlines() or ["does not load"])[-1]
    why = "was compiled for another processor" if tried.returncode < 0 else last
    again = "pip install --force-reinstall --no-cache-dir --no-deps llama-cpp-python"
    return Check(known.name, False, f"{known.found}, {why}", f"Compile it anew: {again}")


def _processor() -> Check:
    try:
        flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        flags = set()
    features = [name for name in FEATURES if name in flags]
    fast = "embedding in bfloat16" if cpu_has_bf16() else "embedding in float32"
    return Check("processor", True, f"{os.cpu_count()} cores, {' '.join(features) or platform.processor()}; {fast}")


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    try:
        return Check(name, True, attempt())
    except CorroborateError as error:
        return Check(name, False, error.message, error.hint)


def _opened_model(name: str, settings: Settings) -> str:
    """Loads the model, which is the only proof that it can be loaded."""
    model = LlamaCpp(resolve(name, settings.cache_dir))
    model.close()
    return f"{model.name}, context {model.context}"


def _opened_extractor(settings: Settings) -> str:
    extractor = installed(settings.cache_dir)
    extractor.point("Does it load?", ["It does."])
    return extractor.name


def _opened_writer(settings: Settings) -> str:
    """Loads what writes, or asks the server that does."""
    name = writing(settings)
    if not name:
        return "none: answers are quotations"
    if is_server(name):
        return RemoteWriter.at(name).name
    return "the model that reads" if name == reading(settings) else _opened_model(name, settings)


def _folder(name: str, folder: Path) -> Check:
    """A folder that is written to: it, or the nearest one above it that exists, must be writable."""
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    size = sum(_sizes(folder)) / 1e6
    usable = there.is_dir() and os.access(there, os.W_OK)
    remedy = f"{there} cannot be written: set RAG_HOME to a folder that can."
    return Check(name, usable, f"{folder} ({size:.1f} MB)", remedy)


def _sizes(folder: Path) -> Iterator[int]:
    for parent, _, files in os.walk(folder):
        for file in files:
            path = Path(parent, file)
            if path.is_file():
                yield path.stat().st_size


def _index(sources: Path | None, index: Path | None, settings: Settings) -> list[Check]:
    """The state of the index as it is on disk: nothing is brought up to date."""
    folder = sources or (Path("seeds") if Path("seeds").is_dir() else None)
    if folder is None:
        return [Check("index", True, "no folder of sources was named")]
    try:
        with Index.open(folder, settings, path=index) as held:
            count = len(held.documents())
            found = f"{held.path}: {count} documents of {folder}"
            state = Check("index", True, f"{found}; {_exactness(held)}" if count else found)
            return [state, Check("copies", True, _copies(held.copies()))] if count else [state]
    except CorroborateError as error:
        return [Check("index", False, error.message, error.hint)]


def _copies(found: Mapping[str, str]) -> str:
    """The documents that repeat others."""
    shown = [f"{copy} repeats {original}" for copy, original in list(found.items())[:SHOWN]]
    more = [f"{len(found) - SHOWN:,} more"] if len(found) > SHOWN else []
    return "; ".join(shown + more) or "no document repeats another"


def _exactness(held: Index) -> str:
    """How the vectors are held, and what that costs."""
    found = held.exactness()
    if found is None:
        return "its searches are by Milvus" if held.settings.store != LOCAL else "the next search makes its caches"
    cells = f" ({found.cells[0]} of {found.cells[1]} cells a search)" if found.cells else ""
    kept = f"FAISS {found.kind}{cells} of {found.passages:,} vectors"
    if found.recall is None:
        return f"{kept}, exact"
    return f"{kept}, rescored, not exact: recall@10 {found.recall:.3f} of {found.queries} of its own"
