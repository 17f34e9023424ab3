"""Embedding through the index against sentence-transformers by itself: the same texts, the same numbers, in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from statistics import median

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from eval.speed.figures import Figure, Part, spread, without_goals
from eval.speed.texts import article, recombined
from index import Embedder, Vectors, split_sentences
from index.bulk import BATCH, LocalEngine, batches
from index.chunk import split_passages
from index.embed import cpu_has_bf16
from index.settings import IndexSettings

Encode = Callable[[list[str]], Vectors]


def run(embedder: Embedder, folder: Path, count: int, rounds: int, goals: bool = True) -> Part:
    """`count` passages as the index splits them, by the model in `folder`, which is that of `embedder`."""
    texts = passages(embedder, count)
    reduced = cpu_has_bf16()
    embedder.encode_documents(texts[:1])  # loads it, and quiets what reports loading
    plain = SentenceTransformer(str(folder), local_files_only=True, device="cpu")
    ours, theirs = through_index(embedder), by_itself(plain, reduced)
    ways = (ours, theirs, in_batches(theirs))
    for encode in ways:
        encode(texts[: min(64, count)])  # the first call is slower
    taken = [[_seconds(encode, texts) for encode in ways] for _ in range(rounds)]
    index, alone, batched = ([row[way] for row in taken] for way in range(len(ways)))
    ratios = [theirs / ours for ours, theirs in zip(index, alone, strict=True)]
    split = [theirs / parts for theirs, parts in zip(alone, batched, strict=True)]
    least = float(np.sum(ours(texts) * by_itself(plain, False)(texts), axis=1).min())
    goal, note = (">= 0.999", "bfloat16") if reduced else ("", "float32 in both: this processor has no bfloat16")
    figures = (
        Figure("through the index, against by itself", median(ratios), "", ">= 0.95", spread(ratios)),
        Figure("through the index", count / median(index), "texts/s"),
        Figure("by itself", count / median(alone), "texts/s"),
        Figure("by itself in the index's batches, against all at once", median(split), "", "", spread(split)),
        Figure("least cosine to float32 by itself", least, "", goal, note),
    )
    notes = (
        f"{count:,} passages, all ways in turns, {rounds} rounds, {torch.get_num_threads()} threads, "
        f"{'bfloat16 by autocast' if reduced else 'float32'} in all. At once, all texts are batched by their length; "
        f"the index embeds {BATCH} at a time, and keeps them.",
        f"bfloat16: the index finds instructions for it: {_yes(reduced)}; "
        f"oneDNN does: {_yes(torch.ops.mkldnn._is_mkldnn_bf16_supported())}.",
    )
    return Part("embedding", figures if goals else without_goals(figures), notes)


def passages(embedder: Embedder, count: int) -> list[str]:
    """Passages of recombined articles, as the index splits them."""
    settings, found = IndexSettings(), list[str]()
    seed = 1000
    while len(found) < count:
        document = article("article.txt", recombined(20, seed))
        lengths = (settings.passage_tokens, settings.passage_limit)
        made = split_passages(document, split_sentences(document.text), embedder.count_tokens, *lengths)
        found += [passage.text for passage in made]
        seed += 1
    return found[:count]


def through_index(embedder: Embedder) -> Encode:
    """As a sync embeds."""
    engine = LocalEngine(embedder)
    return lambda texts: _in_order(texts, engine.encode(texts))


def in_batches(encode: Encode) -> Encode:
    """The same in the index's batches, one after the other."""
    return lambda texts: _in_order(texts, ((batch, encode(batch)) for batch in batches(texts)))


def _in_order(texts: list[str], made: Iterable[tuple[list[str], Vectors]]) -> Vectors:
    """The vectors of `texts`, which were embedded in batches of any order."""
    known = {text: vector for batch, vectors in made for text, vector in zip(batch, vectors, strict=True)}
    return np.stack([known[text] for text in texts])


def by_itself(model: SentenceTransformer, reduced: bool) -> Encode:
    """One call of `encode` for all texts, in bfloat16 where `reduced`."""

    def encode(texts: list[str]) -> Vectors:
        with _autocast(reduced):
            found = model.encode(texts, show_progress_bar=False, convert_to_tensor=True, normalize_embeddings=True)
        vectors: Vectors = found.float().numpy()
        return vectors

    return encode


def _autocast(reduced: bool) -> AbstractContextManager[object]:
    return torch.autocast("cpu", dtype=torch.bfloat16) if reduced else nullcontext()


def _seconds(encode: Encode, texts: list[str]) -> float:
    began = time.perf_counter()
    encode(texts)
    return time.perf_counter() - began


def _yes(value: object) -> str:
    return "yes" if value else "no"
