"""Who reads and who writes: from the settings to the models.

What reads is held to the words of the sources and runs in this process. What writes, where anything does, puts the
answer into sentences and may be a server. One model that has both roles is opened once.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.errors import ModelError
from rag.llamacpp import LlamaCpp
from rag.llm import Reader, Writer
from rag.models import DEFAULT, OnProgress, is_server, resolve
from rag.remote import RemoteWriter
from rag.settings import Settings

SAME = "same"


@dataclass(frozen=True, slots=True)
class Models:
    """The open models. Without a `writer`, answers are quotations."""

    reader: Reader
    writer: Writer | None


def reading(settings: Settings) -> str:
    """The name of the model that reads: a server cannot, so the packaged one does it for one."""
    return DEFAULT if is_server(settings.model) else settings.model


def writing(settings: Settings) -> str:
    """The name of the model that writes, or "". Raises ModelError where two settings name one each."""
    if not is_server(settings.model):
        return settings.model if settings.writer == SAME else settings.writer
    if settings.writer not in ("", SAME, settings.model):
        raise ModelError(
            f"Both {settings.model} (model) and {settings.writer} (writer) are to write.",
            "A server can only write: name it as the writer, and as the model what is to read.",
        )
    return settings.model


def open_models(settings: Settings, progress: OnProgress | None = None) -> Models:
    """Opens what the settings name, and asks a server whether it is there. Raises ModelError."""
    reads, writes = reading(settings), writing(settings)
    server = RemoteWriter.at(writes) if is_server(writes) else None
    reader = LlamaCpp(resolve(reads, settings.cache_dir, progress))
    if server is not None or not writes:
        return Models(reader, server)
    return Models(reader, reader if writes == reads else LlamaCpp(resolve(writes, settings.cache_dir, progress)))
