"""Rows of one index's collections in Milvus: read by condition, written by key, a batch at a time."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from index.milvus_client import BLANK, TIMEOUT, Place, Row, any_of, ensure, milvus_errors

if TYPE_CHECKING:
    from pymilvus import MilvusClient

_WRITTEN = 200  # rows written at once: at 200 kB a row, the most there can be, within what a message may hold
_ASKED = 500  # keys asked for at once
_READ = 200
_NAMES = re.compile(r"state|documents|(passages|vectors)_[0-9a-f]{8}")
Key = TypeVar("Key", int, str)


def batched(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """The keys in the order given, as many at once as are asked for at once."""
    return (keys[begin : begin + _ASKED] for begin in range(0, len(keys), _ASKED))


class Tables:
    """The collections by the names that they have within the index. One that is not there is an empty one.

    Everything raises StorageError where the server cannot be used.
    """

    def __init__(self, client: MilvusClient, place: Place) -> None:
        self.client = client
        self.place = place
        self._there: set[str] = set()
        self._lock = threading.RLock()

    def names(self) -> list[str]:
        """The collections that there are."""
        prefix = self.place.collection("")
        with milvus_errors(self.place):
            found = [name.removeprefix(prefix) for name in self.client.list_collections() if name.startswith(prefix)]
        return [name for name in found if _NAMES.fullmatch(name)]  # not those of an index whose name begins like ours

    def ensure(self, name: str, dimension: int = 2) -> None:
        """Makes the collection where there is none, and makes it ready to be read."""
        if name not in self._there:
            with milvus_errors(self.place):
                ensure(self.client, self.place, name, dimension)
            self._there.add(name)

    def exists(self, name: str) -> bool:
        """Whether the collection is there; another machine may have made it meanwhile."""
        if name in self._there:
            return True
        with milvus_errors(self.place):
            if found := self.client.has_collection(self.place.collection(name), timeout=TIMEOUT):
                self.ensure(name)
        return bool(found)

    def drop(self, names: Iterable[str]) -> None:
        """Removes whole collections."""
        with milvus_errors(self.place):
            for name in names:
                self.client.drop_collection(self.place.collection(name), timeout=TIMEOUT)
                self._there.discard(name)

    def write(self, name: str, made: Iterable[Row]) -> None:
        """Inserts rows, or replaces those of the same key: sent twice, they are there once."""
        rest = iter(made)
        with self._lock, milvus_errors(self.place):
            while part := list(islice(rest, _WRITTEN)):
                self.client.upsert(self.place.collection(name), part, timeout=TIMEOUT)

    def delete(self, name: str, condition: str) -> None:
        """Removes the rows that meet the condition."""
        if self.exists(name):
            with self._lock, milvus_errors(self.place):
                self.client.delete(self.place.collection(name), filter=condition, timeout=TIMEOUT)

    def rows(self, name: str, condition: str, wanted: Sequence[str]) -> list[Row]:
        """The fields `wanted` of all rows that meet the condition."""
        if not self.exists(name):
            return []
        found: list[Row] = []
        with milvus_errors(self.place):
            pages = self.client.query_iterator(
                self.place.collection(name),
                batch_size=_READ,
                filter=condition,
                output_fields=list(wanted),
                timeout=TIMEOUT,
            )
            while part := pages.next():
                found.extend(part)
            pages.close()
        return found

    def asked(
        self, name: str, field: str, values: Sequence[Key], wanted: Sequence[str], condition: str = ""
    ) -> list[Row]:
        """The rows whose `field` is one of `values`, and that meet the condition."""
        more = f" and {condition}" if condition else ""
        return [row for part in batched(values) for row in self.rows(name, any_of(field, part) + more, wanted)]

    def search(self, name: str, field: str, wanted: object, condition: str, limit: int, ef: int = 0) -> list[Row]:
        """The `limit` rows whose `field` is nearest to `wanted`, best first: "number" and "distance"."""
        if not self.exists(name):
            return []
        metric = {"metric_type": "IP", "params": {"ef": ef}} if ef else {"metric_type": "BM25", "params": {}}
        with milvus_errors(self.place):
            return list(
                self.client.search(
                    self.place.collection(name),
                    data=[wanted],
                    filter=condition,
                    limit=limit,
                    output_fields=["number"],
                    search_params=metric,
                    anns_field=field,
                    timeout=TIMEOUT,
                )[0]
            )

    def count(self, name: str, condition: str) -> int:
        """How many rows meet the condition."""
        if not self.exists(name):
            return 0
        with milvus_errors(self.place):
            found = self.client.query(self.place.collection(name), condition, ["count(*)"], timeout=TIMEOUT)
        return int(found[0]["count(*)"])

    def get(self, key: str) -> dict[str, Any] | None:
        """The values kept under a key of the collection "state"."""
        found = self.asked("state", "key", [key], ["body"])
        return dict(json.loads(found[0]["body"])) if found else None

    def put(self, key: str, values: Mapping[str, Any]) -> None:
        """Keeps values under a key of the collection "state", in one write."""
        self.write("state", [{"key": key, "body": json.dumps(values), "blank": BLANK}])
