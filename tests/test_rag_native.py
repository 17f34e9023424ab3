"""llama.cpp as it is loaded: how its threads wait for each other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(sys.platform != "linux", reason="GNU's OpenMP is what llama.cpp is built with on Linux")
@pytest.mark.parametrize(("given", "spins"), [({}, "1000"), ({"GOMP_SPINCOUNT": "7"}, "7")], ids=["ours", "the user's"])
def test_threads_wait_for_each_other_without_spinning(given: dict[str, str], spins: str) -> None:
    shown = {"OMP_DISPLAY_ENV": "verbose"}  # libgomp then says what it goes by, once it is loaded
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("GOMP_", "OMP_"))}
    command = [sys.executable, "-c", "from rag.native import library; library()"]
    done = subprocess.run(command, cwd=ROOT, env=environ | shown | given, capture_output=True, text=True, timeout=60)
    assert f"GOMP_SPINCOUNT = '{spins}'" in done.stderr
