"""What the adapter is trained on: sentences, questions about them, right replies and those that compete with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from rag import grammar, prompt, values
from rag.measure import Span

RIVALS = 7
_LONGEST = 5


@dataclass(frozen=True, slots=True)
class Query:
    """A question, the replies that answer it (at least one; `none` where nothing does) and wrong ones beside them."""

    question: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences shown under the labels 1, 2, ... and what is asked about them. `source` says where they come from."""

    source: str
    sentences: tuple[str, ...]
    queries: tuple[Query, ...]


def query(
    question: str, sentences: Sequence[str], spots: Sequence[Span], kinds: frozenset[str], random: Random
) -> Query:
    """`question` with the reply of each spot as right and up to RIVALS wrong ones.

    Wrong are other values of `kinds`, as the reader weighs them, or runs of words where there are none; and `none`
    where there is a spot.
    """
    right = dict.fromkeys(_reply(sentences, spot) for spot in spots)
    same = [spot for spot in offered(sentences, kinds) if _apart(sentences, spot, spots)]
    rivals = same or [*_misbounded(sentences, spots, random), *_runs(sentences, spots, random)]
    random.shuffle(rivals)
    wrong = dict.fromkeys(_reply(sentences, spot) for spot in rivals)
    silent = {prompt.NONE: None} if right else {}
    chosen = [reply for reply in wrong if reply not in right][:RIVALS]
    return Query(question, tuple(right) or (prompt.NONE,), (*chosen, *silent))


def offered(sentences: Sequence[str], kinds: frozenset[str]) -> list[Span]:
    """Where `sentences` hold values of `kinds` (rag.values.Kind)."""
    spots = []
    for index, sentence in enumerate(sentences):
        found = [value for value in values.find(sentence) if value.kind in kinds]
        named = values.names(sentence) if "name" in kinds else []
        spots += [Span(index, value.start, value.end) for value in (*found, *named)]
    return spots


def read(path: Path) -> Iterator[Group]:
    """The groups of a file that `write` made."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            queries = tuple(Query(q["question"], tuple(q["right"]), tuple(q["wrong"])) for q in row["queries"])
            yield Group(row["source"], tuple(row["sentences"]), queries)


def write(groups: Iterable[Group], path: Path) -> None:
    """One JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for group in groups:
            file.write(json.dumps(asdict(group), ensure_ascii=False) + "\n")


def _reply(sentences: Sequence[str], spot: Span) -> str:
    return prompt.reply(spot.index + 1, sentences[spot.index][spot.start : spot.end])


def _apart(sentences: Sequence[str], spot: Span, right: Sequence[Span]) -> bool:
    """Whether `spot` neither overlaps a right one nor means the same."""
    said = sentences[spot.index][spot.start : spot.end]
    return not any(
        (spot.index == other.index and spot.start < other.end and other.start < spot.end)
        or values.same(said, sentences[other.index][other.start : other.end])
        for other in right
    )


def _misbounded(sentences: Sequence[str], right: Sequence[Span], random: Random) -> list[Span]:
    """Right answers cut short or drawn out by a word or two, so that bounds are learnt too."""
    spots = []
    for spot in right[:1]:
        bounds = grammar.words(sentences[spot.index])
        inside = [i for i, (start, end) in enumerate(bounds) if start >= spot.start and end <= spot.end]
        if not inside:
            continue
        longer = ((inside[0] - 1, inside[-1]), (inside[0], inside[-1] + random.choice((1, 2))))
        for first, last in (*longer, _part(inside, random)):
            if 0 <= first <= last < len(bounds):
                spots.append(Span(spot.index, bounds[first][0], bounds[last][1]))
    return [spot for spot in spots if spot not in right]


def _part(inside: Sequence[int], random: Random) -> tuple[int, int]:
    return (inside[0], inside[-1] - 1) if random.random() < 0.5 else (inside[0] + 1, inside[-1])


def _runs(sentences: Sequence[str], right: Sequence[Span], random: Random) -> list[Span]:
    """A run of words of each sentence that overlaps no right answer."""
    spots = []
    for index, sentence in enumerate(sentences):
        bounds = [(start, end) for start, end in grammar.words(sentence) if end - start > 1]
        if not bounds:
            continue
        first = random.randrange(len(bounds))
        last = min(first + random.randrange(_LONGEST), len(bounds) - 1)
        spots.append(Span(index, bounds[first][0], bounds[last][1]))
    return [spot for spot in spots if _apart(sentences, spot, right)]
