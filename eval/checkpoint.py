"""Finished cases on disk, one JSON line each, so that a run that was killed goes on where it stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.errors import StorageError


class Checkpoint:
    """Lines of {"key", "record"} under a first line that names what they were made with.

    Records made with anything else (another model, other cases, other code) are never mixed in: the file is
    begun anew. A half-written last line, which a kill leaves behind, is dropped. Without a path nothing is kept.
    Raises StorageError when the file cannot be written.
    """

    def __init__(self, path: Path | None, made_with: Mapping[str, Any]) -> None:
        self.path = path
        self.records: dict[str, Any] = {}
        self._header = json.dumps({"made_with": dict(made_with)}, sort_keys=True)
        if path is not None:
            self.records = self._load(path)
            self._rewrite(path)

    def add(self, key: str, record: Any) -> None:
        """Keeps a finished record; it is on disk when this returns."""
        self.records[key] = record
        if self.path is None:
            return
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(_line(key, record))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def remove(self) -> None:
        """Deletes the file: a finished run is not resumed but run again."""
        if self.path is not None:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _load(self, path: Path) -> dict[str, Any]:
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return {}
        if not lines or lines[0] != self._header:
            return {}
        records = {}
        for line in lines[1:]:
            try:
                item = json.loads(line)
                records[item["key"]] = item["record"]
            except (json.JSONDecodeError, KeyError, TypeError):
                break
        return records

    def _rewrite(self, path: Path) -> None:
        lines = [self._header + "\n", *(_line(key, record) for key, record in self.records.items())]
        fresh = path.with_name(path.name + ".new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text("".join(lines), encoding="utf-8")
            fresh.replace(path)
        except OSError as error:
            raise _unwritable(path, error) from error


@contextmanager
def unshared(path: Path) -> Iterator[Path]:
    """`path`, for this process alone. Raises StorageError where another has it, or the folder cannot be written."""
    lock = FileLock(path.with_name(path.name + ".lock"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        message = f"Another process is measuring with {path}."
        raise StorageError(message, "Wait until it is done.") from error
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield path
    finally:
        lock.release()


def _line(key: str, record: Any) -> str:
    return json.dumps({"key": key, "record": record}, ensure_ascii=False) + "\n"


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path} cannot be written: {error.strerror or error}.", "Free some space or name another file."
    )
