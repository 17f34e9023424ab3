"""XQuAD and SQuAD: questions whose answer is a span of a paragraph.

Artetxe et al. 2020; scored as Rajpurkar et al. 2016 score: lower-case, no punctuation, no articles, then exact
match and token F1, the best over the golds. Every question is asked twice: over the whole collection, each
article a document, and with only its paragraph given. Predicted is the first accepted position; where the
answer has none, its text, and nothing where it is refused.
"""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.benchmarks.task import Item, Scored, Task
from eval.cases import locate
from eval.metrics import Sources, Span, overlap, plain
from index.errors import SourceError
from rag.types import Answer

DEPTHS = (1, 5)


class Squad:
    """The task of the whole collection, then one for each paragraph."""

    def tasks(self, data: Path) -> list[Task]:
        """A file in SQuAD's JSON format, version 1 (every question has an answer)."""
        try:
            articles = json.loads(data.read_text(encoding="utf-8"))["data"]
            named = {f"{number:03d}-{_safe(a['title'])}.txt": a for number, a in enumerate(articles, 1)}
            return [_collection(named), *(t for name, a in named.items() for t in _given(name, a))]
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
            raise SourceError(f"{data} is not SQuAD data: {error!r}.", "It is one JSON file.") from error

    def score(self, item: Item, answer: Answer, sources: Sources) -> Scored:
        """Exact match, F1, and recall@k: whether a best k evidence sentence holds the answer at its place."""
        predicted = _predicted(answer)
        golds = [gold["text"] for gold in item.gold["answers"]]
        name = item.gold["setting"]
        scores: dict[str, float | None] = {
            f"{name}: exact match": max(exact_match(predicted, gold) for gold in golds),
            f"{name}: F1": max(f1(predicted, gold) for gold in golds),
        }
        spans = gold_spans(item, sources)
        ordered = sorted(answer.evidence, key=lambda sentence: -sentence.score)
        for k in DEPTHS:
            found = any(overlap((e.document_id, e.start, e.end), span) for e in ordered[:k] for span in spans)
            scores[f"{name}: sentence recall@{k}"] = float(found) if spans else None
        scores[f"{name}: refused"] = float(answer.status == "not_in_sources")
        return Scored((predicted,), scores)


def normalise(text: str) -> list[str]:
    """The words that are compared."""
    bare = "".join(char for char in text.lower() if char not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def exact_match(predicted: str, gold: str) -> float:
    """1 where the normalised words are the same, else 0."""
    return float(normalise(predicted) == normalise(gold))


def f1(predicted: str, gold: str) -> float:
    """Harmonic mean of the precision and recall of words, 0 to 1."""
    ours, theirs = normalise(predicted), normalise(gold)
    shared = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * shared / (len(ours) + len(theirs)) if shared else float(ours == theirs)


def _predicted(answer: Answer) -> str:
    if answer.status == "not_in_sources":
        return ""
    return next((p.value for p in answer.positions if p.stance == "accepted"), plain(answer.text))


def _collection(articles: Mapping[str, Mapping[str, Any]]) -> Task:
    """Each article under its title, as a reader would meet it."""
    documents = {
        name: "\n\n".join([article["title"].replace("_", " "), *(p["context"] for p in article["paragraphs"])])
        for name, article in articles.items()
    }
    items = [i for name, a in articles.items() for p in a["paragraphs"] for i in _items("collection", name, p)]
    return Task(documents, tuple(items))


def _given(name: str, article: Mapping[str, Any]) -> list[Task]:
    return [Task({name: p["context"]}, _items("given", name, p)) for p in article["paragraphs"]]


def _items(setting: str, document: str, paragraph: Mapping[str, Any]) -> tuple[Item, ...]:
    return tuple(
        Item(
            f"{setting}-{qa['id']}",
            qa["question"],
            {"setting": setting, "document": document, "answers": qa["answers"]},
            paragraph["context"],
        )
        for qa in paragraph["qas"]
    )


def gold_spans(item: Item, sources: Sources) -> Sequence[Span]:
    """Where the golds stand in the cleaned document: their place in the paragraph, carried over."""
    document, spans = item.gold["document"], []
    text = sources.document(document).text
    for start, end in locate(text, item.context)[:1]:
        stretch = (end - start) / len(item.context)
        for answer in item.gold["answers"]:
            near = start + answer["answer_start"] * stretch
            places = [(start + s, start + e) for s, e in locate(text[start:end], answer["text"])]
            spans += [(document, *min(places, key=lambda place: abs(place[0] - near)))] if places else []
    return spans


def _safe(title: str) -> str:
    return re.sub(r"[^\w-]+", "_", title)[:60]
