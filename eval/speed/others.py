"""Side by side with other libraries: the same files, the same model, each in a process of its own, in turns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from eval.cases import load
from eval.speed.figures import Figure, Part, shortened
from eval.speed.peers import MODULES, OVERLAP, TOKENS, installed
from eval.speed.texts import CORPORA, questions, write_files
from index import StorageError

OURS = "corroborate"
# Not the extra `speed`: llama-index as a whole asks for an older openai than constraints.txt has.
INSTALL = (
    'pip install -c constraints.txt -e ".[embedded]" txtai llama-index-core llama-index-embeddings-huggingface '
    "langchain-community langchain-huggingface langchain-text-splitters"
)
_WHY = {
    "index": "Where ours takes longer to index: it also counts tokens, makes an index of words, and writes "
    "every batch of vectors to the disk at once, so that an interrupted run embeds nothing twice.",
    "again": "Where ours takes longer to index again: it looks at the whole folder, and writes new caches aside.",
    "search": "Where ours takes longer to search: it looks for meaning and words, and reads passages from the disk.",
    "bytes": "Where ours takes more disk: SQLite keeps documents, passages, vectors, and from it the search's caches "
    "are made, which hold words and vectors again.",
}
_KINDS = {
    "index": ("time to index", "s"),
    "again": ("to index again after one change", "s"),
    "search": ("to search, p50", "ms"),
    "bytes": ("on disk", "bytes"),
    "passages": ("passages made", ""),
}


def run(count: int, asked: int, rounds: int, model: Path, say: Callable[[str], None]) -> Part:
    """`count` files, `asked` questions, each library `rounds` times. Those not installed are left out."""
    names = [name for name in MODULES if installed(name)]
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    with TemporaryDirectory(prefix="corroborate-speed-") as place:
        source, given = Path(place, "source"), Path(place, "questions.json")
        written = _write(source, count)
        given.write_text(json.dumps(list(questions()[:asked])), encoding="utf-8")
        for turn in range(rounds):
            for name in names:
                say(f"others: {name}, round {turn + 1} of {rounds}")
                kept = Path(place, f"kept-{turn}-{names.index(name)}")
                taken[name].append(_measured(name, source, kept, model, given))
    found = {name: {kind: median(row[kind] for row in rows) for kind in _KINDS} for name, rows in taken.items()}
    absent = [name for name in MODULES if name not in names]
    return Part("others", _figures(found), (*_notes(written, asked, rounds, absent), *_behind(found)))


def _write(source: Path, count: int) -> int:
    """`count` text files: of the corpora, of docs/ where there is one, then recombined ones. How many were written."""
    folders = [load(name).source for name in CORPORA] + [Path("docs")]
    real = [path for folder in folders for path in sorted(folder.glob("*")) if path.suffix in (".txt", ".md")]
    for number, path in enumerate(real[:count]):
        target = source / "real" / f"{number:03d}-{path.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8", errors="replace"), encoding="utf-8")
    made = list(write_files(source / "made", max(0, count - len(real)), seed=9, passages=3))
    return min(len(real), count) + len(made)


def _measured(name: str, source: Path, kept: Path, model: Path, given: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "eval.speed.peers", name, *map(str, (source, kept, model, given))]
    quiet = {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False", "LANGCHAIN_TRACING_V2": "false"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **quiet})
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StorageError(f"{name} could not be measured: {last}", "Try it by itself, or without it.")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _figures(found: Mapping[str, Mapping[str, float]]) -> tuple[Figure, ...]:
    figures = []
    for kind, (label, unit) in _KINDS.items():
        for name, values in found.items():
            note = "" if name == OURS or kind == "passages" else _compared(values[kind], found[OURS][kind])
            figures.append(Figure(f"{label}: {name}", values[kind], unit, "", note))
    return tuple(figures)


def _compared(other: float, own: float) -> str:
    return f"{shortened(other / own)} times ours" + ("" if own <= other else "; ours is behind")


def _behind(found: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Why, of each kind in which another is ahead."""
    least = {kind: min(values[kind] for values in found.values()) for kind in _WHY}
    return [why for kind, why in _WHY.items() if found[OURS][kind] > least[kind]]


def _notes(files: int, asked: int, rounds: int, absent: list[str]) -> tuple[str, ...]:
    notes = (
        f"{files} text files, {asked} questions, {rounds} rounds in turns; the time to load the model is left out.",
        f"Passages of {TOKENS} tokens, {OVERLAP} of them shared; txtai has paragraphs. A search embeds its question.",
        "corroborate and txtai search by meaning and by words, the others by meaning alone. txtai is told which file "
        "has changed, the others find it; LangChain forgets at the end of the process what it has indexed.",
    )
    return (
        *notes,
        *(f"Not installed: {name}. In an environment of its own (python -m venv): {INSTALL}" for name in absent),
    )
