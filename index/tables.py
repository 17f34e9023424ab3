"""Tables to lines that read by themselves: "- Place: Naxos; Gust: 151 km/h"."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

_NUMBER = re.compile(r"[+\-−]?\d[\d.,\u00a0\u202f]*")
_UNITS = (
    "mm cm m km ft mi g kg mg µg t lb oz l ml ha m² km² m³ s min h km/h mph kn m/s °C °F W kW MW GW TW kWh MWh GWh TWh "
    "V A Hz MHz GHz KB MB GB TB hPa mbar tonnes tons litres metres kilometres seconds minutes hours days weeks months "
    "years people dollars euros pounds francs crowns yuan yen rupees"
)
_AMOUNT = r"(?:thousand|million|billion|trillion|m|mn|bn|k)(?: [^\W\d_]+)?|%|per ?cent"
_ALONE = "km/h mph m/s °C °F km² m² m³ kWh MWh GWh TWh hPa mbar % kg km mm cm"
_SIGN = r"(?P<sign>[$€£¥₹]|[A-Z]{3}\b)"
_UNIT = (
    re.compile(rf"\s*[(\[](?:in )?{_SIGN}? ?(?P<unit>{_AMOUNT}|{'|'.join(map(re.escape, _UNITS.split()))})?[)\]]$"),
    re.compile(rf"(?:,|\s)\s*(?:in )?(?P<sign>[$€£¥₹])(?P<unit>\s?(?:{_AMOUNT}))?$"),
    re.compile(rf"(?:,|\s)\s*(?:in )?(?P<sign>)(?P<unit>{'|'.join(map(re.escape, _ALONE.split()))})$"),
)
_CAPTION = re.compile(
    r"(?:^|[,:(]\s*|\bin )(?P<sign>[$€£¥₹]|[A-Z]{3}\b)? ?(?P<size>thousand|million|billion|mn?|bn)(?:s?(?: of)? "
    r"(?P<name>dollars|euros|pounds|francs|crowns|yuan|yen|rupees|tonnes|people))?\)?\.?$"
)
_SUMS = re.compile(
    r"(?i)amounts?|costs?|prices?|revenues?|sales|turnover|profit|loss|income|spending|expenses?|budget|value|sum|total"
    r"|(?:[12]\d{3}|[QH][1-4]\b).*"
)
_MARKS = ("\t", "|", ";", ",")
_FEWEST_LINES = 3
_LONGEST_LINE = 10_000
_RULE = re.compile(r"[-:=+| \t]*")


def table_lines(rows: Iterable[Sequence[str]]) -> str:
    """A line for each row, its cells named by the header where the table has one.

    The header has a line of its own only where a column is empty, so that its name would be lost.
    A unit that the header ends with, "Sales ($ million)", goes to the numbers below it; one that the table's own title
    ends with, to those of its columns that are sums. The mark of a list item keeps a line from being joined with the
    next or taken for a heading. Rows above the header and rows without a name for a cell give the cell alone.
    """
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    at = _header(filled)
    names = _with_unit(filled[at], filled[:at], filled[at + 1 :]) if at is not None else []
    lines = []
    for index, row in enumerate(filled):
        if index == at and _all_told(row, filled[index + 1 :]):
            continue
        named = at is not None and index > at
        cells = [_cell(names[n] if named and n < len(names) else "", cell) for n, cell in enumerate(row) if cell]
        lines.append("- " + "; ".join(cells))
    return "\n".join(lines)


def _with_unit(header: Sequence[str], above: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]) -> Sequence[str]:
    """The header, with the unit of the title above ("Final account, million euros") behind the names of sums."""
    titled = next(filter(None, (_CAPTION.search(row[-1]) for row in above if row[-1])), None)
    if titled is None:
        return header
    unit = " ".join(filter(None, titled.group("sign", "size", "name")))
    figures = [n for n in range(len(header)) if any(n < len(row) and _NUMBER.fullmatch(row[n]) for row in rows)]
    sums = [n for n in figures if len(figures) == 1 or _SUMS.fullmatch(header[n])]
    return [f"{name} ({unit})" if n in sums else name for n, name in enumerate(header)]


def _all_told(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether every name of the header has a cell below it."""
    return all(any(n < len(row) and row[n] for row in rows) for n, name in enumerate(header) if name)


def tabled(text: str) -> str:
    """Plain text in which rows that tabs, bars, semicolons or commas part into cells became lines as of `table_lines`.

    Only three lines or more in a row with the same mark as often are a table, the first of them a header and most of
    what stands in some column figures.
    """
    return "\n".join(_blocks(text.split("\n")))


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    for mark, block in groupby(lines, _mark):
        together = list(block)
        rows = [_cells(line, mark[0]) for line in together if mark[0] and not _RULE.fullmatch(line.strip())]
        if len(rows) >= _FEWEST_LINES and _header(rows) == 0 and _has_figures(rows[1:]):
            yield table_lines(rows)
        else:
            yield from together


def _has_figures(rows: Sequence[Sequence[str]]) -> bool:
    columns = ([cell for cell in column if cell] for column in zip(*rows, strict=False))
    return any(2 * sum(map(_is_value, column)) > len(column) for column in columns)


def _mark(line: str) -> tuple[str, int]:
    """What parts the line into cells, and how often; "" for prose, where a space follows commas and semicolons."""
    for mark in _MARKS if len(line) <= _LONGEST_LINE else ():
        count = _inside(line).count(mark)
        if count and (mark not in ",;" or not re.search(rf"{mark}\s|[.!?]$", line.rstrip())):
            return mark, count
    return "", 0


def _inside(line: str) -> str:
    """The row without the bars at its ends."""
    return line.strip(" \r").removeprefix("|").removesuffix("|")


def _cells(line: str, mark: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([_inside(line)], delimiter=mark))]


def _cell(name: str, value: str) -> str:
    unit = next(filter(None, (form.search(name) for form in _UNIT)), None)
    if unit and _NUMBER.fullmatch(value):
        name, value = name[: unit.start()], _measured(value, unit["sign"] or "", (unit["unit"] or "").strip())
    return f"{name.rstrip(':')}: {value}" if name else value


def _measured(number: str, sign: str, unit: str) -> str:
    """The number with its unit as prose has it: "$402 million", "EUR 3bn", "13.5%"."""
    before = f"{sign} " if sign.isalpha() else sign
    apart = "" if unit in ("%", "m", "mn", "bn", "k") and (sign or unit == "%") else " "
    return f"{before}{number}{apart}{unit}".rstrip()


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
