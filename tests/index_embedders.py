"""Embedders for the tests of the index: the real one, loaded once, and one that stands behind the same protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from index import Embedder, IndexSettings, Vectors, load_embedder


@lru_cache(maxsize=1)
def minilm() -> Embedder:
    """The packaged all-MiniLM-L6-v2."""
    return load_embedder(IndexSettings())


class HashEmbedder:
    """Unit vectors seeded by the hash of the text, a token a word: for tests that are about storage, not meaning."""

    name = "hash@1"
    dimension = 8

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            vector = np.random.default_rng(seed).standard_normal(self.dimension)
            found[row] = vector / np.linalg.norm(vector)
        return found

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_documents(texts)
