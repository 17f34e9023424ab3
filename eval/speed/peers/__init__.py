"""Other libraries behind one face, to be measured on the same files with the same model, each in its own process."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Protocol

TOKENS, OVERLAP = 160, 20  # of a passage, where the library splits by tokens; the index's own target
K = 10


class Peer(Protocol):
    """A library with its model loaded, over a folder of text files; what it keeps is written to another folder."""

    def index(self) -> int:
        """Reads, splits, embeds and writes everything; how many passages there are."""
        ...

    def again(self, changed: Path) -> None:
        """Brings what is written up to date. `changed` is for libraries that do not find out by themselves."""
        ...

    def search(self, question: str) -> int:
        """Looks for ten passages, the embedding of the question included; how many were found."""
        ...


MODULES = {
    "corroborate": ("index",),
    "txtai": ("txtai",),
    "LlamaIndex": ("llama_index", "llama_index.core", "llama_index.embeddings.huggingface"),
    "LangChain + FAISS": ("langchain_community", "langchain_huggingface", "langchain_text_splitters"),
}


def installed(name: str) -> bool:
    """Whether the library is here, without loading it."""
    try:
        return all(importlib.util.find_spec(module) is not None for module in MODULES[name])
    except ModuleNotFoundError:
        return False


def opened(name: str, source: Path, place: Path, model: Path) -> Peer:
    """The library `name` over the files in `source`, to write to `place`, with the embedder in the folder `model`."""
    if name == "txtai":
        from eval.speed.peers.by_txtai import Txtai

        return Txtai(source, place, model)
    if name == "LlamaIndex":
        from eval.speed.peers.by_llamaindex import LlamaIndex

        return LlamaIndex(source, place, model)
    if name == "LangChain + FAISS":
        from eval.speed.peers.by_langchain import LangChain

        return LangChain(source, place, model)
    from eval.speed.peers.by_index import Ours

    return Ours(source, place)


def texts(source: Path) -> list[Path]:
    """The files, in order."""
    return sorted(path for path in source.rglob("*") if path.is_file())
