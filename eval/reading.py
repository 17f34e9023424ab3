"""Measures adapters by what they read: `python -m eval.reading --data xquad_en.json --adapter FILE [--adapter FILE]`.

XQuAD questions with their sentence, their paragraph, or the five sentences that are found first, decoded by llama.cpp
with the reader's own prompt and grammar (`none` allowed); exact match and F1 as SQuAD has them. And, on groups that
`rag.adapter.data` held back, how well the odds of any answer against `none` tell questions with an answer from those
without. And the accuracy over the dev cases of a corpus, from question to answer. All adapters in one run, "none" among
them for the base model by itself; the reader's confidence stays the one fitted to the packaged adapter.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Annotated

import numpy as np
import typer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from eval.benchmarks import Library
from eval.benchmarks.xquad import Squad, exact_match, f1
from eval.calibrate import calibration_error
from eval.cases import load, select
from eval.run import run
from index import Index
from index.sentences import split_sentences
from rag import Assistant, Settings, answering, grammar, prompt
from rag.adapter import examples
from rag.llamacpp import LlamaCpp
from rag.models import DEFAULT, resolve

TOP = 5
BASE = "none"
_FOLDS = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the sentences to read it from, and the answers that count."""

    question: str
    sentences: tuple[str, ...]
    golds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """Means over the questions, 0 to 1, and seconds a question."""

    exact: float
    f1: float
    none: float
    seconds: float


def xquad(data: Path, limit: int | None, library: Library) -> dict[str, list[Asked]]:
    """The questions of a SQuAD file by what is shown for them: "sentence", "paragraph" and "found"."""
    collection, *_ = Squad().tasks(data)
    items = list(collection.items)
    Random(7).shuffle(items)
    shown: dict[str, list[Asked]] = {"sentence": [], "paragraph": [], "found": []}
    with library(collection.documents) as assistant:
        for item in items[:limit]:
            golds = tuple(gold["text"] for gold in item.gold["answers"])
            sentences = split_sentences(item.context)
            start = item.gold["answers"][0]["answer_start"]
            own = [s.text for s in sentences if s.start <= start < s.end]
            shown["sentence"].append(Asked(item.question, tuple(own[:1]), golds))
            shown["paragraph"].append(Asked(item.question, tuple(s.text for s in sentences), golds))
            shown["found"].append(Asked(item.question, _found(item.question, assistant.index), golds))
    return shown


def _found(question: str, index: Index) -> tuple[str, ...]:
    _, found = answering.gather(question, index, Settings.load())
    return tuple(candidate.sentence.text for candidate in found[:TOP])


def read(asked: Sequence[Asked], model: LlamaCpp) -> Read:
    """What the model copies for each question, scored."""
    began = time.perf_counter()
    said = [_said(item, model) for item in asked]
    seconds = (time.perf_counter() - began) / len(asked)
    return Read(
        _mean(max(exact_match(words, gold) for gold in item.golds) for words, item in zip(said, asked, strict=True)),
        _mean(max(f1(words, gold) for gold in item.golds) for words, item in zip(said, asked, strict=True)),
        _mean(float(not words) for words in said),
        seconds,
    )


def _said(item: Asked, model: LlamaCpp) -> str:
    if not item.sentences:
        return ""
    reply = model.read(prompt.reading(item.question, item.sentences), grammar.verbatim(item.sentences), max_tokens=64)
    span = grammar.parse(reply.text, item.sentences)
    return "" if span is None else item.sentences[span.label - 1][span.start : span.end]


def silence(groups: Iterable[examples.Group], model: LlamaCpp) -> tuple[float, float, float, int]:
    """AUROC of the odds against `none`, its calibration error once scaled (a tenth at a time, by a fit to the others),
    the share of answerable questions whose right reply is weighed highest, and the number of questions, balanced."""
    odds, answerable, first = [], [], []
    for group in groups:
        for query in group.queries:
            silent = query.right == (prompt.NONE,)
            replies = [reply for reply in (*query.right, *query.wrong) if reply != prompt.NONE]
            if not replies:
                continue
            *scores, none = model.score(prompt.reading(query.question, group.sentences), [*replies, prompt.NONE])
            odds.append(float(np.logaddexp.reduce(scores)) - none)
            answerable.append(not silent)
            if not silent:
                first.append(int(np.argmax(scores)) < len(query.right))
    kept = _balanced(answerable)
    x, y = np.array(odds)[kept, None], np.array(answerable)[kept]
    folds = min(_FOLDS, len(kept) // 2)  # as many as there are questions of each sort, where these are few
    scaled = cross_val_predict(LogisticRegression(), x, y, cv=folds, method="predict_proba")[:, 1]
    return float(roc_auc_score(y, x[:, 0])), calibration_error(scaled, y), _mean(map(float, first)), len(kept)


def _balanced(answerable: Sequence[bool]) -> list[int]:
    """As many questions with an answer as without, in a fixed random order."""
    chance = Random(7)
    sides = [[i for i, value in enumerate(answerable) if value is side] for side in (True, False)]
    kept = [i for side in sides for i in chance.sample(side, min(map(len, sides)))]
    chance.shuffle(kept)
    return kept


def answered(corpus: str, limit: int | None, model: LlamaCpp) -> tuple[float, float, int]:
    """Accuracy over the dev cases of a corpus with `model` as the reader, the median seconds, the number of cases."""
    cases = select(load(corpus), split="dev", limit=limit)
    settings = Settings.load()
    with Index.open(cases.source, settings) as index:
        index.sync()
        records = run(cases, Assistant(index, model, settings)).records
    return _mean(float(r.right) for r in records), float(np.median([r.seconds for r in records])), len(records)


def models(adapters: Sequence[str]) -> Iterator[tuple[str, LlamaCpp]]:
    """The default model with each adapter in turn."""
    settings = Settings.load()
    files = resolve(DEFAULT, settings.cache_dir)
    for name in adapters:
        adapter = None if name == BASE else Path(name)
        yield name, LlamaCpp(replace(files, adapter=adapter))


def measure(
    adapter: Annotated[list[str], typer.Option(help='A GGUF adapter, or "none"; may be given several times.')],
    data: Annotated[Path | None, typer.Option(help="XQuAD or SQuAD 1 as JSON.")] = None,
    held: Annotated[Path | None, typer.Option(help="Groups that rag.adapter.data held back.")] = None,
    corpus: Annotated[str, typer.Option(help="A corpus whose dev cases are answered from end to end.")] = "",
    limit: Annotated[int | None, typer.Option(help="So many questions of XQuAD, so many cases.")] = None,
) -> None:
    """Print a table of the adapters."""
    say: Callable[[str], None] = typer.echo
    asked = xquad(data, limit, Library()) if data else {}
    groups = list(examples.read(held)) if held else []
    for name, model in models(adapter):
        for shown, questions in asked.items():
            found = read(questions, model)
            say(
                f"{name}  {shown:9}  {len(questions)} questions  EM {found.exact:.3f}  F1 {found.f1:.3f}  "
                f"none {found.none:.3f}  {found.seconds:.2f} s"
            )
        if groups:
            auroc, error, first, count = silence(groups, model)
            say(f"{name}  held back  {count} questions  AUROC {auroc:.3f}  calibration {error:.3f}  first {first:.3f}")
        if corpus:
            accuracy, seconds, count = answered(corpus, limit, model)
            say(f"{name}  {corpus}  {count} cases  accuracy {accuracy:.3f}  median {seconds:.2f} s")


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return math.fsum(listed) / len(listed) if listed else 0.0


if __name__ == "__main__":
    typer.run(measure)
