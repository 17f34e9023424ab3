"""A second reader, which points: the embedder's network, taught where in a source the answer begins and ends.

An encoder sees question and sentences at once, to both sides of every word, as the language model cannot. It gives
each token two numbers, for an answer that begins there and for one that ends there; the first token of all stands for
no answer (Devlin et al. 2019, "BERT", sections 4.2 and 4.3). The weights are all-MiniLM-L6-v2's with an adapter of our
own on them; how it was trained, and on what, is in rag/adapter/README.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from index import has_packaged_embedder, packaged_embedder
from rag.errors import ModelError

if TYPE_CHECKING:
    import torch

WEIGHTS = Path(__file__).with_name("adapter") / "extractor-minilm-lora-r64-f16.safetensors"
MOST_TOKENS = 512
QUESTION_TOKENS = 64
_LONGEST = 30
_UNSEEN = -20.0

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pointed:
    """A sentence's tokens: where each stands in it, and the log-odds that the answer begins and ends there.

    `offsets` has shape (tokens, 2), in characters; `begins` and `ends` (tokens,). Both are against no answer at all, so
    that the sum of a begin and an end compares spans of different sentences, and of different sources.
    """

    offsets: npt.NDArray[np.int64]
    begins: Floats
    ends: Floats

    def odds(self, start: int, end: int) -> float:
        """The log-odds of the characters `start` to `end` against no answer; -20 where no token of them was read."""
        inside = np.flatnonzero((self.offsets[:, 0] < end) & (self.offsets[:, 1] > start))
        return float(self.begins[inside[0]] + self.ends[inside[-1]]) if len(inside) else _UNSEEN

    def best(self) -> tuple[int, int]:
        """Where the likeliest answer starts and ends; (0, 0) where no token was read."""
        if not len(self.offsets):
            return 0, 0
        spans = np.add.outer(self.begins, self.ends)
        allowed = np.triu(np.ones_like(spans)) - np.triu(np.ones_like(spans), _LONGEST)
        first, last = np.unravel_index(np.where(allowed > 0, spans, -np.inf).argmax(), spans.shape)
        return int(self.offsets[first, 0]), int(self.offsets[last, 1])

    def without(self, lead: int) -> Pointed:
        """The same behind the first `lead` characters, counted from there."""
        own = self.offsets[:, 0] >= lead
        return Pointed(self.offsets[own] - lead, self.begins[own], self.ends[own])


NOWHERE = Pointed(np.zeros((0, 2), np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32))
"""What is pointed at in a sentence that was not read."""


class Extractor(Protocol):
    """What points at answers."""

    @property
    def name(self) -> str:
        """What `rag doctor` calls it."""
        ...

    def point(self, question: str, sentences: Sequence[str]) -> list[Pointed]:
        """One `Pointed` for each sentence, all read with the question. Raises ModelError."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """Token numbers to be read at once, of which those from `context` on are the sentences.

    `places[i]` is where sentence `first + i` begins.
    """

    tokens: list[int]
    context: int
    first: int
    places: list[int]


def tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of the model in `folder`, which cuts nothing off."""
    words = Tokenizer.from_file(str(folder / "tokenizer.json"))
    words.no_truncation()
    words.no_padding()
    return words


def frame(words: Tokenizer) -> tuple[int, int]:
    """The tokens that begin a text and that end a part of it."""
    opening, closing = words.encode("").ids
    return opening, closing


def windows(question: Sequence[int], sentences: Sequence[Sequence[int]], ends: tuple[int, int]) -> Iterator[Window]:
    """The sentences behind the question, as many in a window as fit; of one that does not fit, its beginning."""
    opening, closing = ends
    head = [opening, *question[:QUESTION_TOKENS], closing]
    room = MOST_TOKENS - len(head) - 1
    tokens, first = list(head), 0
    places: list[int] = []
    for number, sentence in enumerate(sentences):
        if places and len(tokens) - len(head) + len(sentence) > room:
            yield Window([*tokens, closing], len(head), first, places)
            tokens, places, first = list(head), [], number
        places.append(len(tokens))
        tokens += sentence[:room]
    if places:
        yield Window([*tokens, closing], len(head), first, places)


