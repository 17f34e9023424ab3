"""Texts to measure with: sentences of the known corpora, cut and recombined, so that the words are real."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from eval.cases import load, select
from index import Document, split_sentences
from index.reading import read_document
from index.sources import find_sources

CORPORA = ("seeds", "storm", "trial")
_SHORTEST, _LONGEST = 40, 400  # characters of a sentence
_IN_A_PASSAGE = (4, 8)  # sentences: 100 words more or less


@cache
def sentences() -> tuple[str, ...]:
    """Every sentence of the corpora once, headings left out."""
    files = [file for name in CORPORA for file in find_sources(load(name).source)]
    texts = [read_document(file, file.path.read_bytes(), "").text for file in files]
    found = (item for text in texts for item in split_sentences(text) if not item.heading)
    fit = (" ".join(item.text.split()) for item in found if _SHORTEST <= len(item.text) <= _LONGEST)
    return tuple(dict.fromkeys(fit))


@cache
def questions() -> tuple[str, ...]:
    """The questions of the corpora's dev cases."""
    return tuple(dict.fromkeys(case.question for name in CORPORA for case in select(load(name), "dev").cases))


def recombined(count: int, seed: int) -> list[str]:
    """`count` passages, each of some sentences drawn by chance; the same for the same seed."""
    known, draw = sentences(), np.random.default_rng([2, seed])
    sizes = draw.integers(_IN_A_PASSAGE[0], _IN_A_PASSAGE[1], size=count, endpoint=True)
    picks = draw.integers(len(known), size=(count, _IN_A_PASSAGE[1]))
    rows = zip(picks.tolist(), sizes.tolist(), strict=True)
    return [" ".join([known[pick] for pick in row[:size]]) for row, size in rows]


def article(name: str, passages: list[str]) -> Document:
    """A document of passages, a paragraph each."""
    return Document(name, name, "\n\n".join(passages), None, None, "")


def write_files(folder: Path, count: int, seed: int, passages: int = 1) -> Iterator[Path]:
    """Files of `passages` paragraphs each, a hundred to a folder."""
    texts = recombined(count * passages, seed)
    for number in range(count):
        path = folder / f"{number // 100:03d}" / f"{number:05d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(texts[number * passages : (number + 1) * passages]) + "\n", encoding="utf-8")
        yield path
