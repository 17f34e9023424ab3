"""Passages written to train on, with what is asked about them: `python -m rag.adapter.passages FILE ...` checks them.

A file holds passages one after another:

    ## What the text is called
    Its first sentence, one a line.
    Its second sentence.
    ? A question
    = the very words that answer it
    ? A question that two places answer
    = the words of one | [2] those of the second sentence alone
    ? A question that nothing here answers
    = -

Words that stand in several sentences answer from each of them, but for those behind a label.

`groups` shows each passage several times, whole and in parts: without the sentence that answers it a question has
neighbours that come near, and no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated

import regex
import typer

from rag import grammar, values
from rag.adapter.examples import Group, Query, query
from rag.adapter.fiction import sloppy
from rag.measure import Span
from rag.question import understand

FOLDER = Path(__file__).parent / "passages"
LONGEST = 12
_NOTHING = "-"
_HELD = 15
_WHOLE = 0.5
_ASKED = 8
_LABELLED = regex.compile(r"\[(\d+)\] (.*)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and where its answers stand; nowhere if nothing answers it."""

    question: str
    spots: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """Up to LONGEST sentences of one text with its title, and what is asked about them."""

    title: str
    sentences: tuple[str, ...]
    asked: tuple[Asked, ...]


def passages(folder: Path = FOLDER) -> list[Passage]:
    """Every passage of the folder's .txt files, in the order of their names. Raises ValueError as `parse` does."""
    return [passage for path in sorted(folder.glob("*.txt")) for passage in parse(path)]


def parse(path: Path) -> list[Passage]:
    """The passages of one file. Raises ValueError, with the file and the line, for what is not written as above."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    blocks: list[list[tuple[int, str]]] = []
    for number, line in lines:
        text = line.strip()
        if text.startswith("## "):
            blocks.append([])
        if text and blocks:
            blocks[-1].append((number, text))
    return [_passage(path, block) for block in blocks]


def held(passage: Passage) -> bool:
    """One in fifteen, told by the title, to validate on."""
    return sum(map(ord, passage.title)) % _HELD == 0


def groups(written: Sequence[Passage], times: int, random: Random) -> Iterator[Group]:
    """Each passage `times` over with some of its questions: half of the times whole, else some of its sentences."""
    for passage in written:
        for _ in range(times):
            kept = list(range(len(passage.sentences)))
            if random.random() > _WHOLE:
                kept = sorted(random.sample(kept, random.randint(min(3, len(kept)), len(kept))))
            asked = random.sample(passage.asked, min(_ASKED, len(passage.asked)))
            shown = tuple(passage.sentences[i] for i in kept)
            yield Group("written", shown, tuple(_query(one, kept, shown, random) for one in asked))


def _query(asked: Asked, kept: Sequence[int], shown: Sequence[str], random: Random) -> Query:
    spots = [Span(kept.index(spot.index), spot.start, spot.end) for spot in asked.spots if spot.index in kept]
    kinds = understand(asked.question).kinds
    said = {values.kind_of(shown[spot.index][spot.start : spot.end]) for spot in spots}
    return query(
        sloppy(asked.question, random), shown, spots, kinds if not said or said & kinds else frozenset(), random
    )


def _passage(path: Path, block: Sequence[tuple[int, str]]) -> Passage:
    (first, title), *rest = block
    sentences = tuple(text for _, text in rest if not text.startswith(("? ", "= ")))
    if not 1 <= len(sentences) <= LONGEST:
        raise ValueError(f"{path}:{first}: {len(sentences)} sentences, 1 to {LONGEST} wanted")
    asked = [line for line in rest if line[1].startswith(("? ", "= "))]
    pairs = list(zip(asked[::2], asked[1::2], strict=False))
    if len(asked) % 2 or any(q[1][0] != "?" or a[1][0] != "=" for q, a in pairs):
        raise ValueError(f"{path}:{first}: each question wants one line of answers behind it")
    found = (Asked(q[1][2:], tuple(_spots(path, a, sentences))) for q, a in pairs)
    return Passage(title[3:], sentences, tuple(found))


def _spots(path: Path, line: tuple[int, str], sentences: Sequence[str]) -> Iterator[Span]:
    number, text = line
    if text[2:] == _NOTHING:
        return
    for answer in text[2:].split(" | "):
        labelled = _LABELLED.fullmatch(answer)
        words, only = (labelled[2], int(labelled[1]) - 1) if labelled else (answer, None)
        spots = [spot for spot in _places(words, sentences) if only in (None, spot.index)]
        if not spots:
            raise ValueError(f"{path}:{number}: “{answer}” does not stand there in whole words")
        yield from spots


def _places(words: str, sentences: Sequence[str]) -> Iterator[Span]:
    """Where `words` stand, from the beginning of a word to the end of one."""
    for index, sentence in enumerate(sentences):
        bounds = grammar.words(sentence)
        begins, ends = {start for start, _ in bounds}, {end for _, end in bounds}
        for match in regex.finditer(regex.escape(words), sentence):
            if match.start() in begins and match.end() in ends:
                yield Span(index, match.start(), match.end())


app = typer.Typer(add_completion=False)


@app.command()
def check(files: Annotated[list[Path], typer.Argument(help="Files of passages.")]) -> None:
    """Say how many passages and questions each file holds, or what is wrong with it."""
    for path in files:
        try:
            found = parse(path)
        except ValueError as error:
            typer.echo(error, err=True)
            raise typer.Exit(1) from error
        asked = [one for passage in found for one in passage.asked]
        silent = sum(not one.spots for one in asked)
        typer.echo(f"{path}: {len(found)} passages, {len(asked)} questions, {silent} of them without an answer")


if __name__ == "__main__":
    app()
