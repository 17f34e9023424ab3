"""Sentences and headings of a cleaned text, with exact offsets.

Boundaries are sentencex's (Wikimedia's rule-based segmenter), line by line; the figures of the comparison that
chose it are in docs/decisions.md. Every letter and digit of the text stands in exactly one sentence; only list
marks, heading marks and rules between sections stand in none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sentencex import get_sentence_boundaries

from index.types import Sentence

_HEADING_MARK = re.compile(r"#{1,6} +(?=\S)")
_LIST_MARK = re.compile(r"(?:[-*•·▪◦‣–] +)+(?=\S)")
_CLOSED = re.compile(r"[.!?…;,。！？；，]['\"’”»)\]]*$")
_SECTION_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.)$")
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|(?:Chapter|Section|Part) \w+[.:]?) +(?=[^\W\d_])")
_FIELD = re.compile(r"[^:|]{1,40}(?:: |\s*\|)")
# Which of sentencex's rule sets to use is told by the script alone; Latin text is split by the English rules.
_SCRIPTS = (("ja", "\u3040-\u30ff"), ("zh", "\u4e00-\u9fff"), ("el", "\u0370-\u03ff"), ("ru", "\u0400-\u04ff"),
            ("ar", "\u0600-\u06ff"), ("hi", "\u0900-\u097f"))  # fmt: skip
_HEADING_LENGTH = 110
_MOST_IN_A_ROW = 4
_AHEAD = 500  # characters looked at after a boundary: all of a long line each time would take minutes
_ITEM_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z])[.)]")
_SCORE = re.compile(r"\d\s*[-–:]\s*\d")
# Abbreviations that sentencex's English rules lack and that stand before a figure.
_BEFORE_FIGURES = frozenset("approx avg c ca cf est fig figs max min no nos p pop pp tel vol vs".split())


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str
    listed: bool = False
    marked: bool = False  # as a heading


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of `text` in order; a heading is one sentence, each other line a paragraph of sentences."""
    lines = list(_lines(text))
    headings = _headings(lines)
    result: list[Sentence] = []
    for paragraph, (line, heading) in enumerate(zip(lines, headings, strict=True)):
        for start, end in [(0, len(line.text))] if heading else _spans(line.text):
            found = line.text[start:end]
            result.append(Sentence(line.start + start, line.start + end, found, heading, paragraph))
    return result


def _lines(text: str) -> Iterator[_Line]:
    """The lines that hold a letter or digit, without their marks and outer spaces."""
    for found in re.finditer(r"[^\n]+", text):
        stripped = found[0].strip()
        if not any(char.isalnum() for char in stripped):
            continue
        start = found.start() + found[0].index(stripped)
        mark = _HEADING_MARK.match(stripped) or _LIST_MARK.match(stripped)
        offset = mark.end() if mark else 0
        marked = bool(mark) and stripped.startswith("#")
        yield _Line(start + offset, stripped[offset:], listed=bool(mark) and not marked, marked=marked)


def _spans(line: str) -> Iterator[tuple[int, int]]:
    """The sentences of one line: sentencex's, joined again where it ends one inside a sentence."""
    begun = None
    for boundary in get_sentence_boundaries(_language(line), line):
        start, end = boundary["start_index"], boundary["end_index"]
        begun = start if begun is None else begun
        if not _goes_on(line[begun:end].strip(), line[end : end + _AHEAD].strip()):
            yield _trimmed(line, begun, end)
            begun = None
    if begun is not None:
        yield _trimmed(line, begun, len(line))


def _goes_on(found: str, rest: str) -> bool:
    """Whether the sentence in `found` is not over before `rest`.

    It goes on while either is without a letter or digit, after the number of a list item, and after an abbreviation
    (one of those that stand before figures, or a short word before a small letter).
    """
    if not any(map(str.isalnum, found)) or (rest and not any(map(str.isalnum, rest))) or _ITEM_NUMBER.fullmatch(found):
        return True
    if not found.endswith(".") or found.endswith("..") or not rest:
        return False
    last = re.split(r"[\s(]", found[:-1])[-1].lower()
    word = rest.split(maxsplit=1)[0]
    if word[0].islower():
        return len(last) <= 4 and word.islower() and rest[0].isascii()
    return last in _BEFORE_FIGURES and not rest[0].isalpha()


def _trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    found = line[start:end]
    return start + len(found) - len(found.lstrip()), start + len(found.rstrip())


def _language(line: str) -> str:
    letters = sum(map(str.isalpha, line)) or 1
    for language, block in _SCRIPTS:
        if len(re.findall(f"[{block}]", line)) > 0.3 * letters:
            return language
    return "en"


def _headings(lines: list[_Line]) -> list[bool]:
    """Which lines are headings: marked as such, or short lines of their own that end no sentence and head text."""
    headings: list[bool] = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        after = lines[index + 1] if index + 1 < len(lines) else None
        looks = after is not None and _looks_like_heading(line, before, after, headings)
        headings.append(line.marked or (looks and _heads_text(lines, index)))
    return headings


def _heads_text(lines: list[_Line], index: int) -> bool:
    """Whether text follows, after other headings at most.

    Short lines in longer runs are a record or a list of names, whatever their capitals.
    """
    first = last = index
    while first and _short(lines[first - 1]):
        first -= 1
    while last + 1 < len(lines) and _short(lines[last + 1]):
        last += 1
    return last + 1 < len(lines) and last - first < _MOST_IN_A_ROW


def _short(line: _Line) -> bool:
    return not line.listed and not line.marked and len(line.text) <= _HEADING_LENGTH and not _ends(line.text)


def _ends(text: str) -> bool:
    return bool(_CLOSED.search(text)) and not _SECTION_NUMBER.match(text)


def _looks_like_heading(line: _Line, before: _Line | None, after: _Line, headings: list[bool]) -> bool:
    text = line.text
    if line.listed or len(text) > _HEADING_LENGTH or "|" in text or _SCORE.search(text):
        return False
    if _SECTION_NUMBER.match(text):
        return True
    if _NUMBERED.match(text) and any(_NUMBERED.match(other.text) for other in (before, after) if other):
        return False
    if _CLOSED.search(text) or _is_field(line, before, after):
        return False
    if text.endswith((":", "：")):
        return len(text.split()) <= 4
    if _title_case(text) or (_NUMBERED.match(text) and text[-1].isalpha()):
        return True
    opened = before is None or headings[-1] or bool(_CLOSED.search(before.text))
    return opened and not text[0].islower() and bool(_CLOSED.search(after.text)) and len(after.text) > len(text)


def _is_field(line: _Line, before: _Line | None, after: _Line) -> bool:
    """A line of a record ("Landfall: 29 August 2005"): beside another one, or stating a figure."""
    if not (found := _FIELD.match(line.text)):
        return False
    near = [other for other in (before, after) if other is not None]
    return line.text[found.end() : found.end() + 1].isdigit() or any(_FIELD.match(other.text) for other in near)


def _title_case(text: str) -> bool:
    """Most words of four letters and more begin with a capital, and there are two or more of them."""
    words = [word for word in re.findall(r"[^\W\d_][\w’'.-]*", text) if len(word) > 3 or word[0].isupper()]
    capitals = sum(word[0].isupper() for word in words)
    return len(words) >= 2 and capitals >= 0.75 * len(words) and not re.search(r"\d$", text)
