"""JSON to plain text: every value under its keys, a record a block."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from index.errors import SourceError
from index.readers import Raw, decode

_LONG = 160  # characters: a longer text is a paragraph of its own
_STATED = (
    ("title", "headline"),
    ("published", "date_published", "datePublished", "publication_date", "date"),
    ("publisher", "site", "source"),
    ("author", "byline"),
)


def read_json(data: bytes) -> Raw:
    """One value. Title, date, publisher and author are taken from the outermost object where it states them."""
    value = _parsed(decode(data), "It")
    title, published, publisher, author = (_field(value, keys) for keys in _STATED)
    date = re.match(r"\d{4}(?:-\d{2}(?:-\d{2})?)?(?!\d)", published or "")
    return Raw(_text([value]), title, date[0] if date else None, publisher, author, whole=True)


def read_jsonl(data: bytes) -> Raw:
    """One value a line; empty lines are none. Raises SourceError with the number of a line that is wrong."""
    lines = enumerate(decode(data).split("\n"), start=1)
    return Raw(_text([_parsed(line, f"Line {number}") for number, line in lines if line.strip()]), whole=True)


def _parsed(text: str, what: str) -> Any:
    """Numbers stay as they are written."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except ValueError as error:
        raise SourceError(f"{what} is no JSON: {error}.", "Correct it, or save it again from its origin.") from error
    except RecursionError as error:
        raise SourceError(f"{what} is nested too deeply.", "Flatten it.") from error


def _field(value: Any, keys: tuple[str, ...]) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((value[key] for key in keys if isinstance(value.get(key), str) and value[key].strip()), None)


def _text(values: list[Any]) -> str:
    try:
        return "\n\n".join(block for value in values for block in _blocks("", value))
    except RecursionError as error:
        raise SourceError("It is nested too deeply.", "Flatten it.") from error


def _blocks(path: str, value: Any) -> Iterator[str]:
    """The value's own short texts in one line, each longer one as a paragraph, then what is nested in it."""
    if isinstance(value, list) and not all(map(_is_short, value)):
        for item in value:
            yield from _blocks(path, item)
        return
    fields = dict(_fields(path, value if isinstance(value, dict) else {"": value}))
    short = {name: _shown(item) for name, item in fields.items() if _is_short(item)}
    if line := "; ".join(f"{name}: {item}" if name else item for name, item in short.items() if item):
        yield f"- {line}"
    for name, item in fields.items():
        if isinstance(item, str) and name not in short:
            yield f"{name}: {item}" if name else item
        elif name not in short:
            yield from _blocks(name, item)


def _fields(path: str, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The object's entries, those of small objects in it among them, each under its whole path of keys."""
    for key, item in value.items():
        name = f"{path} {key}".strip() if path else key
        if isinstance(item, dict):
            yield from _fields(name, item)
        else:
            yield name, item


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONG and "\n" not in value
    return value is None or isinstance(value, bool) or (isinstance(value, list) and all(map(_is_plain, value)))


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list) and _is_short(value)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_shown, value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
