"""Embedding in bulk by Ray Data: on every processor of this machine, or of the cluster that RAY_ADDRESS names."""

from __future__ import annotations

import importlib.util
import logging
import os
import socket
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.embed import load_embedder
from index.errors import EmbedderError
from index.settings import IndexSettings
from index.types import Embedder, Vectors

BATCH = 64  # texts embedded together; the same in every engine, since padding can change a vector's last bits
ADDRESS = "RAY_ADDRESS"
_PATIENCE = 10.0  # seconds for a cluster to answer
_MOST_BLOCKS = 2000  # pieces that the work is handed out in


def batches(texts: Sequence[str]) -> list[list[str]]:
    """The texts in the batches that are embedded together, the longest first: texts of one length need no padding."""
    ordered = sorted(texts, key=len, reverse=True)
    return [ordered[begin : begin + BATCH] for begin in range(0, len(ordered), BATCH)]


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Embeds in this process, one batch after the other."""

    embedder: Embedder

    def encode(self, texts: Sequence[str]) -> Iterator[tuple[list[str], Vectors]]:
        """Batches with their vectors, shape (len(batch), dimension), as they come."""
        for batch in batches(texts):
            yield batch, self.embedder.encode_documents(batch)


class Worker:
    """Holds the embedder in a process of Ray's; loaded once, it embeds one batch a call.

    What it cannot do it tells in its reply: Ray prints what is raised, pages of it, and tries the same again.
    """

    def __init__(self, settings: IndexSettings) -> None:
        self.settings = settings
        self.embedder: Embedder | None = None

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """The number of the batch, its vectors as bytes, the embedder's name, and an error, which is mostly empty."""
        try:
            self.embedder = self.embedder or load_embedder(self.settings)
            vectors = self.embedder.encode_documents(list(row["texts"]))
        except EmbedderError as error:
            return {"number": row["number"], "name": "", "vectors": b"", "error": str(error)}
        return {"number": row["number"], "name": self.embedder.name, "vectors": vectors.tobytes(), "error": ""}


@dataclass(frozen=True, slots=True)
class RayEngine:
    """Embeds in a pool of Ray's workers. Every machine needs this package, and the embedder that `settings` name."""

    settings: IndexSettings
    embedder: Embedder

    def encode(self, texts: Sequence[str]) -> Iterator[tuple[list[str], Vectors]]:
        """Batches with their vectors, shape (len(batch), dimension), in the order in which they come.

        Raises EmbedderError where Ray is not installed or not reached, or a worker fails.
        """
        parts = batches(texts)
        if not parts:
            return
        if importlib.util.find_spec("ray") is None:
            raise EmbedderError("The engine ray is not installed.", 'Install it: pip install "corroborate[ray]".')
        # closed before the session ends: what Ray does at its close would start another session
        with _session(), _ray_errors(), closing(self._rows(parts)) as rows:
            for row in rows:
                if row["error"]:
                    raise EmbedderError(f"A worker of Ray failed: {row['error']}")
                if row["name"] != self.embedder.name:
                    hint = "Install the same embedder on every machine."
                    raise EmbedderError(f"A worker has {row['name']}, and this is {self.embedder.name}.", hint)
                vectors = np.frombuffer(row["vectors"], dtype=np.float32)
                batch = parts[row["number"]]
                yield batch, vectors.reshape(len(batch), self.embedder.dimension)

    def _rows(self, parts: list[list[str]]) -> Generator[dict[str, Any], None, None]:
        import ray.data

        program: Any = ray  # of which not everything has types
        items = [{"number": number, "texts": part} for number, part in enumerate(parts)]
        held: dict[str, float] = program.cluster_resources()
        gpus = int(held.get("GPU", 0))
        workers = max(1, min(gpus or int(held.get("CPU", 1)), len(parts)))
        pool = ray.data.ActorPoolStrategy(min_size=1, max_size=workers)
        data = ray.data.from_items(items, override_num_blocks=min(len(items), _MOST_BLOCKS))
        worker: Any = Worker
        made = data.map(
            worker, fn_constructor_args=(self.settings,), compute=pool, num_cpus=1, num_gpus=1 if gpus else None
        )
        yield from made.iter_rows()


@contextmanager
def _session() -> Iterator[None]:
    """Ray, as the program has it already, or started for this and ended after it."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anybody
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    import ray
    import ray.data

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    if not os.environ.get("RAG_DEBUG"):
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # it logs what it raises
    if ray.is_initialized():
        yield
        return
    address = os.environ.get(ADDRESS)
    options = {} if address else {"num_cpus": os.cpu_count() or 1, "include_dashboard": False}
    try:
        _start(address or "local", options)
        yield
    finally:
        ray.shutdown()


def _start(address: str, options: dict[str, Any]) -> None:
    import ray

    try:
        _knock(address)
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **options)
    except OSError as error:
        hint = f"Start it, or unset {ADDRESS}."
        raise EmbedderError(f"Ray at {address} cannot be reached.", hint) from error
    except Exception as error:  # a bare one is what Ray raises where its processes take over 30 s to start
        line = " ".join(str(error).split())[:300]
        raise EmbedderError(f"Ray does not start: {line}", "Try again when the machine is less busy.") from error


def _knock(address: str) -> None:
    """Raises OSError where nobody listens at HOST:PORT; Ray itself would go on trying for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()


@contextmanager
def _ray_errors() -> Iterator[None]:
    """Turns what Ray raises into one line."""
    from ray.data.exceptions import SystemException
    from ray.exceptions import RayError

    try:
        yield
    except (RayError, SystemException) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
        hint = "What was embedded is kept: try again, or use --engine local."
        raise EmbedderError(f"A worker of Ray failed: {lines[-1][:300]}", hint) from error
