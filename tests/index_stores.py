"""The stores that the contract is tested on: this machine's, a file of Milvus Lite, and a server of it on loopback."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

KINDS = ("local", "lite", "server")
needs_milvus = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("pymilvus", "milvus_lite")),
    reason="the extra milvus is not installed",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def milvus_server(folder: Path) -> Iterator[str]:
    """The URL of a Milvus Lite server of its own process."""
    port = free_port()
    command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(folder), "--port", str(port)]
    with (folder.parent / "server.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            await_port(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def await_port(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("the server of Milvus Lite did not start")
