"""What an assistant does, in words for the reader, and the documents that its answer speaks of."""

from __future__ import annotations

from typing import Protocol

from index.types import Document
from rag.types import Answer, Event

STAGES = {
    "understand": "Understanding the question",
    "retrieve": "Searching the sources",
    "select": "Choosing the evidence",
    "read": "Reading each source",
    "reconcile": "Comparing what they say",
    "compose": "Writing the answer",
    "verify": "Checking every figure and name",
}


class Opens(Protocol):
    """What opens a document by its id. Raises CorroborateError for one that is not there."""

    def document(self, document_id: str) -> Document: ...


def described(event: Event) -> str:
    """A stage in words: "Reading each source: report.pdf (1 of 5)"."""
    return ": ".join(filter(None, (STAGES.get(event.text, event.text), event.detail)))


def involved(library: Opens, answer: Answer) -> dict[str, Document]:
    """The documents that an answer cites or counts, by id."""
    ids = {citation.document_id for citation in answer.citations}
    ids |= {document_id for position in answer.positions for document_id in position.documents}
    return {document_id: library.document(document_id) for document_id in sorted(ids)}
