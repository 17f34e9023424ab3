"""The embedder in bfloat16, as on processors that have it: the same vectors to three digits of the cosine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from index_embedders import minilm

from index.sentences import split_sentences

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


def test_vectors_in_bfloat16_are_those_of_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [one.text for path in SEEDS for one in split_sentences(path.read_text(encoding="utf-8"))[:12]]
    monkeypatch.setattr("index.embed.cpu_has_bf16", lambda: False)
    exact = minilm().encode_documents(texts)
    monkeypatch.setattr("index.embed.cpu_has_bf16", lambda: True)
    reduced = minilm().encode_documents(texts)
    assert not np.array_equal(exact, reduced), "it was computed in float32"
    assert (exact * reduced).sum(axis=1).min() > 0.999
    assert np.allclose(np.linalg.norm(reduced, axis=1), 1)
