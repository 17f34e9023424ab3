"""Makes what the adapter is trained on: `python -m rag.adapter.data --public grounded_qa.jsonl --out FOLDER`.

Public question answering data, several questions to the same sentences, invented news (`fiction`), and passages written
for it (`passages`). Writes train.jsonl and validation.jsonl; the second has other gold sentences, other frames and
other passages than the first.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Annotated, Any

import regex
import typer

from rag import values
from rag.adapter import passages
from rag.adapter.examples import Group, Query, query, write
from rag.adapter.fiction import Newsroom, frames, sloppy
from rag.measure import Span
from rag.prompt import NONE
from rag.question import understand
from rag.words import stems

Row = Mapping[str, Any]
SHARES = {"qamr": 1.0, "qed": 0.7, "fairy": 0.1, "policy": 0.1}
HELD_FRAMES = frozenset({"partnership", "expedition"})
OVERLAP = 13
_TOGETHER = 6
_LEAST_OVERLAP = 2


def public(rows: Sequence[Row], random: Random) -> Iterator[Group]:
    """Groups of rows of grounded_qa.jsonl: those with the same gold sentence share one of their windows.

    To each come questions that nothing there answers though they share words with it. The answer of such a question
    stands in another sentence, and one that means the same must not stand here.
    """
    asked_of: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["gold"] >= 0:
            asked_of[row["source"], row["sentences"][row["gold"]]].append(row)
    strangers = _Strangers(rows)
    for (source, gold), asked in asked_of.items():
        chosen = random.sample(asked, min(_TOGETHER, len(asked)))
        sentences = tuple(random.choice(chosen)["sentences"])
        queries = [_query(row, gold, sentences, random) for row in chosen]
        others = strangers.near(sentences, random)
        queries += [_silent(row["question"], sentences, random) for row in others[: 1 + len(queries) // 3]]
        yield Group(source, sentences, tuple(queries))
    for row in rows:
        if row["gold"] < 0 and row["sentences"]:
            yield Group(row["source"], tuple(row["sentences"]), (_silent(row["question"], row["sentences"], random),))


def _query(row: Row, gold: str, sentences: Sequence[str], random: Random) -> Query:
    index = sentences.index(gold)
    start = gold.index(row["answer"])
    spot = Span(index, start, start + len(row["answer"]))
    return query(sloppy(row["question"], random), sentences, [spot], _kinds(row["question"], row["answer"]), random)


def _silent(question: str, sentences: Sequence[str], random: Random) -> Query:
    return query(sloppy(question, random), sentences, (), understand(question).kinds, random)


def _kinds(question: str, answer: str) -> frozenset[str]:
    """The kinds that the reader would weigh for the question, if the answer has one of them; else none."""
    kinds = understand(question).kinds
    return kinds if values.kind_of(answer) in kinds else frozenset()


class _Strangers:
    """Questions by their words, to find those that share words with sentences which do not answer them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = [row for row in rows if row["gold"] >= 0]
        self.with_stem: dict[str, list[int]] = defaultdict(list)
        for i, row in enumerate(self.rows):
            for stem in set(stems(" ".join(understand(row["question"]).terms))):
                self.with_stem[stem].append(i)

    def near(self, sentences: Sequence[str], random: Random) -> list[Row]:
        """Questions of other sentences with the most words in common, in random order; few have none."""
        shared: dict[int, int] = defaultdict(int)
        here = set(stems(" ".join(sentences)))
        for stem in here:
            if len(self.with_stem.get(stem, ())) < len(self.rows) / 20:
                for i in self.with_stem.get(stem, ()):
                    shared[i] += 1
        best = [i for i, count in shared.items() if count >= _LEAST_OVERLAP]
        random.shuffle(best)
        found = [self.rows[i] for i in best if self._unanswered(self.rows[i], sentences)]
        return found[:_TOGETHER]

    def _unanswered(self, row: Row, sentences: Sequence[str]) -> bool:
        text = " ".join(sentences).lower()
        return row["sentences"][row["gold"]] not in sentences and row["answer"].lower() not in text


def make(
    public_rows: Annotated[Path, typer.Option("--public", help="Rows of question, sentences, gold, answer, source.")],
    out: Annotated[Path, typer.Option(help="Folder for train.jsonl and validation.jsonl.")],
    never: Annotated[
        list[Path] | None, typer.Option(help="Text that must not be trained on: what shares a run of words goes.")
    ] = None,
    invented: Annotated[int, typer.Option(help="Groups of invented news to train on.")] = 1500,
    written: Annotated[int, typer.Option(help="How often each passage written for it is shown.")] = 4,
    seed: int = 7,
) -> None:
    """Write the training and the validation data."""
    random = Random(seed)
    with public_rows.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [path.read_text(encoding="utf-8") for path in never or ()]
    kept = clean(public([row for row in rows if not held(row)], random), texts)
    apart = clean(public([row for row in rows if held(row)], random), texts)
    fillers = [sentence for group in kept if group.source == "qamr" for sentence in group.sentences]
    newsroom = Newsroom(random)
    known = [frame for frame in frames() if frame.name not in HELD_FRAMES]
    news = [newsroom.group(known[i % len(known)], random.sample(fillers, 2)) for i in range(invented)]
    unknown = [frame for frame in frames() if frame.name in HELD_FRAMES]
    trials = [newsroom.group(frame, random.sample(fillers, 2)) for frame in unknown for _ in range(20)]
    told = passages.passages()
    shown = clean(passages.groups([one for one in told if not passages.held(one)], written, random), texts)
    unseen = clean(passages.groups([one for one in told if passages.held(one)], 1, random), texts)
    out.mkdir(parents=True, exist_ok=True)
    training = _fair(kept, random) + [group for group in news if group.queries] + shown
    random.shuffle(training)
    write(training, out / "train.jsonl")
    held_back = _fair(apart, random)[:60] + trials + unseen
    write([group for group in held_back if group.queries], out / "validation.jsonl")


def clean(groups: Iterable[Group], never: Sequence[str]) -> list[Group]:
    """The groups that share no run of words with the texts `never`."""
    forbidden = {run for text in never for run in runs(text)}
    return [group for group in groups if not any(forbidden & runs(sentence) for sentence in group.sentences)]


def runs(text: str) -> set[tuple[str, ...]]:
    """Every 13 words of `text` that follow each other, the measure of overlap of GPT-3 (Brown et al., 2020, app. C)."""
    words = regex.findall(r"\w+", text.lower())
    return {tuple(words[i : i + OVERLAP]) for i in range(len(words) - OVERLAP + 1)}


def held(row: Row) -> bool:
    """One in twenty-five, told by the sentence with the answer, so that what is asked of it is held whatever the seed.

    A row without an answer is told by the first of its sentences.
    """
    told = row["sentences"][max(row["gold"], 0)] if row["sentences"] else row["question"]
    return sum(map(ord, told)) % 25 == 0


def _fair(groups: Sequence[Group], random: Random) -> list[Group]:
    """Shuffled, with few of the sources that are far from news and few single questions without an answer."""
    chosen = [group for group in groups if random.random() < _share(group)]
    random.shuffle(chosen)
    return chosen


def _share(group: Group) -> float:
    lonely = len(group.queries) == 1 and group.queries[0].right == (NONE,)
    return SHARES.get(group.source, 1.0) * (0.15 if lonely else 1.0)


if __name__ == "__main__":
    typer.run(make)
