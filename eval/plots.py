"""Plots as SVG text. Colours come from the page's style sheet, so that they follow light and dark."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 420, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 18, 10, 30


@dataclass(frozen=True, slots=True)
class Bar:
    """A share, 0 to 1, with its interval."""

    label: str
    value: float
    low: float
    high: float
    note: str


def bars(items: Sequence[Bar]) -> str:
    """One horizontal bar a share, its interval drawn over it."""
    row, left = 26, 92
    scale = WIDTH - left - 56
    parts = []
    for i, item in enumerate(items):
        y = _TOP + i * row
        parts += [
            f'<text x="{left - 8}" y="{y + 14}" class="end">{escape(item.label)}</text>',
            f'<rect x="{left}" y="{y + 3}" width="{item.value * scale:.1f}" height="14" class="mark">'
            f"<title>{escape(item.label)}: {escape(item.note)}</title></rect>",
            _line(left + item.low * scale, y + 10, left + item.high * scale, y + 10, "interval"),
            f'<text x="{WIDTH - 4}" y="{y + 14}" class="end">{item.value:.2f}</text>',
        ]
    return _svg(parts, _TOP * 2 + max(1, len(items)) * row)


def histogram(values: Sequence[float], bands: int = 20) -> str:
    """How many of the values, 0 or more, fall into each of `bands` equal bands."""
    if not values:
        return _svg([_nothing()])
    top = max(values) or 1.0
    counts = [0] * bands
    for value in values:
        counts[min(bands - 1, int(value / top * bands))] += 1
    most, width = max(counts), (WIDTH - _LEFT - _RIGHT) / bands
    parts = _axes([(0.0, "0"), (0.5, str(round(most / 2, 1))), (1.0, str(most))])
    for i, count in enumerate(counts):
        height = count / most * (HEIGHT - _TOP - _BOTTOM)
        parts.append(
            f'<rect x="{_LEFT + i * width + 1:.1f}" y="{HEIGHT - _BOTTOM - height:.1f}" width="{width - 2:.1f}" '
            f'height="{height:.1f}" class="mark"><title>{count}</title></rect>'
        )
    return _svg(parts + _below([(share, f"{top * share:.1f} s") for share in (0.0, 0.5, 1.0)]))


def reliability(points: Iterable[tuple[float, float, int]]) -> str:
    """(confidence, share right, count) as dots against the diagonal of a perfect reader."""
    parts = _axes(_SHARES) + _below(_SHARES)
    parts.append(_line(*_at(0, 0), *_at(1, 1), "diagonal"))
    for confidence, right, count in points:
        x, y = _at(confidence, right)
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3 + math.sqrt(count):.1f}" class="mark">'
            f"<title>{count} answers: confidence {confidence:.2f}, right {right:.2f}</title></circle>"
        )
    return _svg(parts)


def curve(points: Sequence[tuple[float, float]]) -> str:
    """(k, share) joined by lines, k from 0 to the largest."""
    if not points:
        return _svg([_nothing()])
    last = max(k for k, _ in points)
    places = [(_at(k / last, share), k, share) for k, share in points]
    joined = " ".join(f"{x:.1f},{y:.1f}" for (x, y), _, _ in places)
    parts = [*_axes(_SHARES), f'<polyline points="{joined}" class="line"/>']
    parts += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="mark"><title>{share:.3f}</title></circle>'
        for (x, y), _, share in places
    ]
    return _svg(parts + _below([(k / last, f"{k:g}") for k, _ in points]))


def lines(series: Mapping[str, Sequence[tuple[float, float]]], end: str) -> str:
    """(x, share) of each series joined by lines, x from 0 to 1, which is named `end`; its name stands beside it."""
    parts = _axes(_SHARES) + _below([(0.0, "0")])
    parts.append(f'<text x="{WIDTH - _RIGHT}" y="{HEIGHT - 10}" class="end">{escape(end)}</text>')
    for number, (name, points) in enumerate(series.items()):
        if points:
            joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_at(*point) for point in points))
            x, y = _at(*points[round((len(points) - 1) * (1 - 0.3 * (number % 3)))])
            parts += [
                f'<polyline points="{joined}" class="line series{number}"/>',
                f'<text x="{x - 4:.1f}" y="{max(y - 6, 22):.1f}" class="end">{escape(name)}</text>',
            ]
    return _svg(parts)


_STYLE = (
    "svg{font:12px system-ui,sans-serif;background:#fff}text{fill:#5a554c}"
    ".end{text-anchor:end}.middle{text-anchor:middle}.mark{fill:#2f6f5e}.line{fill:none;stroke:#2f6f5e;stroke-width:2}.series1{stroke:#9a4a06}.series2{stroke:#5a554c}"
    ".grid{stroke:#e3ded4}.diagonal{stroke:#8a8478;stroke-dasharray:4 4}"
)


def alone(plot: str) -> str:
    """A plot as a file that brings its own colours."""
    head, rest = plot.split(">", 1)
    return f'{head} xmlns="http://www.w3.org/2000/svg" width="{WIDTH}"><style>{_STYLE}</style>{rest}\n'


_SHARES = [(0.0, "0"), (0.5, "0.5"), (1.0, "1")]


def _at(x: float, y: float) -> tuple[float, float]:
    """Where a point of the unit square is drawn."""
    return _LEFT + x * (WIDTH - _LEFT - _RIGHT), HEIGHT - _BOTTOM - y * (HEIGHT - _TOP - _BOTTOM)


def _axes(labels: Iterable[tuple[float, str]]) -> list[str]:
    parts = []
    for share, label in labels:
        (left, y), (right, _) = _at(0, share), _at(1, share)
        parts += [
            _line(left, y, right, y, "grid"),
            f'<text x="{left - 6:.0f}" y="{y + 4:.1f}" class="end">{escape(label)}</text>',
        ]
    return parts


def _below(labels: Iterable[tuple[float, str]]) -> list[str]:
    return [
        f'<text x="{_at(share, 0)[0]:.1f}" y="{HEIGHT - 10}" class="middle">{escape(label)}</text>'
        for share, label in labels
    ]


def _line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{name}"/>'


def _nothing() -> str:
    return f'<text x="{WIDTH / 2}" y="{HEIGHT / 2}" class="middle">nothing to show</text>'


def _svg(parts: Iterable[str], height: int = HEIGHT) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img">{"".join(parts)}</svg>'
