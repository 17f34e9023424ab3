"""Names in running text, found by their capitals alone.

There is no model here: a name is a run of capitalised words that is not there for another reason (a sentence begins,
a heading is set in Title Case, it is a month).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.lexicon import GENERIC, LITTLE, OF_HEADS, ORDINARY, TITLES, VERBS

_WORD = re.compile(
    r"[A-Z]\.(?:\s?[A-Z]\.){0,3}(?=\s?[A-Z][a-z])|(?:[A-Z]\.){2,}|(?:St|Mt|Ft)\.(?=\s[A-Z])|\d{1,3}[A-Z][A-Za-z]+"
    r"|(?:[^\W\d_]|\d)(?:[\w&]|[.](?=(?:com|org|net|io|ai|co|gov)\b)|['’](?=[A-Z]|[a-rt-z]{2,})|[-‑](?=\w))*"
)
_SENTENCE_END = re.compile(r"(?:[.!?:…]['\"”’)]*|[\"“‘•]|\n)\s*\Z|\A\s*\Z")
_JOIN = re.compile(
    r"\s|\s[-‐‑–]\s|\s&\s|\s(?:of|de|von|van|der|al|bin|del|da|di|du|la|of the|for)\s|\sde\sla\s|(?<=\b[A-Z])\.\s"
)
_TITLECASE = 0.65
_LISTED = 3  # commas from which a line is a list of names, such as of those present, and no heading


def spans(text: str, taken: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """Character spans of the names in `text`, in order: without "the", titles, roles and possessive endings.

    `taken` are spans that hold no name (amounts, dates), in order.
    """
    found: list[tuple[int, int]] = []
    running, blocked = _running(text), {offset for span in taken for offset in range(*span)}
    for start, end, heading in _lines(text):
        runs = _runs(text, start, end, running, blocked)
        if heading:
            runs = [
                run
                for run in runs
                if all(_marked(word) or word.lower() in running for word in text[slice(*run)].split())
            ]
        found += runs
    return found


def _lines(text: str) -> list[tuple[int, int, bool]]:
    lines, start = [], 0
    for line in text.splitlines(keepends=True):
        words = [word for word in re.findall(r"[^\W\d_]{2,}", line) if word.lower() not in LITTLE]
        capitals = sum(word[0].isupper() for word in words)
        finished = line.rstrip()[-1:] in (".", "!", "?", ";", "”", '"', ",") or line.count(",") >= _LISTED
        lines.append(
            (start, start + len(line), len(words) >= 4 and not finished and capitals >= _TITLECASE * len(words))
        )
        start += len(line)
    return lines


def _running(text: str) -> frozenset[str]:
    """Lower-cased words and names that stand capitalised inside a sentence, less those also written small."""
    capital, small = set(), set()
    for start, end, heading in _lines(text):
        for match in _WORD.finditer(text, start, end):
            word = match[0]
            if word[0].islower():
                small.add(word)
            elif not heading and not _opens(text, match.start(), start):
                capital.add(word.lower())
    return frozenset(capital - small)


def _opens(text: str, offset: int, line: int) -> bool:
    """Whether a sentence begins at `offset`; `line` is where its line begins."""
    return _SENTENCE_END.search(text[max(line, offset - 6) : offset]) is not None or not text[line:offset].strip()


def capital(word: str) -> bool:
    """Whether a word is written as a name is."""
    return word[0].isupper() or _marked(word)


def _marked(word: str) -> bool:
    """Capitals where ordinary words have none: NVIDIA, OpenAI, xAI, iPhone, GPT-4, 36Kr."""
    return any(letter.isupper() for letter in word[1:]) and not (word.isupper() and len(word) == 1)


def _runs(text: str, start: int, end: int, running: frozenset[str], blocked: set[int]) -> list[tuple[int, int]]:
    runs: list[list[re.Match[str]]] = []
    for match in _WORD.finditer(text, start, end):
        if match.start() in blocked or not capital(match[0]) or re.fullmatch(r"\d+[A-Z]", match[0]):
            continue
        gap = text[runs[-1][-1].end() : match.start()] if runs else None
        if (
            gap is not None
            and _JOIN.fullmatch(gap)
            and match[0].lower() not in ORDINARY
            and _joins(gap, runs[-1], match)
        ):
            runs[-1].append(match)
        else:
            runs.append([match])
    found = []
    for run in runs:
        opening = _opens(text, run[0].start(), start)
        found += [
            (part[0].start(), part[-1].end())
            for part in _parts(run)
            if _is_name(text, part, opening and part[0] is run[0], running)
        ]
    return found


def _joins(gap: str, run: list[re.Match[str]], match: re.Match[str]) -> bool:
    """A spaced hyphen joins short halves of one name ("Fei - Fei"); "of" and its like join no titles ("CEO of X")."""
    word = run[-1][0]
    if gap.strip() in "-‐‑–" and gap.strip():
        return max(len(word), len(match[0])) <= 5 and match[0][1:].islower() and word[1:].islower()
    return gap.strip() not in ("of", "of the", "for") or word.lower() in GENERIC or word.lower() in OF_HEADS


def _parts(run: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """The names inside a run: cut at titles and roles ("OpenAI CEO Sam Altman"), ordinary openers dropped."""
    parts: list[list[re.Match[str]]] = [[]]
    for match in run:
        word = match[0].lower().rstrip(".")
        if word in TITLES or (
            word in ORDINARY and not parts[-1] and not re.fullmatch(r"(?:[A-Z]\.\s?)+|[A-Z]{2,}", match[0])
        ):
            parts.append([])
        else:
            parts[-1].append(match)
    return [part for part in parts if part]


def _is_name(text: str, part: list[re.Match[str]], opening: bool, running: frozenset[str]) -> bool:
    word = part[0][0]
    if word.lower() in ORDINARY and len(part) == 1 and not (word.isupper() and len(word) > 1):
        return False
    if len(part) == 1 and len(word) == 1:
        return False
    if not opening or _marked(word) or len(part) > 1:
        return True
    if word.lower() in running:
        return True
    following = re.match(r"\s?([\w,]+)|['’]s\s", text[part[-1].end() : part[-1].end() + 20])
    if following is None or following[1] is None:
        return following is not None
    ordinary = re.search(r"(?:[^s]s|tion|ment|ness|ity|ing|ly|ics)\Z", word) is not None
    return following[1].lower() in VERBS and not ordinary
