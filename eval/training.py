"""The course of the adapter's training as a plot: `python -m eval.training LOG.jsonl ... --out docs/training.svg`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from eval import plots

SMOOTHED = 5
Row = Mapping[str, Any]


def course(logs: Sequence[Sequence[Row]]) -> dict[str, list[tuple[float, float]]]:
    """Share of questions whose right reply was weighed highest, and half the loss held back, over all the steps.

    x from 0 to 1. `logs` are the rows that rag.adapter.train wrote, one run after the other. The training's share is
    the mean of SMOOTHED rows.
    """
    steps = [max(row["step"] for row in log) for log in logs]
    before = [sum(steps[:i]) for i in range(len(steps))]
    rows = [
        {**row, "x": (row["step"] + start) / sum(steps)} for log, start in zip(logs, before, strict=True) for row in log
    ]
    learnt = [row for row in rows if row["kind"] == "train"]
    held = [row for row in rows if row["kind"] == "validation"]
    return {
        "training": [_mean(learnt[max(0, i + 1 - SMOOTHED) : i + 1]) for i in range(len(learnt))],
        "held back": [(row["x"], row["right"]) for row in held],
        "half the loss held back": [(row["x"], row["loss"] / 2) for row in held],
    }


def _mean(rows: Sequence[Row]) -> tuple[float, float]:
    count = sum(row["queries"] for row in rows)
    return rows[-1]["x"], sum(row["right"] * row["queries"] for row in rows) / count


def main(
    logs: Annotated[list[Path], typer.Argument(help="log.jsonl of each run, in the order in which they went on.")],
    out: Annotated[Path, typer.Option(help="The SVG to write.")],
) -> None:
    """Draw what rag.adapter.train noted."""
    read = [[json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] for path in logs]
    steps = sum(max(row["step"] for row in log) for log in read)
    out.write_text(plots.alone(plots.lines(course(read), f"step {steps:,}")), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
