"""Known facts, measured: accuracy, citations, disagreement, abstention, retrieval, speed.

    from eval import load, run
    result = run(load("seeds"), assistant)
    result.accuracy, result.to_json()

`tables` gives the figures as plain rows, `html` as one self-contained page, `gate` says why a run fails.
Published benchmarks are in `eval.benchmarks`.
"""

from __future__ import annotations

from eval.cases import Case, Corpus, Proof, corpora, load, select
from eval.report import Table, html, tables
from eval.run import Answerer, Progress, Result, combine, gate, run

__all__ = [
    "Answerer",
    "Case",
    "Corpus",
    "Progress",
    "Proof",
    "Result",
    "Table",
    "combine",
    "corpora",
    "gate",
    "html",
    "load",
    "run",
    "select",
    "tables",
]
