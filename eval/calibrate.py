"""Fits the reader's confidence on the dev cases: `python -m eval.calibrate [CORPUS ...]`.

Every source of every dev case that asks for a span is read with the default model; each possible answer is right
when it is one that the case accepts (or a dissent it knows). Weights for the features of `rag.confidence` are fitted so
that the accepted one wins over all that the sources offer, and scaled to a probability; checked by leaving out one
corpus at a time; and printed as the constants that `rag/confidence.py` holds, with their reliability
(Niculescu-Mizil and Caruana 2005, "Predicting good probabilities with supervised learning"). A second fit is to the
best supported answer of each case (whether it is right), a third to the claims beside a right one (whether they are a
dissent that the case knows): the constants of `rag/reconcile.py` and `rag/dissent.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from sklearn.metrics import roc_auc_score

from eval import plots
from eval.cases import Case, Groups, load, select
from eval.fitting import BINS, Fit, Linear, Sample, arrays, calibration_error, choosing, decided, left_out, telling
from index.types import Sentence
from rag import (
    Assistant,
    Settings,
    answering,
    dissent,
    followup,
    reader,
    reconcile,
    runoff,
    second_look,
    shortlist,
    values,
)
from rag.confidence import Features
from rag.extractor import installed
from rag.question import Question
from rag.reader import Measured, Readers, Reading
from rag.roles import open_models

DEFAULT = tuple("seeds storm trial tram outage dam election festival fever launch merger".split())


@dataclass(frozen=True, slots=True)
class Shelf:
    """The sentences of documents, by id."""

    held: Mapping[str, list[Sentence]]

    def sentences(self, document_id: str) -> list[Sentence]:
        """The sentences of one document."""
        return self.held[document_id]


@dataclass(frozen=True, slots=True)
class Asked:
    """A case, the question it became, and what the reader made of each source.

    `rivals` is what it made of close answers side by side, `looked` what it made of the sources after a second look for
    what contradicts the answer, both under the constants as they stand; `shelf` the sentences of the sources.
    """

    corpus: str
    case: Case
    question: Question
    readings: tuple[Reading, ...]
    rivals: runoff.Measured
    looked: tuple[Reading, ...]
    shelf: Shelf


def asked(corpus: str, settings: Settings) -> Iterator[Asked]:
    """The corpus's dev cases that ask for a span, read."""
    cases = select(load(corpus), split="dev")
    with Assistant.open(cases.source, settings) as assistant:
        index = assistant.index
        readers = Readers(open_models(settings).reader, installed(settings.cache_dir))
        shelf = Shelf({document.id: index.sentences(document.id) for document in index.documents()})
        for case in cases.cases:
            question, found = answering.gather(_standalone(case), index, settings)
            if not question.open:
                groups = shortlist.by_source(question, found, readers.extractor, settings.evidence, settings.reads)
                read = [reader.read(question, group, readers.model) for group in groups]
                copies, context = index.copies(), [candidate.sentence.text for candidate in found]
                said = reconcile.ranked(read, copies, context)
                beside = runoff.beside(question, runoff.rivals(question, said, copies, readers), readers)
                answer = reconcile.accept(runoff.ordered(said, beside), read, copies)
                looked = list(read)
                for new in second_look.beside(question, answer, read, index, settings) if answer else ():
                    looked = second_look.again(question, new, groups, looked, readers, settings.evidence)
                yield Asked(corpus, case, question, tuple(read), beside, tuple(looked), shelf)


def answers(readings: Sequence[Asked]) -> list[Sample]:
    """Every possible answer that the reader weighed."""
    return [
        Sample(
            item.corpus,
            astuple(measured.features),
            _right(item.case, measured.claim.value),
            question=f"{item.corpus} {item.case.id}",
            accepted=_accepted(item.case, measured.claim.value),
        )
        for item in readings
        for reading in item.readings
        for measured in reading.measured
    ]


def rivals(readings: Sequence[Asked]) -> list[Sample]:
    """The answers that were close, where they are."""
    return [
        Sample(item.corpus, astuple(held), right, question=f"{item.corpus} {item.case.id}", accepted=right)
        for item in readings
        for held, right in (
            (item.rivals[reconcile.place(claim)], _accepted(item.case, claim.value))
            for reading in item.readings
            for claim in reading.claims
            if reconcile.place(claim) in item.rivals
        )
    ]