class Absent:
    """Where the network is not installed: it points nowhere."""

    name = "none"

    def point(self, question: str, sentences: Sequence[str]) -> list[Pointed]:
        """`NOWHERE` for each sentence."""
        return [NOWHERE] * len(sentences)


class PackagedExtractor:
    """The extractor that comes with Corroborate. Nothing is loaded before the first question."""

    def __init__(self, cache_dir: Path, weights: Path = WEIGHTS) -> None:
        self._cache_dir = cache_dir
        self._weights = weights

    @property
    def name(self) -> str:
        return self._weights.stem

    def point(self, question: str, sentences: Sequence[str]) -> list[Pointed]:
        """One `Pointed` for each sentence. Raises ModelError, EmbedderError."""
        asked = self._tokenizer.encode(question, add_special_tokens=False).ids
        encoded = self._tokenizer.encode_batch(list(sentences), add_special_tokens=False)
        offsets = [np.array(item.offsets, dtype=np.int64).reshape(-1, 2) for item in encoded]
        pointed = []
        for window in windows(asked, [item.ids for item in encoded], frame(self._tokenizer)):
            scores = self._scores(window)
            scores = scores - scores[0]
            for place, spots in zip(window.places, offsets[window.first :], strict=False):
                own = scores[place : min(place + len(spots), len(window.tokens) - 1)]
                pointed.append(Pointed(spots[: len(own)], own[:, 0], own[:, 1]))
        return pointed

    def _scores(self, window: Window) -> Floats:
        """Begin and end of each token of the window, shape (tokens, 2)."""
        import torch

        network, head = self._network
        tokens = torch.tensor([window.tokens])
        types = (torch.arange(tokens.shape[1]) >= window.context).long()[None]
        with torch.inference_mode():
            hidden = network(input_ids=tokens, token_type_ids=types).last_hidden_state[0]
            scores: Floats = head(hidden).numpy()
        return scores

    @cached_property
    def _folder(self) -> Path:
        return packaged_embedder(self._cache_dir)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return tokenizer(self._folder)

    @cached_property
    def _network(self) -> tuple[Any, Any]:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
        from transformers import AutoModel
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            changes = load_file(self._weights)
        except (OSError, SafetensorError) as error:
            raise ModelError(f"{self._weights} cannot be read.", "Install Corroborate again.") from error
        network = AutoModel.from_pretrained(str(self._folder), local_files_only=True, use_safetensors=True)
        try:
            return adapt(network, changes)
        except (KeyError, RuntimeError) as error:
            raise ModelError(f"{self._weights} does not fit the embedder.", "Install Corroborate again.") from error


def installed(cache_dir: Path) -> PackagedExtractor | Absent:
    """The extractor, if the package with the embedder whose network it uses is there."""
    return PackagedExtractor(cache_dir) if has_packaged_embedder() else Absent()


def adapt(network: Any, changes: Mapping[str, torch.Tensor]) -> tuple[Any, Any]:
    """`network` changed, and the layer that gives its states, shape (tokens, width), the two numbers a token.

    `MODULE.lora_A` (rank, in) and `MODULE.lora_B` (out, rank) are multiplied onto the weights (Hu et al. 2021, "LoRA");
    what begins with `head.` belongs to the layer; anything else replaces what is there. Where names or shapes are
    others it raises KeyError or RuntimeError.
    """
    import torch

    head = torch.nn.Linear(changes["head.weight"].shape[1], 2)
    own = dict(network.named_parameters())
    own |= {f"head.{name}": weight for name, weight in head.named_parameters()}
    with torch.no_grad():
        for name, change in changes.items():
            module, _, part = name.rpartition(".")
            if part == "lora_B":
                own[f"{module}.weight"] += change.float() @ changes[f"{module}.lora_A"].float()
            elif part != "lora_A":
                own[name].copy_(change)
    return network.eval(), head
