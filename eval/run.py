"""Asks every case of a corpus and keeps what came of it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from eval.cases import SPLITS, Case, Corpus
from eval.checkpoint import Checkpoint
from eval.environment import adapter_hash, code_hash, environment
from eval.metrics import Sources, proof_spans
from eval.record import Record, measure
from eval.summary import Summary, summarise
from rag.types import Answer


class Conversation(Protocol):
    """A chat: each question may lean on those before it."""

    def ask(self, question: str) -> Answer: ...


class Answerer(Protocol):
    """What is evaluated; `rag.Assistant` has it."""

    @property
    def model(self) -> str: ...

    @property
    def settings_hash(self) -> str: ...

    @property
    def index(self) -> Sources: ...

    def ask(self, question: str) -> Answer: ...

    def chat(self) -> Conversation: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` cases, `right` of them right; `last` is the newest, None before the first."""

    done: int
    total: int
    right: int
    last: Record | None


@dataclass(frozen=True, slots=True)
class Result:
    """A run: what was asked, with what, and what came of it.

    `adapter` and `code` are SHA-256 hashes (first 16 digits), `started` is UTC, `seconds` the time that the
    answers took together. `unlocated` names proofs whose words are not in the cleaned documents.
    """

    corpora: tuple[str, ...]
    model: str
    adapter: str
    settings_hash: str
    code: str
    environment: Mapping[str, str]
    started: str
    seconds: float
    records: tuple[Record, ...]
    unlocated: tuple[str, ...] = ()

    @property
    def accuracy(self) -> float:
        """Share of right answers over all cases, 0 to 1."""
        return self.summary().accuracy.value or 0.0

    def summary(self, split: str | None = None, corpus: str | None = None) -> Summary:
        """The figures over everything, or over one split or corpus."""
        return summarise([r for r in self.records if split in (None, r.split) and corpus in (None, r.corpus)])

    def to_json(self, show_test: bool = False) -> str:
        """The run as JSON: the figures in all and by split and corpus, and the records.

        Records of the test split are left out unless asked for, so that nobody tunes on them.
        """
        named = {split: self.summary(split) for split in SPLITS if any(r.split == split for r in self.records)}
        by_corpus = {corpus: self.summary(corpus=corpus) for corpus in self.corpora}
        head = {name: getattr(self, name) for name in _HEAD}
        return json.dumps(
            head
            | {"summary": {name: asdict(s) for name, s in ({"all": self.summary()} | named).items()}}
            | {"by_corpus": {name: asdict(s) for name, s in by_corpus.items()}}
            | {"cases": [r.to_dict() for r in self.records if show_test or r.split != "test"]},
            ensure_ascii=False,
            indent=1,
            default=dict,
        )


_HEAD = (
    "corpora", "model", "adapter", "settings_hash", "code", "environment", "started", "seconds", "unlocated",
)  # fmt: skip


def run(
    corpus: Corpus,
    assistant: Answerer,
    *,
    checkpoint: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Asks every case in order. `progress` is called before the first and after each.

    With a `checkpoint` file a run that was killed goes on with the case it was at, provided that the cases, the
    model, the settings and the code are the same; the file is removed at the end.
    Raises CorroborateError as the assistant does; what is finished stays in the checkpoint.
    """
    started = datetime.now(UTC).isoformat(timespec="seconds")
    code, adapter = code_hash(), adapter_hash(assistant.model)
    made_with = {"corpus": corpus.name, "model": assistant.model, "adapter": adapter, "code": code}
    kept = Checkpoint(checkpoint, made_with | {"settings": assistant.settings_hash})
    records: list[Record] = []
    _report(progress, records, len(corpus.cases))
    for record in _records(corpus, assistant, kept):
        records.append(record)
        _report(progress, records, len(corpus.cases))
    kept.remove()
    return Result(
        corpora=(corpus.name,),
        model=assistant.model,
        adapter=adapter,
        settings_hash=assistant.settings_hash,
        code=code,
        environment=environment(),
        started=started,
        seconds=sum(r.seconds for r in records),
        records=tuple(records),
        unlocated=_unlocated(corpus, assistant.index),
    )


def combine(results: Sequence[Result]) -> Result:
    """Several corpora as one result; made with, and begun as, the first."""
    first = results[0]
    return Result(
        corpora=tuple(name for r in results for name in r.corpora),
        model=first.model,
        adapter=first.adapter,
        settings_hash=", ".join(dict.fromkeys(r.settings_hash for r in results)),
        code=first.code,
        environment=first.environment,
        started=first.started,
        seconds=sum(r.seconds for r in results),
        records=tuple(record for r in results for record in r.records),
        unlocated=tuple(item for r in results for item in r.unlocated),
    )


def gate(result: Result, fail_under: float) -> list[str]:
    """Why the run does not pass, one line each; empty when it does.

    `fail_under` is the least accuracy over all cases, 0 to 1. A quote that is not at its offsets always fails.
    """
    reasons = []
    if result.accuracy < fail_under:
        reasons.append(f"Accuracy is {result.accuracy:.3f}, less than {fail_under:.3f}.")
    exact = result.summary().quote_exact
    if exact is not None and exact < 1:
        reasons.append(f"Only {exact:.1%} of the citations' quotes stand at their offsets.")
    return reasons


def _records(corpus: Corpus, assistant: Answerer, kept: Checkpoint) -> Iterator[Record]:
    for case in corpus.cases:
        key = _key(case)
        if key not in kept.records:
            answer, seconds = _ask(case, assistant)
            kept.add(key, measure(corpus.name, case, answer, assistant.index, seconds).to_dict())
        yield Record.from_dict(kept.records[key])


def _ask(case: Case, assistant: Answerer) -> tuple[Answer, float]:
    """The answer and the seconds it took; the earlier turns of a follow-up are asked but not timed."""
    conversation: Conversation = assistant.chat() if case.history else assistant
    for earlier in case.history:
        conversation.ask(earlier)
    begun = time.perf_counter()
    return conversation.ask(case.question), time.perf_counter() - begun


def _key(case: Case) -> str:
    """Names the case as it is written now, so that an edited case is asked again."""
    written = json.dumps(asdict(case), sort_keys=True).encode()
    return f"{case.id}-{hashlib.sha256(written).hexdigest()[:12]}"


def _unlocated(corpus: Corpus, sources: Sources) -> tuple[str, ...]:
    return tuple(
        f"{corpus.name}/{case.id}: {proof.words!r} is not in {proof.document}"
        for case in corpus.cases
        for proof, places in zip(case.proof, proof_spans(case, sources), strict=True)
        if not places
    )


def _report(progress: Callable[[Progress], None] | None, records: Sequence[Record], total: int) -> None:
    if progress is not None:
        right = sum(r.right for r in records)
        progress(Progress(len(records), total, right, records[-1] if records else None))
