"""A question to a cited answer over a folder of sources."""

from __future__ import annotations

from index.filters import Filter
from rag.assistant import Assistant, Chat
from rag.errors import CorroborateError, ModelError, QuestionError
from rag.settings import Settings
from rag.types import Answer, Citation, Claim, Event, Evidence, Position

__all__ = [
    "Answer",
    "Assistant",
    "Chat",
    "Citation",
    "Claim",
    "CorroborateError",
    "Event",
    "Evidence",
    "Filter",
    "ModelError",
    "Position",
    "QuestionError",
    "Settings",
]
