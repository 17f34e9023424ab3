"""An embedder that counts, and one that only pretends to embed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from index import Embedder, Vectors
from index.store import text_hash


@dataclass(slots=True)
class Counted:
    """The real embedder, and the texts it was given; while `pretending`, vectors by the hash of the text instead."""

    inner: Embedder
    pretending: bool = False
    seen: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The real one's."""
        return self.inner.name

    @property
    def dimension(self) -> int:
        """The real one's."""
        return self.inner.dimension

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """By the real tokenizer."""
        return self.inner.count_tokens(texts)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        self.seen.extend(texts)
        return hashed(texts, self.dimension) if self.pretending else self.inner.encode_documents(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """By the real embedder."""
        return self.inner.encode_queries(texts)


def hashed(texts: Sequence[str], dimension: int) -> Vectors:
    """A random unit vector for each text, always the same for the same text."""
    draws = (np.random.default_rng(list(text_hash(text))).standard_normal(dimension) for text in texts)
    found = np.array(list(draws), dtype=np.float32).reshape(len(texts), dimension)
    made: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
    return made
