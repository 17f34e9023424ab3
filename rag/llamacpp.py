"""A model that runs in this process by llama.cpp: reads under a grammar, scores replies, writes prose."""

from __future__ import annotations

import codecs
import os
import threading
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.chat import CHATML, render
from rag.decoder import Decoder
from rag.errors import ModelError
from rag.llm import Message, Prompt, Reply
from rag.models import ModelFiles
from rag.vocabulary import log_softmax


class LlamaCpp:
    """A `Reader` and a `Writer`. Threads may share it: each call, and each stream to its end, has the model alone.

    `context` is the number of tokens that prompt and reply have together (less where the model was trained on less),
    `threads` the number of processor cores used, by default `cores()`.
    Raises ModelError when the files are no model that can be used.
    """

    def __init__(self, files: ModelFiles, context: int = 4096, threads: int | None = None) -> None:
        self._name = files.name
        self._decoder = Decoder(files.weights, files.adapter, context, threads or cores())
        self._alone = threading.Lock()
        self._free = weakref.finalize(self, self._decoder.close)

    @property
    def name(self) -> str:
        """The model's name, as `ModelFiles` has it."""
        return self._name

    @property
    def context(self) -> int:
        """Tokens that prompt and reply may have together."""
        return self._decoder.context

    def close(self) -> None:
        """Frees the memory, once a call under way is done; a second call does nothing."""
        with self._alone:
            self._free()

    def count_tokens(self, text: str) -> int:
        """The tokens of `text`, none of them taken for a control token."""
        with self._alone:
            return len(self._open().vocabulary.tokenize(text))

    def read(self, prompt: Prompt, grammar: str, first: Sequence[str] = (), max_tokens: int = 64) -> Reply:
        """The likeliest reply (temperature 0) under the GBNF `grammar`.

        Its log-probability is the unconstrained model's. A reply that reaches `max_tokens` or the end of the
        context is cut there. Raises ModelError.
        """
        with self._alone:
            words = self._open().vocabulary
            tokens = self._decoder.vocabulary.encode(prompt)
            opening = log_softmax(self._decoder.prefill(tokens))
            firsts = {text: float(opening[words.tokenize(text)[0]]) for text in first}
            steps = list(self._generate(tokens, grammar, max_tokens))
            text = b"".join(words.piece(token) for token, _ in steps).decode("utf-8", "replace")
            return Reply(text, sum(logprob for _, logprob in steps), firsts)

    def score(self, prompt: Prompt, replies: Sequence[str]) -> list[float]:
        """For each reply, the log-probability of exactly that text, followed by the likeliest token that ends a turn.

        Raises ModelError, also when a reply has more tokens than `decoder.CHUNK`.
        """
        with self._alone:
            decoder = self._open()
            decoder.prefill(self._decoder.vocabulary.encode(prompt))
            return decoder.branch([decoder.vocabulary.tokenize(reply) for reply in replies])

    def write(self, messages: Sequence[Message], grammar: str | None = None, max_tokens: int = 256) -> Iterator[str]:
        """The reply in pieces (temperature 0), by the model's own chat template. Raises ModelError.

        The model is this stream's alone until the stream has ended or is closed.
        """
        with self._alone:
            words = self._open().vocabulary
            tokens = self._decoder.vocabulary.encode(
                render(self._decoder.template or CHATML, messages, words.bos, words.eos)
            )
            characters = codecs.getincrementaldecoder("utf-8")("replace")
            for token, _ in self._generate(tokens, grammar, max_tokens):
                if piece := characters.decode(words.piece(token)):
                    yield piece
            if rest := characters.decode(b"", final=True):
                yield rest

    def _open(self) -> Decoder:
        if not self._free.alive:
            raise ModelError("The model was closed.", "Open it again.")
        return self._decoder

    def _generate(self, prompt: Sequence[int], grammar: str | None, max_tokens: int) -> Iterator[tuple[int, float]]:
        """Tokens of the likeliest reply with their log-probabilities, up to the end of the turn, which is the last."""
        decoder = self._decoder
        room = min(max_tokens, decoder.context - len(prompt))
        with decoder.vocabulary.constrained(grammar) as choose:
            logits = decoder.prefill(prompt)
            for left in range(room - 1, -1, -1):
                token = choose(logits)
                yield token, float(log_softmax(logits)[token])
                if token in decoder.vocabulary.ends or left == 0:
                    return
                logits = decoder.step(token)


def cores() -> int:
    """Processor cores that this process may use, counted once where a core runs two threads; `RAG_THREADS` overrides.

    A second thread on a core slows the arithmetic of a model down. Raises ModelError when `RAG_THREADS` is no number.
    """
    wanted = os.environ.get("RAG_THREADS", "")
    if wanted:
        if not wanted.isdecimal() or int(wanted) == 0:
            raise ModelError(f"RAG_THREADS is {wanted!r}, which is no number of threads.", "Set it to 1 or more.")
        return int(wanted)
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    return len({_siblings(cpu) for cpu in os.sched_getaffinity(0)})


def _siblings(cpu: int) -> str:
    """The logical processors that share a core with `cpu`, as Linux lists them."""
    try:
        return Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text(encoding="ascii")
    except OSError:
        return str(cpu)
