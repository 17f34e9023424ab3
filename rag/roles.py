"""Who reads and who writes: from the settings to the models.

What reads is held to the words of the sources and runs in this process. What writes, where anything does, puts the
answer into sentences and may be a server. One file that has both roles is opened once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.errors import ModelError
from rag.llamacpp import LlamaCpp
from rag.llm import Reader, Writer
from rag.models import DEFAULT, ModelFiles, OnProgress, is_server, resolve
from rag.remote import RemoteWriter
from rag.settings import Settings

SAME = "same"


@dataclass(frozen=True, slots=True)
class Models:
    """The open models. Without a `writer`, answers are quotations."""

    reader: Reader
    writer: Writer | None

    @property
    def name(self) -> str:
        return credited(self.reader, self.writer)


def credited(reader: Reader, writer: Writer | None) -> str:
    """The names of the models that take part, each once: what reads, and what writes."""
    return ", written by ".join(dict.fromkeys([reader.name, *([writer.name] if writer else [])]))


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
    files = resolve(reads, settings.cache_dir, progress)
    reader = LlamaCpp(files)
    if server is not None or not writes:
        return Models(reader, server)
    if writes != reads:
        files = resolve(writes, settings.cache_dir, progress)
    elif files.adapter is None:
        return Models(reader, reader)
    return Models(reader, LlamaCpp(_unadapted(files)))


def _unadapted(files: ModelFiles) -> ModelFiles:
    """The packaged model as it came: its adapter taught it to copy, and it writes nothing else any more."""
    return replace(files, name=files.weights.stem, adapter=None) if files.adapter else files
