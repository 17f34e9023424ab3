"""Tables in files of their own: .csv, .tsv and .xlsx."""

from __future__ import annotations

import csv
import datetime
import io
import re
from typing import TYPE_CHECKING, Any

from index.errors import SourceError
from index.package import core_properties, open_package, read_with
from index.readers import Raw, decode
from index.tables import table_lines

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

_LONGEST_CELL = 10_000_000
_CURRENCY = re.compile(r'\[\$([^\]-]+)|"([$€£¥₹]|USD|EUR|GBP|CHF)"|([$€£¥₹])')


def read_csv(data: bytes) -> Raw:
    """Rows as lines; the delimiter (comma, semicolon, tab or bar) is the one that the first lines agree on."""
    text = decode(data).replace("\0", "")
    csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise SourceError(f"It is no table: {error}.", "Save it again as CSV.") from error
    return Raw(table_lines(rows), whole=True)


def _delimiter(text: str) -> str:
    """The one that parts the first rows into the same number of cells, the largest number where several do."""
    best, most = ",", 1
    for mark in ",;\t|":
        rows = list(csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=mark))[:20]
        widths = [len(row) for row in rows[:-1] or rows if row]
        common = max(set(widths), key=widths.count, default=1)
        if common > most and widths.count(common) > 0.6 * len(widths):
            best, most = mark, common
    return best


def read_xlsx(data: bytes) -> Raw:
    """Every sheet that is shown, under its name; formulas as the values they last had. By openpyxl."""
    with read_with("formats", "Excel workbook"):
        from openpyxl import load_workbook

        title, author = core_properties(open_package(data))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        parts = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file states of a sheet's size may be wrong
            if sheet.sheet_state == "visible" and (lines := table_lines(_cells(sheet))):
                parts.append(f"# {sheet.title}\n\n{lines}")
        return Raw("\n\n".join(parts), title, author=author, whole=True)


def _cells(sheet: Any) -> list[list[str]]:
    return [[shown(cell) for cell in row] for row in sheet.iter_rows()]


def shown(cell: Cell) -> str:
    """A cell's value much as the sheet shows it: percent, currency and dates, but every digit."""
    value, form = cell.value, str(getattr(cell, "number_format", ""))
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if not isinstance(value, int | float):
        return str(value)
    if "%" in form:
        return f"{_number(round(value * 100, 10), form)}%"
    currency = _CURRENCY.search(form)
    sign = next(filter(None, currency.groups()), "") if currency else ""
    return ("-" if value < 0 and sign else "") + sign + _number(abs(value) if sign else value, form)


def _number(value: float, form: str = "") -> str:
    """With the decimals and the thousands' commas of the number format, unless that would round a digit away."""
    value, comma = round(value, 10), "," if "," in form else ""
    decimals = re.search(r"0\.(0+)", form)
    places = len(decimals[1]) if decimals else 0
    if abs(value) < 1e15 and round(value, places) == value:
        return f"{value:{comma}.{places}f}"
    return f"{value:{comma}}"
