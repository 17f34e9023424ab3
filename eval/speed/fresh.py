"""What opening.py tells of a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import index
from eval.speed import opening


def measured(mode: str, folder: Path) -> dict[str, Any]:
    """What `opening.first` or `opening.memory` gives in a fresh process.

    With "first" also the seconds from the start of Python to the first hit ("whole").
    """
    began = time.time()
    command = [sys.executable, opening.__file__, mode, str(folder)]
    home = str(Path(index.__file__).parent.parent)
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": home})
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "whole": found["hit"] - began} if mode == "first" else found