def judged(readings: Sequence[Asked], confidence: Linear) -> tuple[list[Sample], list[Sample]]:
    """The best supported answers, right or not, and the claims that might contradict those that are right.

    Both under the confidence as it was fitted, the latter after the second look.
    """
    standing, told = [], []
    for item in readings:
        rescored = [_rescored(reading, confidence) for reading in item.readings if reading.measured]
        said = runoff.ordered(reconcile.ranked(rescored, {}), item.rivals)
        if not said:
            continue
        accepted, *others = said
        absent = item.case.status == "not_in_sources"
        right = _accepted(item.case, accepted.value)
        measured = astuple(reconcile.standing(accepted, others, rescored, {}))
        standing.append(Sample(item.corpus, measured, right, absent))
        if right:
            told += [
                Sample(item.corpus, astuple(signs), _among(cluster.value, item.case.dissent))
                for cluster, _, signs in _doubts(item, accepted, confidence)
            ]
    return standing, told


def _doubts(item: Asked, answer: reconcile.Cluster, confidence: Linear) -> list[dissent.Doubt]:
    looked = [_rescored(reading, confidence) for reading in item.looked if reading.measured]
    return dissent.dissents(*dissent.parted(answer, looked), looked, item.shelf)


def _rescored(reading: Reading, confidence: Linear) -> Reading:
    told = confidence.told(np.array([astuple(item.features) for item in reading.measured]))
    measured = [
        Measured(replace(item.claim, confidence=float(sure)), item.features)
        for item, sure in zip(reading.measured, told, strict=True)
    ]
    return replace(reading, measured=tuple(sorted(measured, key=lambda item: -item.claim.confidence)))


def main(
    corpora: Annotated[list[str] | None, typer.Argument(help="Corpora with dev cases. Default: all.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--plots", help="Folder for calibration.svg and threshold.svg.")
    ] = None,
) -> None:
    """Print how well each corpus is told by the others, then the constants fitted on all."""
    settings = Settings.load()
    readings = [item for corpus in corpora or DEFAULT for item in asked(corpus, settings)]
    possible = answers(readings)
    _report("WEIGHTS", Features, possible, choosing)
    _report("RIVALS", runoff.Beside, rivals(readings), choosing)
    standing, contradicting = judged(readings, choosing(possible))
    _report("STANDING", reconcile.Standing, standing)
    _report("DISSENT", dissent.Signs, contradicting)
    if folder is not None:
        draw(possible, standing, folder)


def draw(possible: Sequence[Sample], standing: Sequence[Sample], folder: Path) -> None:
    """What each corpus is told by the others: the reliability of a claim, and the threshold for an answer."""
    told = left_out(possible, choosing)
    right = np.array([sample.right for sample in possible])
    bins = np.minimum((told * BINS).astype(int), BINS - 1)
    points = [(told[bins == b].mean(), right[bins == b].mean(), int((bins == b).sum())) for b in set(bins.tolist())]
    scaled = [(float(sure), float(share), max(1, count // 20)) for sure, share, count in points]
    (folder / "calibration.svg").write_text(plots.alone(plots.reliability(scaled)), encoding="utf-8")
    curve = decided(left_out(standing, telling), standing)
    chosen = [(reconcile.ANSWER_AT, 0.0), (reconcile.ANSWER_AT, 1.0)]
    shown = plots.lines({"decided right": curve, "chosen": chosen}, "threshold 1")
    (folder / "threshold.svg").write_text(plots.alone(shown), encoding="utf-8")


def _report(name: str, kind: type, data: Sequence[Sample], fit: Fit = telling) -> None:
    say = partial(print, flush=True)
    say(f"{name}: {len(data)} samples, {sum(sample.right for sample in data)} right")
    for corpus in sorted({sample.corpus for sample in data}):
        own = [sample for sample in data if sample.corpus == corpus]
        others = [sample for sample in data if sample.corpus != corpus]
        if others and len({sample.right for sample in own}) == 2:
            inputs, right = arrays(own)
            told = fit(others).told(inputs)
            say(
                f"  {corpus}: {len(own)}, AUROC {roc_auc_score(right, told):.3f}, "
                f"calibration error {calibration_error(told, right):.3f} (fitted on the others)"
            )
    fitted = fit(data)
    for item, weight in zip(fields(kind), fitted.weights.tolist(), strict=True):
        say(f"    {item.name}={weight:.3f},")
    say(f"  bias {fitted.bias:.3f}")


def _standalone(case: Case) -> str:
    turns: list[followup.Turn] = []
    for earlier in case.history:
        turns.append(followup.Turn(followup.standalone(earlier, turns)))
    return followup.standalone(case.question, turns)


def _right(case: Case, value: str) -> bool:
    return case.status != "not_in_sources" and _among(value, (*case.answers, *case.dissent))


def _accepted(case: Case, value: str) -> bool:
    return case.status != "not_in_sources" and _among(value, case.answers)


def _among(value: str, groups: Groups) -> bool:
    wanted = [text for group in groups for text in group]
    return any(values.same(value, text) or values.contains(value, text) for text in wanted)


if __name__ == "__main__":
    typer.run(main)
