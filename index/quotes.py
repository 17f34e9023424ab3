"""Repairs quotation marks that a legacy code page turned into a letter of another script.

A text in Latin script where "Amazonβs" and "βI agree,β he said" stand has lost its apostrophes and quotation marks.
Which letter took their place differs from text to text, so none is named here: a letter is taken for damage by where
it stands, and only where that happens repeatedly and more often than it stands where a letter belongs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

_SUFFIX = re.compile(r"(?:s|t|re|ve|ll|d|m)(?![^\W\d_])", re.IGNORECASE)
_AFTER_CLOSING = re.compile(r"\s|$|[)\]—–;:]")
_BEFORE_OPENING = re.compile(r"(?:^|[\s(\[—–:-])$")


def mend_quotes(text: str) -> str:
    """`text` with such letters made ’ “ ” again; every other occurrence of them stays."""
    suspects = _suspects(text)
    damaged = {letter for letter in suspects if _is_damage(text, letter)}
    if not damaged:
        return text
    damaged |= {letter for letter in suspects - damaged if _only_opens(text, letter, damaged)}
    return "".join(_mend_line(line, damaged) for line in text.splitlines(keepends=True))


def _suspects(text: str) -> set[str]:
    """The letters of other scripts in a text that is Latin but for a few words at most."""
    letters = Counter(char for char in text if char.isalpha())
    foreign = {char for char in letters if not _latin(char)}
    if not foreign:
        return set()
    in_words = sum(len(run) for run in re.findall(f"[{re.escape(''.join(foreign))}]{{2,}}", text))
    return foreign if in_words <= 0.1 * letters.total() else set()


def _latin(char: str) -> bool:
    return char.isascii() or unicodedata.name(char, "").startswith(("LATIN", "MODIFIER", "FEMININE", "MASCULINE"))


@dataclass(frozen=True, slots=True)
class _Mark:
    """One occurrence of a suspect: where a quotation mark would stand, `kind` says which; "letter" elsewhere."""

    position: int
    kind: str  # "apostrophe" | "opening" | "closing" | "closing?" | "letter"


def _marks(text: str, letters: set[str]) -> Iterator[_Mark]:
    for found in re.finditer("|".join(map(re.escape, sorted(letters))), text):
        yield _Mark(found.start(), _kind(text, found.start()))


def _kind(text: str, at: int) -> str:
    before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
    second = text[max(0, at - 2) : max(0, at - 1)]
    if _foreign(before) or _foreign(after) or (_foreign(second) and not before.isspace()):
        return "letter"
    if before.isalpha() and _SUFFIX.match(text, at + 1):
        return "apostrophe"
    if _BEFORE_OPENING.search(before) and (after.isalnum() or after in tuple("$€£#@[(…")):
        return "opening"
    if _AFTER_CLOSING.match(after):
        if before in (".", ",", "!", "?", "…"):
            return "closing"
        return "closing?" if before.isalnum() or before in ("%", ")", "]") else "letter"
    if after in (".", ",", "!", "?") and (before.isalnum() or before in ("%", ")", "]")):
        return "closing?"
    return "letter"


def _foreign(char: str) -> bool:
    return char.isalpha() and not _latin(char)


def _is_damage(text: str, letter: str) -> bool:
    """Whether `letter` stands where only a quotation mark can at least twice.

    Only an apostrophe's or a closing mark's place counts for it: "μm" and "βcarotene" look like openings. An s may
    also follow a real letter ("the ERβs"), so that it counts only where such places are the rule.
    """
    marks = [(line, mark) for line in text.splitlines() for mark in _pair(line, {letter})]
    kinds = Counter(mark.kind for _, mark in marks)
    plurals = sum(mark.kind == "apostrophe" and line[mark.position + 1] in "sS" for line, mark in marks)
    sure = kinds["apostrophe"] + kinds["closing"]
    return sure - plurals >= 2 or (sure >= 2 and sure > kinds["letter"])


def _only_opens(text: str, letter: str, damaged: set[str]) -> bool:
    """Whether `letter` is the opening mark to another letter's closing: it stands so twice, and mostly."""
    lines = text.splitlines()
    kinds = Counter(
        mark.kind for line in lines for mark in _pair(line, {letter, *damaged}) if line[mark.position] == letter
    )
    return kinds["opening"] >= 2 and kinds["opening"] > kinds.total() - kinds["opening"]


def _pair(line: str, letters: set[str]) -> list[_Mark]:
    """The marks of one line, openings and closings matched; what has no partner becomes what it can be alone."""
    marks = list(_marks(line, letters))
    result: list[_Mark] = []
    for index, mark in enumerate(marks):
        if mark.kind == "opening":
            opens = _closes(marks[index + 1 :]) or _opens_paragraph(line, mark)
            result.append(mark if opens else _Mark(mark.position, "letter"))
        elif mark.kind == "closing?":
            result.append(_Mark(mark.position, _alone_or_closing(line, marks, index)))
        else:
            result.append(mark)
    return result


def _closes(rest: list[_Mark]) -> bool:
    for mark in rest:
        if mark.kind in ("closing", "closing?", "opening"):
            return mark.kind != "opening"
    return False


def _opens_paragraph(line: str, mark: _Mark) -> bool:
    """A quotation over several paragraphs opens each of them and closes only the last."""
    return not line[: mark.position].strip() and line[mark.position + 1 : mark.position + 2].isupper()


def _alone_or_closing(line: str, marks: list[_Mark], index: int) -> str:
    """A mark after a word closes an open quotation, or is the apostrophe of a plural ("investors’ money")."""
    mark = marks[index]
    around = [other.kind for other in marks[:index] if other.kind in ("opening", "closing")]
    is_open = bool(around) and around[-1] == "opening"
    later = next((other.kind for other in marks[index + 1 :] if other.kind != "apostrophe"), "opening")
    plural = line[mark.position - 1 : mark.position] in ("s", "S")
    if plural and (not is_open or later == "closing"):
        return "apostrophe?"
    return "closing?" if is_open else "letter"


_SIGNS = {"apostrophe": "’", "apostrophe?": "’", "opening": "“", "closing": "”", "closing?": "”"}


def _mend_line(line: str, damaged: set[str]) -> str:
    chars = list(line)
    for mark in _pair(line, damaged):
        chars[mark.position] = _SIGNS.get(mark.kind, chars[mark.position])
    return "".join(chars)
