"""Rows of tables: what a cell is named by, and what it is the figure of."""

from __future__ import annotations

import pytest

from index.tables import table_lines
from rag.cells import cells, column, line
from rag.words import stems

ROWS = [["Segment", "Revenue", "Orders"], ["Bridges", "EUR 98m", "EUR 310m"], ["Tunnels", "EUR 41m", "EUR 77m"]]
BRIDGES, TUNNELS = (text.removeprefix("- ") for text in table_lines(ROWS).splitlines())


@pytest.mark.parametrize(
    ("question", "text", "value", "told"),
    [
        ("What are the orders for bridges?", BRIDGES, "EUR 310m", (1.0, 1.0)),
        ("What are the orders for bridges?", BRIDGES, "EUR 98m", (-1.0, 1.0)),
        ("What are the orders for bridges?", TUNNELS, "EUR 77m", (1.0, -1.0)),
        ("How much do tunnels bring in?", TUNNELS, "EUR 41m", (0.0, 1.0)),
        ("Which segment has revenue of EUR 41m?", TUNNELS, "Tunnels", (1.0, 1.0)),
        ("What are the orders?", "Orders came to EUR 310m; revenue fell.", "EUR 310m", (0.0, 0.0)),
        ("What are the orders?", "One thing is plain: orders rose to EUR 310m.", "EUR 310m", (0.0, 0.0)),
    ],
)
def test_a_cell_is_told_by_its_column_and_by_the_rest_of_its_row(
    question: str, text: str, value: str, told: tuple[float, float]
) -> None:
    row, asked, start = cells(text), set(stems(question)), text.index(value)
    assert (column(row, start, asked), line(row, start, asked)) == told


def test_cells_stand_where_they_say() -> None:
    assert [BRIDGES[cell.start : cell.end] for cell in cells(BRIDGES)] == [
        "Segment: Bridges",
        "Revenue: EUR 98m",
        "Orders: EUR 310m",
    ]
