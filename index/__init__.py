"""Files to passages that can be searched. Imports nothing else of the project."""

from index.embed import has_packaged_embedder, load_embedder, packaged_embedder
from index.errors import (
    CorroborateError,
    EmbedderError,
    FilterError,
    IndexError_,
    IndexLocked,
    IndexMismatch,
    SettingsError,
    SourceError,
    StorageError,
)
from index.filters import Filter
from index.index import Index
from index.sentences import split_sentences
from index.settings import IndexSettings
from index.types import (
    Document,
    Embedder,
    Failure,
    Hit,
    Passage,
    Progress,
    Sentence,
    SyncReport,
    Vectors,
)

__all__ = [
    "CorroborateError",
    "Document",
    "Embedder",
    "EmbedderError",
    "Failure",
    "Filter",
    "FilterError",
    "Hit",
    "Index",
    "IndexError_",
    "IndexLocked",
    "IndexMismatch",
    "IndexSettings",
    "Passage",
    "Progress",
    "Sentence",
    "SettingsError",
    "SourceError",
    "StorageError",
    "SyncReport",
    "Vectors",
    "has_packaged_embedder",
    "load_embedder",
    "packaged_embedder",
    "split_sentences",
]
