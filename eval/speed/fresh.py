"""One fresh process that opens an index: `python -m eval.speed.fresh first|memory FOLDER`. Prints one line of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from eval.speed.synthetic import Plan, given, opened

_SEARCHES = 200


def measured(mode: str, folder: Path) -> dict[str, Any]:
    """Runs this module in a fresh process, and gives what it printed.

    "first": seconds from the start of Python to the first hit ("whole") and from opening to it ("open"). "memory":
    bytes that the process grew by, of its own ("own") and with the files it maps ("resident"); None off Linux.
    """
    began = time.time()
    command = [sys.executable, "-m", "eval.speed.fresh", mode, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "whole": found["hit"] - began} if mode == "first" else found


def _first(plan: Plan) -> dict[str, float]:
    began = time.time()
    known = given(plan.given)
    with opened(plan, known) as index:
        if not index.search(next(iter(known.vectors)), 10):
            raise SystemExit("nothing was found")
        hit = time.time()
    return {"open": hit - began, "hit": hit}


def _memory(plan: Plan) -> dict[str, int | None]:
    import faiss  # noqa: F401  the libraries themselves are no part of what an index takes
    import tantivy  # noqa: F401

    known = given(plan.given)
    before = _held()
    with opened(plan, known) as index:
        for question in list(known.vectors)[:_SEARCHES]:
            index.search(question, 10)
        after = _held()
    return {key: None if before is None or after is None else after[key] - before[key] for key in ("own", "resident")}


def _held() -> dict[str, int] | None:
    """Bytes of this process in memory."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith(("VmRSS", "RssAnon"))}
    return {"own": sizes["RssAnon"], "resident": sizes["VmRSS"]}


if __name__ == "__main__":
    plan = Plan(Path(sys.argv[2]))
    print(json.dumps(_first(plan) if sys.argv[1] == "first" else _memory(plan)))  # noqa: T201  another process reads it
