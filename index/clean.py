"""Raw text to the text that is stored, shown and cited: damage and page furniture go, the meaning stays.

All offsets of the program are offsets of the text that `clean` returns.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import ftfy

from index.furniture import find_furniture
from index.quotes import mend_quotes
from index.readers import PAGE, Raw

# Typographic quotation marks and full-width forms are meant as they are.
_FTFY = ftfy.TextFixerConfig(uncurl_quotes=False, fix_character_width=False, normalization="NFC", explain=False)
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\ufff9-\ufffb]")
_SPACES = re.compile("[ \t\x0b\x1c-\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_ENDS = re.compile(r"[.!?…:;。！？]['\"’”)\]]*$")
_NEW_ITEM = re.compile(r"(?:[-*•·▪◦‣–—#]|\(?\d{1,3}[.)]\s|\[\d|\w\)\s)")
_SPACED = re.compile(r"(?<![\w-])(\$?\w[\w.,]*) - (\w+)(?!\w)")
_MAGNITUDES = frozenset(
    "hundred thousand million billion trillion year month week day hour minute point percent".split()
)
# Word parts that cannot stand alone: before a hyphen they are always the first half of a compound.
_PREFIXES = frozenset(
    "anti bi co inter intra micro mid mini mono multi non post pre pro pseudo re semi sub tri ultra un".split()
)


def clean(raw: Raw) -> tuple[str, tuple[int, ...]]:
    """The cleaned text and the offset at which each page begins (empty where the format has no pages)."""
    text = ftfy.fix_text(raw.text, _FTFY)
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    text = re.sub(r" *([\n\f]) *", r"\1", text)
    text = mend_quotes(text)
    if not raw.whole:
        text = _without_furniture(text)
    text = unwrap(mend_hyphens(text))
    return _paged(text) if raw.paged else (_tidy(text.replace(PAGE, "\n")), ())


def clean_line(text: str) -> str:
    """A title or a name without damage, on one line."""
    return " ".join(_INVISIBLE.sub("", ftfy.fix_text(text, _FTFY)).split())


def _without_furniture(text: str) -> str:
    for cut in reversed(find_furniture(text)):
        text = text[: cut.start] + text[cut.end :]
    return text


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _paged(text: str) -> tuple[str, tuple[int, ...]]:
    """Pages joined by a paragraph break, or by a space where a sentence runs on to the next page."""
    joined, starts = "", []
    for page in map(_tidy, text.split(PAGE)):
        if joined and page:
            runs_on = page[0].islower() and not _ENDS.search(joined)
            joined += " " if runs_on else "\n\n"
        starts.append(len(joined))
        joined += page
    return joined, tuple(starts)


def mend_hyphens(text: str) -> str:
    """Joins compounds torn by spaces ("multi - year"), in texts that tear them throughout and where it is certain.

    Certain are a number with a magnitude or a unit of time, a prefix that cannot stand alone, and a pair of words
    that stands so more than once or repeats itself; any other " - " may be a dash and stays.
    """
    pairs = Counter((found[1].lower(), found[2].lower()) for found in _SPACED.finditer(text))
    whole = len(re.findall(r"[a-z]-[a-z]", text))
    if pairs.total() < 5 or whole > 0.1 * pairs.total():
        return text

    def joined(found: re.Match[str]) -> str:
        left, right = found[1].lower(), found[2].lower()
        number = left[-1].isdigit() and right in _MAGNITUDES
        repeated = (pairs[left, right] > 1 or left == right) and left.isalpha() and right.isalpha()
        return f"{found[1]}-{found[2]}" if number or repeated or left in _PREFIXES else found[0]

    return _SPACED.sub(joined, text)


def unwrap(text: str) -> str:
    """Makes one line of every paragraph that was broken into lines at a fixed width, as in e-mail and PDF.

    A break is the width's where the next word would not have fitted. A hyphen at such a break goes, unless the text
    writes the word with one elsewhere, or its second part as a word.
    """
    lines = text.split("\n")
    inner = sorted(len(line) for line, after in pairwise(lines) if line and after)
    width = inner[int(0.9 * (len(inner) - 1))] if inner else 0
    full = sum(length >= 0.7 * width for length in inner)
    if len(inner) < 3 or not 30 <= width <= 160 or full < 0.5 * len(inner) or _in_verse(lines):
        return text
    unbroken = re.sub(r"\S+-\n\S+", " ", text)
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", unbroken))
    result = lines[0]
    for before, line in pairwise(lines):
        result += _joint(before, line, width, words) if before and line else "\n"
        result += line
    return _drop_marked(result)


def _in_verse(lines: list[str]) -> bool:
    """Whether most lines begin with a capital although the one before ends no sentence: verse, or a list of names."""
    running = [after for line, after in pairwise(lines) if line and after and not _ENDS.search(line)]
    return sum(after[0].isupper() for after in running) > 0.6 * len(running)


_HYPHEN = "\ue000"  # a private character: the hyphen before it is the line's, not the word's


def _drop_marked(text: str) -> str:
    return text.replace("-" + _HYPHEN, "")


def _joint(before: str, line: str, width: int, words: set[str]) -> str:
    first = line.split(" ", 1)[0]
    fits = len(before) + 1 + len(first) <= 0.85 * width
    runs_on = line[0].islower() and not _ENDS.search(before)
    if line[0] == PAGE or "|" in before + line or _NEW_ITEM.match(line) or before[0] == "#" or (fits and not runs_on):
        return "\n"
    if not re.search(r"[^\W\d_]-$", before) or not line[0].isalpha():
        return " "
    left, right = re.split(r"[^\w-]", before[:-1])[-1], re.split(r"\W", line, maxsplit=1)[0]
    if left + right in words:
        return _HYPHEN
    compound = f"{left}-{right}" in words or (len(right) > 3 and right in words) or not line[0].islower()
    return "" if compound else _HYPHEN
