"""Tables to lines that read by themselves: "- Gust: highest; km/h: 151"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table_lines(rows: Iterable[Sequence[str]]) -> str:
    """A line for each row, its cells named by the header where the table has one; the header has a line of its own.

    The mark of a list item keeps a line from being joined with the next or taken for a heading. Rows above the header
    and rows without a name for a cell give the cell alone.
    """
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    at = _header(filled)
    names = filled[at] if at is not None else []
    lines = []
    for index, row in enumerate(filled):
        named = at is not None and index > at
        cells = [_cell(names[n] if named and n < len(names) else "", cell) for n, cell in enumerate(row) if cell]
        lines.append("- " + "; ".join(cells))
    return "\n".join(lines)


def _cell(name: str, value: str) -> str:
    return f"{name.rstrip(':')}: {value}" if name else value


def _header(rows: Sequence[Sequence[str]]) -> int | None:
    """The first row of two cells or more, if it may be one: all text, all different, as wide as most that follow."""
    for index, row in enumerate(rows[:-1]):
        cells = [cell for cell in row if cell]
        if len(cells) < 2:
            continue
        below = sorted(sum(map(bool, other)) for other in rows[index + 1 :])
        wide = len(cells) >= 0.6 * below[len(below) // 2]
        return index if wide and len(set(cells)) == len(cells) and not any(map(_is_value, cells)) else None
    return None


def _is_value(cell: str) -> bool:
    """Begins with a figure and is no year: years head columns."""
    digits = cell.lstrip("+-−$€£¥( ")
    return digits[:1].isdigit() and not (len(cell) == 4 and cell.isdecimal())
