"""Measures adapters by what they read: `python -m eval.reading --data xquad_en.json --adapter FILE [--adapter FILE]`.

XQuAD questions with their sentence, their paragraph, or the five sentences that are found first, decoded by llama.cpp
with the reader's own prompt and grammar (`none` allowed); exact match and F1 as SQuAD has them. And, on groups that
`rag.adapter.data` held back, how well the odds of any answer against `none` tell questions with an answer from those
without. And the accuracy over the dev cases of a corpus, from question to answer. All adapters in one run, "none" among
them for the base model by itself, "extractor" for the encoder that reads beside it and "both" for the packaged two; the
reader's confidence stays the one fitted to what is packaged.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Annotated, Protocol

import numpy as np
import typer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from eval.benchmarks import Library
from eval.benchmarks.xquad import Squad, exact_match, f1
from eval.cases import load, select
from eval.fitting import calibration_error
from eval.run import run
from index import Index
from index.sentences import split_sentences
from rag import Assistant, Settings, answering, grammar, prompt
from rag.adapter import examples
from rag.extractor import Extractor, installed
from rag.llamacpp import LlamaCpp
from rag.models import DEFAULT, resolve

TOP = 5
BASE = "none"
_FOLDS = 10
EXTRACTOR = "extractor"
BOTH = "both"


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


class Reading(Protocol):
    """Something that reads, held to the words of the sentences."""

    def said(self, asked: Asked) -> str:
        """What it says to a question, "" for nothing."""
        ...

    def odds(self, question: str, sentences: Sequence[str], replies: Sequence[str]) -> list[float]:
        """The log-odds of each of the replies (`rag.prompt.reply`) against `none`."""
        ...


class Copying:
    """The language model with an adapter."""

    def __init__(self, model: LlamaCpp) -> None:
        self.model = model

    def said(self, asked: Asked) -> str:
        shown = prompt.reading(asked.question, asked.sentences)
        reply = self.model.read(shown, grammar.verbatim(asked.sentences), max_tokens=64)
        span = grammar.parse(reply.text, asked.sentences)
        return "" if span is None else asked.sentences[span.label - 1][span.start : span.end]

    def odds(self, question: str, sentences: Sequence[str], replies: Sequence[str]) -> list[float]:
        *scores, none = self.model.score(prompt.reading(question, sentences), [*replies, prompt.NONE])
        return [score - none for score in scores]


class Pointing:
    """The encoder."""

    def __init__(self, extractor: Extractor) -> None:
        self.extractor = extractor

    def said(self, asked: Asked) -> str:
        pointed = self.extractor.point(asked.question, asked.sentences)
        odds = [item.odds(*item.best()) for item in pointed]
        surest = int(np.argmax(odds))
        return asked.sentences[surest][slice(*pointed[surest].best())] if odds[surest] > 0 else ""

    def odds(self, question: str, sentences: Sequence[str], replies: Sequence[str]) -> list[float]:
        pointed = self.extractor.point(question, sentences)
        spans = [grammar.parse(reply, sentences) for reply in replies]
        return [pointed[span.label - 1].odds(span.start, span.end) if span else 0.0 for span in spans]


class Both:
    """The two together: what either says, weighed by the product of their odds, as the assistant does."""

    def __init__(self, copying: Reading, pointing: Reading) -> None:
        self.sides = (copying, pointing)

    def said(self, asked: Asked) -> str:
        said = {side.said(asked) for side in self.sides} - {""}
        replies = [reply for words in sorted(said) for reply in _replies(words, asked.sentences)]
        odds = self.odds(asked.question, asked.sentences, replies) if replies else []
        if not odds or max(odds) <= 0:
            return ""
        span = grammar.parse(replies[int(np.argmax(odds))], asked.sentences)
        return "" if span is None else asked.sentences[span.label - 1][span.start : span.end]

    def odds(self, question: str, sentences: Sequence[str], replies: Sequence[str]) -> list[float]:
        one, other = (side.odds(question, sentences, replies) for side in self.sides)
        return [sum(pair) for pair in zip(one, other, strict=True)]


def _replies(words: str, sentences: Sequence[str]) -> list[str]:
    return [prompt.reply(number, words) for number, text in enumerate(sentences, start=1) if words in text]


def read(asked: Sequence[Asked], reader: Reading) -> Read:
    """What is said to each question, scored."""
    began = time.perf_counter()
    said = [reader.said(item) if item.sentences else "" for item in asked]
    seconds = (time.perf_counter() - began) / len(asked)
    return Read(
        _mean(max(exact_match(words, gold) for gold in item.golds) for words, item in zip(said, asked, strict=True)),
        _mean(max(f1(words, gold) for gold in item.golds) for words, item in zip(said, asked, strict=True)),
        _mean(float(not words) for words in said),
        seconds,
    )


def silence(groups: Iterable[examples.Group], reader: Reading) -> tuple[float, float, float, int]:
    """AUROC of the odds against `none`, its calibration error once scaled (a tenth at a time, by a fit to the others),
    the share of answerable questions whose right reply is weighed highest, and the number of questions, balanced."""
    odds, answerable, first = [], [], []
    for group in groups:
        for query in group.queries:
            silent = query.right == (prompt.NONE,)
            replies = [reply for reply in (*query.right, *query.wrong) if reply != prompt.NONE]
            if not replies:
                continue
            scores = reader.odds(query.question, group.sentences, replies)
            odds.append(float(np.logaddexp.reduce(scores)))
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


def readers(adapters: Sequence[str]) -> Iterator[tuple[str, Copying | Pointing | Both]]:
    """The default model with each adapter in turn, the extractor, or the packaged adapter and the extractor."""
    settings = Settings.load()
    files = resolve(DEFAULT, settings.cache_dir)
    pointing = Pointing(installed(settings.cache_dir))
    for name in adapters:
        if name == EXTRACTOR:
            yield name, pointing
        elif name == BOTH:
            yield name, Both(Copying(LlamaCpp(files)), pointing)
        else:
            yield name, Copying(LlamaCpp(replace(files, adapter=None if name == BASE else Path(name))))


def measure(
    adapter: Annotated[list[str], typer.Option(help='A GGUF adapter, "none", "extractor" or "both"; several times.')],
    data: Annotated[Path | None, typer.Option(help="XQuAD or SQuAD 1 as JSON.")] = None,
    held: Annotated[Path | None, typer.Option(help="Groups that rag.adapter.data held back.")] = None,
    corpus: Annotated[str, typer.Option(help="A corpus whose dev cases are answered from end to end.")] = "",
    limit: Annotated[int | None, typer.Option(help="So many questions of XQuAD, so many cases.")] = None,
) -> None:
    """Print a table of the adapters."""
    say: Callable[[str], None] = typer.echo
    asked = xquad(data, limit, Library()) if data else {}
    groups = list(examples.read(held)) if held else []
    for name, reader in readers(adapter):
        for shown, questions in asked.items():
            found = read(questions, reader)
            say(
                f"{name}  {shown:9}  {len(questions)} questions  EM {found.exact:.3f}  F1 {found.f1:.3f}  "
                f"none {found.none:.3f}  {found.seconds:.2f} s"
            )
        if groups:
            auroc, error, first, count = silence(groups, reader)
            say(f"{name}  held back  {count} questions  AUROC {auroc:.3f}  calibration {error:.3f}  first {first:.3f}")
        if corpus and isinstance(reader, Copying):
            accuracy, seconds, count = answered(corpus, limit, reader.model)
            say(f"{name}  {corpus}  {count} cases  accuracy {accuracy:.3f}  median {seconds:.2f} s")


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return math.fsum(listed) / len(listed) if listed else 0.0


if __name__ == "__main__":
    typer.run(measure)
