"""Many records in a few figures. Every figure is None where there is nothing to measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from eval.cases import KINDS
from eval.metrics import percentile, share, wilson
from eval.record import Record

DEPTHS = (1, 3, 5, 10)
BINS = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """A proportion with its 95 % Wilson interval. `value` is None where `count` is 0."""

    right: int
    count: int
    value: float | None
    low: float
    high: float

    @classmethod
    def of(cls, outcomes: Sequence[bool]) -> Self:
        """The rate of the true outcomes."""
        right, count = sum(outcomes), len(outcomes)
        return cls(right, count, share(right, count), *wilson(right, count))


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of one band of confidence: how many, their mean confidence, the share that is right."""

    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a set of records.

    quote_exact: share of all citations whose quote stands at its offsets; must be 1.
    citation_precision: share of the citations of right answers that support the case.
    citation_recall: share of the documents with proof that right answers cite with support.
    disagreement_found: over cases where sources disagree: said, and the dissent named.
    false_alarms: over cases where they agree: a disagreement is claimed.
    abstention_precision: share of the refusals that are due; abstention_recall: of the absent cases, refused.
    wrongly_refused: share of the answerable cases that were refused.
    recall: by depth k, share of cases with a proof in the first k passages (top-k accuracy of DPR,
    Karpukhin et al. 2020). coverage: by depth, share of all proofs found. mrr: mean of 1/rank of the first proof.
    p50, p95: seconds an answer took. calibration_error: expected calibration error over ten bands
    (Guo et al. 2017) of the reader's confidence.
    """

    accuracy: Rate
    by_kind: dict[str, Rate]
    quote_exact: float | None
    citation_precision: float | None
    citation_recall: float | None
    disagreement_found: float | None
    false_alarms: float | None
    abstention_precision: float | None
    abstention_recall: float | None
    wrongly_refused: float | None
    recall: dict[int, float | None]
    coverage: dict[int, float | None]
    mrr: float | None
    p50: float | None
    p95: float | None
    calibration: tuple[Bin, ...]
    calibration_error: float | None


def summarise(records: Sequence[Record]) -> Summary:
    """The figures of `records`, which may be of several corpora."""
    right = [r for r in records if r.right]
    answerable = [r for r in records if not r.absent]
    refused = [r for r in records if r.refused]
    absent = [r for r in records if r.absent]
    agreeing = [r for r in answerable if r.expected_status == "answered"]
    disagreeing = [r for r in answerable if r.expected_status == "conflict"]
    bins = calibration(records)
    scored = sum(b.count for b in bins)
    return Summary(
        accuracy=Rate.of([r.right for r in records]),
        by_kind={
            k: Rate.of([r.right for r in records if r.kind == k]) for k in KINDS if any(r.kind == k for r in records)
        },
        quote_exact=share(sum(r.cited.exact for r in records), sum(r.cited.given for r in records)),
        citation_precision=share(sum(r.cited.supporting for r in right), sum(r.cited.given for r in right)),
        citation_recall=share(sum(r.cited.proved for r in right), sum(r.cited.proofs for r in right)),
        disagreement_found=share(sum(r.dissent_found for r in disagreeing), len(disagreeing)),
        false_alarms=share(sum(r.status == "conflict" for r in agreeing), len(agreeing)),
        abstention_precision=share(sum(r.absent for r in refused), len(refused)),
        abstention_recall=share(sum(r.refused for r in absent), len(absent)),
        wrongly_refused=share(sum(r.refused for r in answerable), len(answerable)),
        recall={k: share(sum(_first(r) <= k for r in answerable), len(answerable)) for k in DEPTHS},
        coverage={k: share(*_covered(answerable, k)) for k in DEPTHS},
        mrr=share(sum(1 / _first(r) for r in answerable), len(answerable)),
        p50=percentile((r.seconds for r in records), 50),
        p95=percentile((r.seconds for r in records), 95),
        calibration=bins,
        calibration_error=share(sum(b.count * abs(b.confidence - b.right) for b in bins), scored),
    )


def calibration(records: Sequence[Record]) -> tuple[Bin, ...]:
    """The answers that carry a confidence, in BINS equal bands of it, empty bands left out."""
    known = [(r.confidence, r.right) for r in records if r.confidence is not None]
    bands = [[pair for pair in known if min(BINS - 1, int(pair[0] * BINS)) == band] for band in range(BINS)]
    return tuple(
        Bin(len(band), sum(c for c, _ in band) / len(band), sum(ok for _, ok in band) / len(band))
        for band in bands
        if band
    )


def _first(record: Record) -> float:
    return min((rank for rank in record.ranks if rank is not None), default=float("inf"))


def _covered(records: Sequence[Record], k: int) -> tuple[int, int]:
    ranks = [rank for record in records for rank in record.ranks]
    return sum(rank is not None and rank <= k for rank in ranks), len(ranks)
