"""Slides to plain text, by python-pptx: a slide is a page; tables, figures of charts and speaker's notes are read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from index.package import core_properties, open_package, read_with
from index.readers import PAGE, Raw
from index.tables import table_lines


def read_pptx(data: bytes) -> Raw:
    """The text of every slide. Raises SourceError where it is damaged or locked, MissingExtra without python-pptx."""
    with read_with("formats", "PowerPoint presentation"):
        from pptx import Presentation
        from pptx.exc import PythonPptxError

        title, author = core_properties(open_package(data))
        try:
            slides = ["\n\n".join(_slide(slide)) for slide in Presentation(io.BytesIO(data)).slides]
        except PythonPptxError as error:
            raise ValueError(str(error)) from error
        return Raw(PAGE.join(slide + "\n" for slide in slides), title, author=author, paged=True, whole=True)


def _slide(slide: Any) -> Iterator[str]:
    heading = slide.shapes.title
    if heading is not None and heading.has_text_frame and (words := " ".join(heading.text_frame.text.split())):
        yield f"# {words}"
    others = [shape for shape in slide.shapes if heading is None or shape.shape_id != heading.shape_id]
    for shape in sorted(others, key=lambda shape: (shape.top or 0, shape.left or 0)):
        yield from filter(None, _shape(shape))
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None and notes.text.strip():
        yield "Notes: " + "\n".join(_lines(notes))


def _shape(shape: Any) -> Iterator[str]:
    if hasattr(shape, "shapes"):  # a group
        for inner in shape.shapes:
            yield from _shape(inner)
    elif shape.has_text_frame:
        lines = list(_lines(shape.text_frame))
        yield "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)
    elif getattr(shape, "has_table", False):
        yield table_lines([[cell.text for cell in row.cells] for row in shape.table.rows])
    elif getattr(shape, "has_chart", False):
        yield from _chart(shape.chart)


def _lines(frame: Any) -> Iterator[str]:
    for paragraph in frame.paragraphs:
        if line := " ".join(paragraph.text.split()):
            yield line


def _chart(chart: Any) -> Iterator[str]:
    """The chart's title and its figures as a table: a row for each category, a column for each series."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield " ".join(chart.chart_title.text_frame.text.split())
    for plot in chart.plots:
        series = list(plot.series)
        rows = [["Category", *(one.name or "" for one in series)]]
        for number, category in enumerate(plot.categories):
            values = (one.values[number] if number < len(one.values) else None for one in series)
            rows.append([str(category), *("" if value is None else f"{value:.12g}" for value in values)])
        yield table_lines(rows)
