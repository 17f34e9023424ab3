"""Tokens in, logits out: one llama.cpp context and its memory of the prompt.

llama.cpp's numbers differ in the last digits with the size of the batch that they were computed in, and a quantised
model magnifies that. So a prompt is always cut into the same chunks, and memory is taken over in whole chunks only:
the same prompt gives the same logits to the bit, whatever was asked before.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import ModelError
from rag.native import complaint, library, model_params
from rag.vocabulary import Logits, Vocabulary, log_softmax

CHUNK = 256
_TRUNK = 0

Node = tuple[int, int, list[int]]


class Decoder:
    """A model with its adapter and a context of `context` tokens. Not safe for threads; `close` frees it.

    `branches` is the number of sequences that its memory holds side by side. `template` is the model's own chat
    template, "" where it has none. Raises ModelError when the files are no model that can be used here.
    """

    def __init__(self, weights: Path, adapter: Path | None, context: int, threads: int, branches: int = 64) -> None:
        self._lib = library()
        self._prompt: list[list[int]] = []
        self._prompt_logits: Logits = np.empty(0, np.float32)
        self._length = 0
        with ExitStack() as opened:
            self._model = self._load(weights, opened)
            self._branches = 1 if self._rolling() else branches
            self._ctx = self._start(context, threads, opened)
            if adapter is not None:
                self._adapt(adapter, opened)
            self._batch = self._lib.llama_batch_init(CHUNK, 0, self._branches)
            opened.callback(self._lib.llama_batch_free, self._batch)
            self._opened = opened.pop_all()
        self._memory = self._lib.llama_get_memory(self._ctx)
        self.vocabulary = Vocabulary(self._model)
        self.context = int(self._lib.llama_n_ctx(self._ctx))
        self.template = (self._lib.llama_model_chat_template(self._model, None) or b"").decode("utf-8", "replace")

    def _load(self, weights: Path, opened: ExitStack) -> Any:
        complaint()
        model = self._lib.llama_model_load_from_file(bytes(weights), model_params())
        if model is None:
            reason = complaint() or "it is damaged"
            raise ModelError(f"{weights} cannot be loaded: {reason}.", "Fetch or convert it again.")
        opened.callback(self._lib.llama_model_free, model)
        if self._lib.llama_model_has_encoder(model) or self._lib.llama_model_is_diffusion(model):
            raise ModelError(f"{weights} does not write from left to right.", "Choose a chat model.")
        return model

    def _rolling(self) -> bool:
        """Whether the model keeps a rolling state, which cannot be wound back or shared by branches."""
        return bool(self._lib.llama_model_is_recurrent(self._model) or self._lib.llama_model_is_hybrid(self._model))

    def _start(self, context: int, threads: int, opened: ExitStack) -> Any:
        params = self._lib.llama_context_default_params()
        params.n_ctx = min(context, self._lib.llama_model_n_ctx_train(self._model) or context)
        params.n_batch = params.n_ubatch = CHUNK
        params.n_seq_max = self._branches
        params.kv_unified = True
        params.n_threads = params.n_threads_batch = threads
        ctx = self._lib.llama_init_from_model(self._model, params)
        if ctx is not None:
            opened.callback(self._lib.llama_free, ctx)
        if ctx is None or self._lib.llama_get_memory(ctx) is None:
            reason = complaint() or "it keeps no memory of a text"
            raise ModelError(f"The model cannot be run: {reason}.", "Choose a chat model that fits this machine.")
        return ctx

    def _adapt(self, adapter: Path, opened: ExitStack) -> None:
        lora = self._lib.llama_adapter_lora_init(self._model, bytes(adapter))
        if not lora:
            reason = complaint() or "it is damaged"
            raise ModelError(f"The adapter {adapter.name} cannot be used: {reason}.", "Reinstall corroborate.")
        opened.callback(self._lib.llama_adapter_lora_free, lora)
        adapters = (self._lib.llama_adapter_lora_p_ctypes * 1)(lora)
        if self._lib.llama_set_adapters_lora(self._ctx, adapters, 1, (ctypes.c_float * 1)(1.0)) != 0:
            raise ModelError(f"The adapter {adapter.name} cannot be used: {complaint()}.", "Reinstall corroborate.")

    def close(self) -> None:
        """Frees the memory; a second call does nothing."""
        self._opened.close()

    def prefill(self, tokens: Sequence[int]) -> Logits:
        """The logits after the prompt `tokens`, shape (vocabulary.size,). The prompt stays in memory for what follows.

        Raises ModelError when the context has no room for it and one token more.
        """
        if not 0 < len(tokens) < self.context:
            raise ModelError(
                f"The prompt has {len(tokens)} tokens and the model has room for 1 to {self.context - 1}.",
                "Ask something shorter, or use a model with a longer context.",
            )
        chunks = [list(tokens[start : start + CHUNK]) for start in range(0, len(tokens), CHUNK)]
        same = chunks == self._prompt
        kept = self._keep(len(chunks) if same else min(_common(chunks, self._prompt), len(chunks) - 1))
        for chunk in chunks[kept:]:
            nodes = [(token, self._length + i, [_TRUNK]) for i, token in enumerate(chunk)]
            (self._prompt_logits,) = self._decode(nodes)
            self._prompt.append(chunk)
            self._length += len(chunk)
        return self._prompt_logits

    def step(self, token: int) -> Logits:
        """The logits after one more token, shape (vocabulary.size,)."""
        (logits,) = self._decode([(token, self._length, [_TRUNK])])
        self._length += 1
        return logits

    def branch(self, paths: Sequence[Sequence[int]]) -> list[float]:
        """The log-probability of each path of tokens after the prompt, with the likeliest token that ends a turn.

        All paths are decoded in one batch as a tree, so that a beginning which they share is computed once: the tree
        attention of SpecInfer (Miao et al., 2024). A batch that would be too big is halved. Call it right after
        `prefill`. Raises ModelError when a path has more tokens than a batch.
        """
        if self._branches == 1:
            return [self._walk(path) for path in paths]
        tree = _Tree(paths, self._length)
        if len(tree.nodes) > min(CHUNK, self.context - self._length) or len(paths) >= self._branches:
            if len(paths) == 1:
                raise ModelError(f"A reply of {len(paths[0])} tokens is too long to be scored.")
            half = len(paths) // 2
            return self.branch(paths[:half]) + self.branch(paths[half:])
        states = [log_softmax(self._prompt_logits), *self._grow(tree, len(paths))]
        return [
            sum(float(states[state][token]) for state, token in zip(route, path, strict=False))
            + self._end(states[route[-1]])
            for route, path in zip(tree.routes, paths, strict=True)
        ]

    def _grow(self, tree: _Tree, count: int) -> Iterator[Logits]:
        if not tree.nodes:
            return
        for branch in range(1, count + 1):
            self._lib.llama_memory_seq_cp(self._memory, _TRUNK, branch, 0, -1)
        try:
            yield from map(log_softmax, self._decode(tree.nodes, everywhere=True))
        finally:
            for branch in range(1, count + 1):
                self._lib.llama_memory_seq_rm(self._memory, branch, -1, -1)

    def _walk(self, path: Sequence[int]) -> float:
        logits = self.prefill([token for chunk in self._prompt for token in chunk])
        total = 0.0
        for token in path:
            total += float(log_softmax(logits)[token])
            logits = self.step(token)
        return total + self._end(log_softmax(logits))

    def _end(self, logprobs: Logits) -> float:
        ends = self.vocabulary.ends
        return float(logprobs[ends].max()) if ends else 0.0

    def _keep(self, chunks: int) -> int:
        """Winds the memory back to the first `chunks` chunks of the prompt, or to nothing where it cannot; which."""
        length = sum(map(len, self._prompt[:chunks]))
        if not self._lib.llama_memory_seq_rm(self._memory, -1, length, -1):
            self._lib.llama_memory_clear(self._memory, True)
            chunks = length = 0
        self._prompt = self._prompt[:chunks]
        self._length = length
        return chunks

    def _decode(self, nodes: Sequence[Node], everywhere: bool = False) -> list[Logits]:
        """The logits after the last node, or after each; of shape (vocabulary.size,)."""
        batch = self._batch
        batch.n_tokens = len(nodes)
        for i, (token, position, sequences) in enumerate(nodes):
            batch.token[i], batch.pos[i], batch.n_seq_id[i] = token, position, len(sequences)
            for k, sequence in enumerate(sequences):
                batch.seq_id[i][k] = sequence
            batch.logits[i] = everywhere or i == len(nodes) - 1
        if self._lib.llama_decode(self._ctx, batch) != 0:
            raise ModelError(f"The model stopped: {complaint() or 'its context is full'}.", "Ask something shorter.")
        shape = (len(nodes) if everywhere else 1, self.vocabulary.size)
        logits = np.ctypeslib.as_array(self._lib.llama_get_logits(self._ctx), shape).copy()
        if not np.isfinite(logits[-1].max()):
            raise ModelError("The model computes no numbers.", "Its file is damaged: fetch it again.")
        return list(logits)


class _Tree:
    """Paths that share beginnings: `nodes` (token, position, the sequences that pass), parents before children.

    `routes` holds for each path the states it passes, as indices: 0 is after the prompt, i + 1 after node i.
    """

    def __init__(self, paths: Sequence[Sequence[int]], position: int) -> None:
        self.nodes: list[Node] = []
        self.routes: list[list[int]] = []
        states: dict[tuple[int, int], int] = {}
        for sequence, path in enumerate(paths, start=_TRUNK + 1):
            route = [0]
            for depth, token in enumerate(path):
                if (route[-1], token) not in states:
                    self.nodes.append((token, position + depth, []))
                    states[route[-1], token] = len(self.nodes)
                route.append(states[route[-1], token])
                self.nodes[route[-1] - 1][2].append(sequence)
            self.routes.append(route)


def _common(chunks: Sequence[list[int]], others: Sequence[list[int]]) -> int:
    """How many chunks stand at the beginning of both."""
    count = 0
    while count < min(len(chunks), len(others)) and chunks[count] == others[count]:
        count += 1
    return count
