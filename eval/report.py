"""A result for people: plain tables that any face can draw, and one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, select_autoescape

from eval import plots
from eval.cases import KINDS, SPLITS
from eval.record import Record
from eval.run import Result
from eval.summary import DEPTHS, Rate, Summary

_SHOWN: Mapping[str, Callable[[Summary], float | None]] = {
    "Citation quotes at their offsets": lambda s: s.quote_exact,
    "Citation precision": lambda s: s.citation_precision,
    "Citation recall": lambda s: s.citation_recall,
    "Disagreements found": lambda s: s.disagreement_found,
    "False alarms of disagreement": lambda s: s.false_alarms,
    "Abstention precision": lambda s: s.abstention_precision,
    "Abstention recall": lambda s: s.abstention_recall,
    "Wrongly refused": lambda s: s.wrongly_refused,
    **{f"Retrieval recall@{k}": lambda s, k=k: s.recall[k] for k in DEPTHS},  # type: ignore[misc]
    "Proofs retrieved in 10": lambda s: s.coverage[10],
    "Retrieval MRR": lambda s: s.mrr,
    "Calibration error": lambda s: s.calibration_error,
    "Seconds, median": lambda s: s.p50,
    "Seconds, 95th percentile": lambda s: s.p95,
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a title; every row is as long as `columns`."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(result: Result) -> tuple[Table, ...]:
    """The figures in all and by split, the accuracy by kind with 95 % intervals, and by corpus where there are more."""
    parts = _parts(result)
    columns = ("", *parts)
    overall = [("Accuracy (95 % interval)", *(_rate(s.accuracy) for s in parts.values()))]
    overall += [(name, *(_figure(value(s)) for s in parts.values())) for name, value in _SHOWN.items()]
    shown = [kind for kind in KINDS if any(kind in s.by_kind for s in parts.values())]
    by_kind = [(kind, *(_rate(s.by_kind.get(kind)) for s in parts.values())) for kind in shown]
    found = [Table("Figures", columns, tuple(overall)), Table("Accuracy by kind", columns, tuple(by_kind))]
    if len(result.corpora) > 1:
        found.append(_by_corpus(result))
    return tuple(found)


def failures(result: Result, show_test: bool = False) -> list[Record]:
    """The cases answered wrongly; those of the test split only when asked for."""
    return [r for r in result.records if not r.right and (show_test or r.split != "test")]


def html(result: Result, show_test: bool = False) -> str:
    """The whole report as one page that fetches nothing: styles and plots are in it."""
    environment = Environment(loader=PackageLoader("eval"), autoescape=select_autoescape(["html"]))
    summary = result.summary()
    return environment.get_template("report.html").render(
        result=result,
        summary=summary,
        tables=tables(result),
        failures=failures(result, show_test),
        withheld=0 if show_test else sum(not r.right and r.split == "test" for r in result.records),
        plots=_plots(result, summary),
        alternatives=_alternatives,
        figure=_figure,
    )


def _plots(result: Result, summary: Summary) -> list[tuple[str, str, str]]:
    """(title, SVG, what it shows) for each plot; the SVG escapes what it is given."""
    bars = [plots.Bar(k, r.value or 0.0, r.low, r.high, f"{r.right} of {r.count}") for k, r in summary.by_kind.items()]
    curve = [(float(k), share) for k, share in summary.recall.items() if share is not None]
    reliability = [(b.confidence, b.right, b.count) for b in summary.calibration]
    return [
        ("Accuracy by kind", plots.bars(bars), "Lines are 95 % Wilson intervals."),
        ("Seconds an answer", plots.histogram([r.seconds for r in result.records]), "How many answers took how long."),
        (
            "Calibration",
            plots.reliability(reliability),
            "Share right by the reader's confidence; a larger dot is more answers.",
        ),
        ("Retrieval", plots.curve(curve), "Share of questions with a proof in the first k passages."),
    ]


def _parts(result: Result) -> dict[str, Summary]:
    """The columns: each split that has cases, then everything (once, where there is one split)."""
    named = {split: result.summary(split) for split in SPLITS if any(r.split == split for r in result.records)}
    return named if len(named) == 1 else {**named, "all": result.summary()}


def _by_corpus(result: Result) -> Table:
    parts = {corpus: result.summary(corpus=corpus) for corpus in result.corpora}
    rows = (
        (name, _rate(s.accuracy), _figure(s.disagreement_found), _figure(s.abstention_recall), _figure(s.p50))
        for name, s in parts.items()
    )
    columns = ("", "Accuracy (95 % interval)", "Disagreements found", "Abstention recall", "Seconds, median")
    return Table("By corpus", columns, tuple(rows))


def _rate(rate: Rate | None) -> str:
    if rate is None or rate.value is None:
        return "–"
    return f"{rate.value:.3f} ({rate.low:.2f}–{rate.high:.2f}, n={rate.count})"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _alternatives(groups: Sequence[Sequence[str]]) -> str:
    return "; ".join(" / ".join(group) for group in groups)
