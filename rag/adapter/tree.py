"""Questions about the same sentences packed into one sequence, so that the sentences are computed once.

Every prompt with each of its replies is a path; paths share what they begin with, as in the tree attention of
SpecInfer (Miao et al., 2024), which the reader itself uses to weigh replies. A node sees its ancestors alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag import prompt
from rag.adapter.examples import Group
from rag.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Path:
    """A reply: `states[i]` is the node after which `tokens[i]` should come; the last token ends the turn."""

    states: tuple[int, ...]
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """`tokens` and `depths` of shape (n,), `sees` of shape (n, n), and for each query its right and wrong replies."""

    tokens: npt.NDArray[np.int64]
    depths: npt.NDArray[np.int64]
    sees: npt.NDArray[np.bool_]
    queries: tuple[tuple[tuple[Path, ...], tuple[Path, ...]], ...]


def plant(group: Group, words: Vocabulary, end: int) -> Tree:
    """The tree of a group over the tokens of `words`; `end` is the one that ends a turn."""
    nodes: list[tuple[int, int]] = []
    places: dict[tuple[int, int], int] = {}

    def grow(parent: int, tokens: Sequence[int]) -> list[int]:
        path = []
        for token in tokens:
            if (parent, token) not in places:
                places[parent, token] = len(nodes)
                nodes.append((token, parent))
            parent = places[parent, token]
            path.append(parent)
        return path

    def reply(parent: int, text: str) -> Path:
        tokens = words.tokenize(text)
        return Path((parent, *grow(parent, tokens)), (*tokens, end))

    queries = []
    for item in group.queries:
        last = grow(-1, words.encode(prompt.reading(item.question, group.sentences)))[-1]
        queries.append(
            (tuple(reply(last, text) for text in item.right), tuple(reply(last, text) for text in item.wrong))
        )
    tokens = np.array([token for token, _ in nodes], np.int64)
    return Tree(tokens, *_shape([parent for _, parent in nodes]), tuple(queries))


def _shape(parents: Sequence[int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    depths = np.zeros(len(parents), np.int64)
    sees = np.eye(len(parents), dtype=np.bool_)
    for node, parent in enumerate(parents):
        if parent >= 0:
            depths[node] = depths[parent] + 1
            sees[node] |= sees[parent]
    return depths, sees
