"""Figures with their goals: as a table in the terminal, and appended to a JSON file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from eval.environment import code_hash, environment
from index import StorageError

console = Console(highlight=False, markup=False, emoji=False)
_VERDICTS = {True: "reached", False: "missed", None: ""}


@dataclass(frozen=True, slots=True)
class Figure:
    """One value, None where it cannot be measured here. `goal` is a limit such as "<= 15", or empty."""

    name: str
    value: float | None
    unit: str = ""
    goal: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none, or no value."""
        if self.value is None or not self.goal:
            return None
        sign, limit = self.goal.split()
        return self.value <= float(limit) if sign == "<=" else self.value >= float(limit)


@dataclass(frozen=True, slots=True)
class Part:
    """What one part measured. `notes` say what was measured, and of what."""

    name: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()


def without_goals(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The same, for a run too small to say anything of goals."""
    return tuple(replace(figure, goal="") for figure in figures)


def markdown(part: Part) -> str:
    """The part as a Markdown table, for a document."""
    rows = [f"| {part.name} | Value | Goal | |", "|---|---|---|---|"]
    for figure in part.figures:
        verdict = _VERDICTS[figure.met]
        remark = "; ".join(words for words in (verdict, figure.note) if words)
        rows.append(f"| {figure.name} | {_value(figure)} | {figure.goal} | {remark} |")
    return "\n".join([*rows, "", *part.notes])


def show(part: Part) -> None:
    """Prints the part as a table."""
    table = Table(title=part.name, title_justify="left", caption="\n".join(part.notes), caption_justify="left")
    for column in ("Figure", "Value", "Goal", "", "Note"):
        table.add_column(column, justify="right" if column in ("Value", "Goal") else "left", overflow="fold")
    for figure in part.figures:
        table.add_row(figure.name, _value(figure), figure.goal, _VERDICTS[figure.met], figure.note)
    console.print(table)


def _value(figure: Figure) -> str:
    return "not measured" if figure.value is None else f"{shortened(figure.value)} {figure.unit}".strip()


def shortened(value: float) -> str:
    """Three or more digits that count, thousands apart."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def append(path: Path, part: Part, size: str) -> None:
    """Adds the part, with when and on what it was measured, to a JSON file that holds a list. Raises StorageError."""
    try:
        records: Any = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        if not isinstance(records, list):
            raise ValueError("it holds no list")
        records.append(
            {"part": part.name, "size": size, **made_with(), "notes": list(part.notes), "figures": _rows(part)}
        )
        aside = path.with_name(path.name + ".new")
        aside.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(path)
    except (OSError, ValueError) as error:
        raise StorageError(f"{path} cannot be written: {error}.", "Name another file with --json.") from error


def made_with() -> dict[str, Any]:
    """When, with which versions and code, and how busy the machine was: waiting processes over the last minute."""
    busy = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"measured": now, "load": busy, "code": code_hash(), "environment": environment()}


def _rows(part: Part) -> list[dict[str, Any]]:
    return [{**asdict(figure), "met": figure.met} for figure in part.figures]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of 100 are not above."""
    return float(np.percentile(np.array(values), share))


def spread(values: Sequence[float]) -> str:
    """Least and greatest, as a note."""
    return f"{shortened(min(values))} to {shortened(max(values))} in {len(values)} rounds"
