"""Text to tokens and back, and grammars over tokens: what llama.cpp does with a model's vocabulary alone."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.errors import ModelError
from rag.llm import Prompt
from rag.native import complaint, library

Logits = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int32]
_FIRST_TRIES = (1, 64)
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class Vocabulary:
    """The tokens of one llama.cpp model, `size` of them; `ends` are those that end a turn.

    `bos` and `eos` are the spellings of the tokens that begin and end a text ("" where there is none).
    """

    def __init__(self, model: Any) -> None:
        self._lib = library()
        self._vocab = self._lib.llama_model_get_vocab(model)
        self.size = int(self._lib.llama_vocab_n_tokens(self._vocab))
        self.ends = [token for token in range(self.size) if self._lib.llama_vocab_is_eog(self._vocab, token)]
        self._first = int(self._lib.llama_vocab_bos(self._vocab))
        self.bos = self._spelling(self._first)
        self.eos = self._spelling(int(self._lib.llama_vocab_eos(self._vocab)))

    def _spelling(self, token: int) -> str:
        text = self._lib.llama_vocab_get_text(self._vocab, token) if token >= 0 else b""
        return str(text.decode("utf-8", "replace"))

    def tokenize(self, text: str, control: bool = False) -> list[int]:
        """The tokens of `text`; what looks like a control token is one only where `control` says so."""
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 8
        tokens = (ctypes.c_int32 * room)()
        count = self._lib.llama_tokenize(self._vocab, raw, len(raw), tokens, room, False, control)
        return list(tokens[:count])

    def encode(self, prompt: Prompt) -> list[int]:
        """The tokens of a prompt. Neighbours of one kind are tokenised together: a word may span two pieces."""
        tokens: list[int] = []
        for control, pieces in itertools.groupby(prompt, key=lambda piece: piece.control):
            tokens += self.tokenize("".join(piece.text for piece in pieces), control)
        return self.opened(tokens)

    def opened(self, tokens: list[int]) -> list[int]:
        """`tokens` after the token that begins a text, where the model wants that one and it is not there."""
        wanted = self._lib.llama_vocab_get_add_bos(self._vocab) and tokens[:1] != [self._first]
        return [self._first, *tokens] if wanted else tokens

    def piece(self, token: int) -> bytes:
        """The bytes that `token` stands for, which may be part of a character; none for a control token."""
        buffer = ctypes.create_string_buffer(256)
        count = self._lib.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        return buffer.raw[: max(count, 0)]

    @contextmanager
    def constrained(self, grammar: str | None) -> Iterator[Callable[[Logits], int]]:
        """A choice of the likeliest token that the GBNF `grammar` allows next; without one, of the likeliest.

        Raises ModelError when the grammar cannot be read, or (from the choice) when no token fits it.
        """
        if grammar is None:
            yield lambda logits: int(logits.argmax())
            return
        complaint()
        raw = grammar.strip().encode("utf-8", "replace")
        # llama.cpp takes an empty grammar for one that allows everything.
        sampler = self._lib.llama_sampler_init_grammar(self._vocab, raw, b"root") if raw else None
        if not sampler:
            raise ModelError(f"The grammar cannot be read: {complaint() or repr(grammar[:80])}.")
        try:
            yield partial(self._choose, sampler)
        finally:
            self._lib.llama_sampler_free(sampler)

    def _choose(self, sampler: Any, logits: Logits) -> int:
        """Asks the grammar about the likeliest tokens first: to ask about the whole vocabulary costs 10 ms."""
        for width in (*_FIRST_TRIES, self.size):
            tokens = np.sort(_top(logits, width))
            allowed = tokens[self._allowed(sampler, tokens)]
            if allowed.size:
                token = int(allowed[logits[allowed].argmax()])
                if token not in self.ends:
                    self._lib.llama_sampler_accept(sampler, token)
                return token
        raise ModelError("The model has no token that fits the grammar.")

    def _allowed(self, sampler: Any, tokens: Tokens) -> npt.NDArray[np.bool_]:
        candidates = np.zeros(len(tokens), _CANDIDATE)
        candidates["id"] = tokens
        data = candidates.ctypes.data_as(self._lib.llama_token_data_p)
        array = self._lib.llama_token_data_array(data=data, size=len(tokens), selected=-1, sorted=False)
        self._lib.llama_sampler_apply(sampler, ctypes.byref(array))
        return np.asarray(np.isfinite(candidates["logit"]))


def log_softmax(logits: Logits) -> Logits:
    """Natural log-probabilities of one row of logits, of the same shape."""
    shifted = logits - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum(dtype=np.float64)), np.float32)


def _top(logits: Logits, width: int) -> Tokens:
    """The `width` likeliest tokens, in no order."""
    if width >= len(logits):
        return np.arange(len(logits), dtype=np.int32)
    return np.argpartition(logits, -width)[-width:].astype(np.int32)
