"""Milvus: the connection, its errors in one line, and the collections that an index is kept in."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.errors import IndexLocked, SettingsError, StorageError

if TYPE_CHECKING:
    from pymilvus import CollectionSchema, MilvusClient

TIMEOUT = 30.0  # seconds that one call may take
TOKEN = "RAG_STORE_TOKEN"
TEXT_BYTES = 65_535  # the longest VARCHAR of Milvus
_CONNECT = 10.0
_LITE = ".db"
BLANK = [0.0, 0.0]
# The graph's degree and the candidates looked at while it is built; BM25 as the local index counts it.
_HNSW = {"M": 16, "efConstruction": 200}
_BM25 = {"bm25_k1": 1.2, "bm25_b": 0.75}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A server's URL or a file of Milvus Lite, and the index's name there, which its collections begin with."""

    uri: str
    name: str

    @property
    def lite(self) -> bool:
        """Whether it is a file."""
        return "://" not in self.uri

    def collection(self, kind: str) -> str:
        """The name of the collection that holds things of this kind."""
        return f"corroborate_{self.name}_{kind}"


def find_place(where: str, name: str) -> Place:
    """What `where` says: "URL", "FILE.db", either with "#NAME" behind it; else the index is called `name`."""
    uri, _, given = where.partition("#")
    if "://" not in uri and not uri.endswith(_LITE):
        raise SettingsError(f"The store is {where!r}.", "Known: local, a Milvus server's URL, or a file NAME.db.")
    if given and not re.fullmatch(r"[A-Za-z0-9_]{1,100}", given):
        raise SettingsError(f"{given!r} cannot name an index in Milvus.", "Use letters, digits and underscores.")
    return Place(uri, given or re.sub(r"[^A-Za-z0-9_]", "_", name)[-100:])


def connect(place: Place) -> MilvusClient:
    """A connection. The server's token is taken from RAG_STORE_TOKEN. Raises StorageError, IndexLocked."""
    wanted = ["pymilvus", "milvus_lite"] if place.lite else ["pymilvus"]
    if missing := [name for name in wanted if importlib.util.find_spec(name) is None]:
        hint = 'Install it: pip install "corroborate[milvus]".'
        raise StorageError(f"The store {place.uri} needs {missing[0].replace('_', '-')}.", hint)
    from pymilvus import MilvusClient

    if not os.environ.get("RAG_DEBUG"):
        for name in ("pymilvus", "milvus_lite", "grpc"):  # they log what they raise
            logging.getLogger(name).setLevel(logging.CRITICAL)
    with milvus_errors(place):
        return MilvusClient(place.uri, token=os.environ.get(TOKEN, ""), timeout=_CONNECT)


@contextmanager
def milvus_errors(place: Place) -> Iterator[None]:
    """Turns what the client raises into the one tree of errors."""
    from grpc import RpcError
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except MilvusException as error:
        raise _translated(place, error.message or str(error)) from error
    except RpcError as error:
        raise _translated(place, str(error)) from error


def _translated(place: Place, message: str) -> StorageError | IndexLocked:
    low = message.lower()
    if "open local milvus failed" in low:
        hint = "One process at a time can open it: end the other, or use a server."
        return IndexLocked(f"The store {place.uri} is in use, or is no file of Milvus Lite.", hint)
    if any(word in low for word in ("fail connecting", "unavailable", "deadline", "connection refused", "timed out")):
        return StorageError(f"Milvus at {place.uri} cannot be reached.", "See that it runs, or set RAG_STORE=local.")
    if any(word in low for word in ("unauthenticated", "auth check", "permission", "privilege")):
        return StorageError(f"Milvus at {place.uri} refuses the access.", f"Set {TOKEN} to user:password or to a key.")
    line = " ".join(message.split())[:300]
    return StorageError(f"Milvus at {place.uri} cannot do it: {line}.", "See the server's log.")


_SHORT = {"max_length": 64}
_NAME = {"max_length": 16_384}
_TEXT = {"max_length": TEXT_BYTES}
_ANALYSED = {**_TEXT, "enable_analyzer": True, "analyzer_params": {"tokenizer": "standard"}}
# Strings and numbers by kind of collection, the primary key first. Milvus wants a vector in every collection; where
# there is none to keep, "blank" is one of two zeros.
_STRINGS: dict[str, dict[str, dict[str, Any]]] = {
    "state": {"key": _SHORT, "body": _TEXT},
    "documents": {
        "key": _SHORT, "document": _SHORT, "path": _NAME, "stamp": _TEXT, "published": _TEXT, "publisher": _TEXT,
        "body": _TEXT,
    },
    "vectors": {"key": _SHORT},
    "passages": {"document": _SHORT, "path": _NAME, "hash": _SHORT, "text": _TEXT, "words": _ANALYSED},
}  # fmt: skip
_NUMBERS = {
    "state": [],
    "documents": ["part", "born", "died"],
    "vectors": ["added"],
    "passages": ["number", "start", "end", "page", "born", "died"],
}
_KEYS = {"state": "key", "documents": "key", "vectors": "key", "passages": "number"}
_VECTORS = {"state": "blank", "documents": "blank", "vectors": "dense", "passages": "dense"}


def kind_of(name: str) -> str:
    """What a collection holds; those of vectors have the embedder's mark behind their kind."""
    return name.partition("_")[0]


def columns(name: str) -> list[str]:
    """What is written of a row: every field but what Milvus makes itself."""
    kind = kind_of(name)
    return [*_STRINGS[kind], *_NUMBERS[kind], _VECTORS[kind]]


def _schema(client: MilvusClient, kind: str, dimension: int) -> CollectionSchema:
    from pymilvus import DataType, Function, FunctionType

    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    for name, parameters in _STRINGS[kind].items():
        schema.add_field(name, DataType.VARCHAR, is_primary=name == _KEYS[kind], **parameters)
    for name in _NUMBERS[kind]:
        schema.add_field(name, DataType.INT64, is_primary=name == _KEYS[kind])
    schema.add_field(_VECTORS[kind], DataType.FLOAT_VECTOR, dim=dimension)
    if kind == "passages":
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(Function("bm25", FunctionType.BM25, ["words"], ["sparse"]))
    return schema


def ensure(client: MilvusClient, place: Place, name: str, dimension: int = 2) -> None:
    """Makes the collection where there is none. Raises StorageError where another of its name has other fields."""
    full, kind = place.collection(name), kind_of(name)
    if client.has_collection(full, timeout=TIMEOUT):
        found = {field["name"] for field in client.describe_collection(full, timeout=TIMEOUT)["fields"]}
        if not found >= set(columns(kind)):
            hint = "Name another index: URL#NAME, or drop the collection."
            raise StorageError(f"The collection {full} has other fields than an index of this version.", hint)
        client.load_collection(full, timeout=TIMEOUT)
        return
    indexes = client.prepare_index_params()
    if kind == "passages":
        indexes.add_index(field_name="dense", index_type="HNSW", metric_type="IP", params=_HNSW)
        indexes.add_index(field_name="sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=_BM25)
    else:
        indexes.add_index(field_name=_VECTORS[kind], index_type="FLAT", metric_type="IP")
    schema = _schema(client, kind, dimension)
    client.create_collection(full, schema=schema, index_params=indexes, consistency_level="Strong", timeout=2 * TIMEOUT)


def any_of(field: str, values: Sequence[int] | Sequence[str]) -> str:
    """The condition that a field is one of `values`, which are numbers or keys of our own making."""
    return f"{field} in [{', '.join(repr(value) for value in values)}]"
