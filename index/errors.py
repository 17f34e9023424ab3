"""The one tree of errors. Every message is one line: what went wrong; `hint` says what to do.

CorroborateError
├── SourceError          a folder or file cannot be used
│   └── MissingExtra     a file's format needs a package that is not installed
├── SettingsError        a setting has no usable value
├── FilterError          a search's filter cannot be read, or lets no document through
├── EmbedderError        the embedder is missing or damaged
├── IndexError_          the index cannot be used
│   ├── IndexMismatch    made with another embedder or other passage settings
│   ├── IndexLocked      another process is writing it
│   └── StorageError     disk full, read-only, damaged, newer schema
└── (rag.errors adds ModelError and QuestionError)
"""

from __future__ import annotations


class CorroborateError(Exception):
    """Base of all errors a user can meet. `str(error)` is one line that includes the hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint


class SourceError(CorroborateError):
    """A folder or file of sources cannot be used."""


class MissingExtra(SourceError):
    """A file's format needs a package that is not installed."""


class SettingsError(CorroborateError):
    """A setting has no usable value."""


class FilterError(CorroborateError):
    """A search's filter cannot be read, or lets no document through."""


class EmbedderError(CorroborateError):
    """The embedder is missing, damaged or unknown."""


class IndexError_(CorroborateError):
    """The index cannot be used as it is."""


class IndexMismatch(IndexError_):
    """The index was made with another embedder or other passage settings."""


class IndexLocked(IndexError_):
    """Another process is writing the index."""


class StorageError(IndexError_):
    """The index cannot be read or written: disk full, read-only, damaged, or of a newer version."""
