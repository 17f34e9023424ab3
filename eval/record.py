"""What one case came to: kept in the checkpoint line by line, and all that the summary is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from eval.cases import Case, Groups
from eval.metrics import Cited, Sources, accepted, cited, dissent_found, judge, ranks
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Record:
    """A case, the answer to it and its scores, in values that JSON knows.

    `asked` is the standalone question. `confidence`, 0 to 1, is the best claim's of the accepted position;
    None where there is none. `ranks` has the retrieval rank of each proof, `seconds` the answer's wall time.
    """

    corpus: str
    id: str
    kind: str
    split: str
    question: str
    history: tuple[str, ...]
    asked: str
    expected_status: str
    expected: Groups
    dissent: Groups
    status: str
    text: str
    values: tuple[str, ...]
    disputed: tuple[str, ...]
    right: bool
    why: str
    dissent_found: bool
    confidence: float | None
    cited: Cited
    ranks: tuple[int | None, ...]
    seconds: float
    settings_hash: str

    @property
    def refused(self) -> bool:
        """Whether the answer was that the sources do not say."""
        return self.status == "not_in_sources"

    @property
    def absent(self) -> bool:
        """Whether the sources really do not say."""
        return self.expected_status == "not_in_sources"

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON has it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The record that `to_dict` wrote. Raises KeyError or TypeError for anything else."""
        changed = {
            "cited": Cited(**values["cited"]),
            "expected": tuple(tuple(group) for group in values["expected"]),
            "dissent": tuple(tuple(group) for group in values["dissent"]),
        } | {name: tuple(values[name]) for name in ("history", "values", "disputed", "ranks")}
        return cls(**{**values, **changed})


def measure(corpus: str, case: Case, answer: Answer, sources: Sources, seconds: float) -> Record:
    """Scores one answer. `seconds` is what the whole call took, as a user waits for it."""
    verdict = judge(case, answer)
    claims = [claim for p in answer.positions if p.stance == "accepted" for claim in p.claims]
    return Record(
        corpus=corpus,
        id=case.id,
        kind=case.kind,
        split=case.split,
        question=case.question,
        history=case.history,
        asked=answer.question,
        expected_status=case.status,
        expected=case.answers,
        dissent=case.dissent,
        status=answer.status,
        text=answer.text,
        values=accepted(answer),
        disputed=tuple(p.value for p in answer.positions if p.stance == "disputed"),
        right=verdict.right,
        why=verdict.why,
        dissent_found=dissent_found(case, answer),
        confidence=max((claim.confidence for claim in claims), default=None),
        cited=cited(case, answer, sources),
        ranks=ranks(case, answer.question, sources) if case.proof else (),
        seconds=seconds,
        settings_hash=answer.settings_hash,
    )
