"""The rest of the one tree of errors: what can go wrong with a model or a question."""

from __future__ import annotations

from index.errors import CorroborateError

__all__ = ["CorroborateError", "ModelError", "QuestionError"]


class ModelError(CorroborateError):
    """The language model is missing, damaged, unknown, or did not answer."""


class QuestionError(CorroborateError):
    """The question cannot be asked: empty, or far too long."""
