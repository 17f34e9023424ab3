"""Measures one library: `python -m eval.speed.peers NAME SOURCE PLACE MODEL QUESTIONS`. Prints one line of JSON."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from statistics import median

from eval.speed.peers import opened, texts


def measured(name: str, source: Path, place: Path, model: Path, questions: list[str]) -> dict[str, float]:
    """Seconds to index and to index again after one change, milliseconds of a search (median), bytes on disk."""
    peer = opened(name, source, place, model)
    began = time.perf_counter()
    passages = peer.index()
    whole = time.perf_counter() - began
    files = texts(source)
    changed = files[len(files) // 2]
    before = changed.read_text(encoding="utf-8")
    changed.write_text(f"This was written later, and is new.\n\n{before}", encoding="utf-8")
    began = time.perf_counter()
    peer.again(changed)
    again = time.perf_counter() - began
    changed.write_text(before, encoding="utf-8")
    times = []
    for question in [questions[0], *questions]:  # the first is slower
        began = time.perf_counter()
        if not peer.search(question):
            raise SystemExit(f"{name} found nothing for {question!r}")
        times.append(1000 * (time.perf_counter() - began))
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    return {"index": whole, "again": again, "search": median(times[1:]), "bytes": size, "passages": passages}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):  # some libraries print what they do
        name, source, place, model, questions = sys.argv[1:]
        asked = json.loads(Path(questions).read_text(encoding="utf-8"))
        figures = measured(name, Path(source), Path(place), Path(model), asked)
    print(json.dumps(figures))  # noqa: T201  another process reads it
