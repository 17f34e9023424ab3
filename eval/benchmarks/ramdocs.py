"""RAMDocs: questions over documents that conflict through ambiguity, misinformation and noise.

Wang et al. 2025, "Retrieval-Augmented Generation with Conflicting Evidence". Exact match: every gold answer is
in the predicted list and no wrong answer is, lower-cased. Predicted are the values of the accepted positions.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.benchmarks.task import Item, Scored, Task
from eval.metrics import Sources
from index.errors import SourceError
from rag.types import Answer
from rag.values import same


class Ramdocs:
    """One task a question: each has documents of its own."""

    def tasks(self, data: Path) -> list[Task]:
        """One JSON object a line: question, documents (text), gold_answers, wrong_answers."""
        try:
            lines = data.read_text(encoding="utf-8").splitlines()
            return [_task(number, json.loads(line)) for number, line in enumerate(lines, 1) if line.strip()]
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
            raise SourceError(f"{data} is not RAMDocs data: {error!r}.", "It has one JSON object a line.") from error

    def score(self, item: Item, answer: Answer, sources: Sources) -> Scored:
        """Strict exact match; the same by value ("3,559" is "3,559 people"); its two halves; refusals."""
        predicted = tuple(p.value for p in answer.positions if p.stance == "accepted")
        gold, wrong = item.gold["gold"], item.gold["wrong"]
        lowered = {value.lower().strip() for value in predicted}
        strict = {value.lower().strip() for value in gold} <= lowered
        clean = not lowered & {value.lower().strip() for value in wrong}
        found = [_among(value, predicted) for value in gold]
        given = [_among(value, predicted) for value in wrong]
        scores = {
            "exact match": float(strict and clean),
            "exact match by value": float(all(found) and not any(given)),
            "gold answers given": sum(found) / len(found) if found else None,
            "wrong answers given": sum(given) / len(given) if given else None,
            "refused": float(answer.status == "not_in_sources"),
        }
        return Scored(predicted, scores)


def _task(number: int, line: Mapping[str, Any]) -> Task:
    """The data lists right documents first, so they are shuffled, alike in every run, under names that tell nothing."""
    texts = [document["text"] for document in line["documents"]]
    random.Random(line["question"]).shuffle(texts)
    gold = {"gold": list(line["gold_answers"]), "wrong": list(line["wrong_answers"])}
    documents = {f"document-{i}.txt": text for i, text in enumerate(texts, 1)}
    return Task(documents, (Item(f"ramdocs-{number}", line["question"], gold),))


def _among(value: str, predicted: Sequence[str]) -> bool:
    return any(same(value, other) for other in predicted)
