"""Finds page furniture: what a web page's frame left at the beginning and end of an article's text.

It is cut only where several cues agree, and every cut says why. A title, a heading and a last paragraph stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# What menus, buttons and breadcrumbs of any site are labelled with.
_INTERFACE = frozenset(
    "about account archive archives article articles back blog categories category close comments contact content "
    "cookies email facebook faq feed follow forum forums help home homepage index instagram language linkedin login "
    "logout menu more navigation news newsletter next page pages post posts previous print privacy profile register "
    "reply rss search section sections settings share shop sign signin signup sitemap skip submit subscribe tags terms "
    "toggle top topics twitter video videos whatsapp youtube in up to us use out our".split()
)
_OPENERS = re.compile(
    r"(?:buy|click|contact|discover|do you|don[’']?t miss|donate|download|enjoy(?:ed|ing)?|explore|find out|follow|get|"
    r"interested|join|learn more|like|looking|love|need|read (?:more|next|also)|ready|register|share|sign up|subscribe|"
    r"support|tap|try|upgrade|visit|want|watch)\b",
    re.IGNORECASE,
)
_READER = re.compile(r"\byou(?:r|rs)?\b", re.IGNORECASE)
_HOUSE = re.compile(r"\b(?:our|us|we)\b")
_ADDRESS = re.compile(r"\b(?:your?|yours|our|we)\b", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”?|\"[^\"\n]*\"?")
_LANGUAGES = (
    "English|Deutsch|Français|Español|Italiano|Português|Nederlands|Svenska|Norsk|Dansk|Suomi|Polski|Čeština|Magyar|"
    "Română|Türkçe|Ελληνικά|Русский|Українська|Български|العربية|עברית|فارسی|हिन्दी|বাংলা|ไทย|Tiếng Việt|"
    "Bahasa \\w+|中文|日本語|한국어"
)
_SWITCHER = re.compile(rf"(?:{_LANGUAGES})(?: ?[(（][^()（）]{{1,30}}[)）])?")
_CLOSED = re.compile(r"[.!?…。！？:]['\"’”)\]]*$")


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of the text to leave out, and why, in a few words."""

    start: int
    end: int
    reason: str


def find_furniture(text: str) -> list[Cut]:
    """The cuts at the beginning and the end of `text`, in order; blank runs in it must still be as they were."""
    found = re.finditer(r"[^\n\f]+", text)
    lines = [(line.start(), line.end(), line[0].strip()) for line in found if line[0].strip()]
    if len(lines) < 3:
        return []
    head = _head(lines, text)
    return head + _tail(lines[len(head) :], text)


def _head(lines: list[tuple[int, int, str]], text: str) -> list[Cut]:
    cuts: list[Cut] = []
    for start, end, line in lines[:-2]:
        if not _is_menu(line) or text.count(line) > 1:
            break
        cuts.append(Cut(start, end, "menu labels before the text"))
    # One plain word such as "News" may be a title: it goes only with other menu lines.
    if len(cuts) == 1 and re.fullmatch(r"[A-Z]?[a-z]+", text[cuts[0].start : cuts[0].end].strip()):
        return []
    return cuts


def _is_menu(line: str) -> bool:
    """Short, no sentence, and all its words are labels ("HomeArticle", "Skip to content"), or a path that begins so."""
    if len(line) > 80 or _CLOSED.search(line):
        return False
    parts = [part.strip() for part in re.split(r"[>»›|/·•→]", line)]
    if len(parts) > 2 and parts[0].lower() in _INTERFACE and all(len(part.split()) <= 3 for part in parts):
        return True
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_]+|\d+", line)
    return bool(words) and all(word.lower() in _INTERFACE for word in words)


def _tail(lines: list[tuple[int, int, str]], text: str) -> list[Cut]:
    cuts: list[Cut] = []
    while len(lines) > 2:
        (_, above_end, above), (start, end, line) = lines[-2:]
        near = bool(cuts) or (_is_menu(line) and _is_menu(above)) or bool(_SWITCHER.fullmatch(above))
        reason = _why_not_text(line, text[above_end:start].count("\n"), near, text[:start])
        if not reason:
            break
        cuts.insert(0, Cut(start, end, reason))
        lines = lines[:-1]
    return cuts


def _why_not_text(line: str, breaks: int, near: bool, rest: str) -> str:
    """Why the last `line` is no part of the text; "" where it may be.

    It stands `breaks` line breaks below the line above, which is furniture itself, or stands on some, where `near`.
    """
    if _SWITCHER.fullmatch(line) and (near or breaks >= (2 if line[-1] in ")）" else 4)):
        return "language switcher"
    if _is_menu(line) and (near or breaks >= 2):
        return "menu labels after the text"
    if breaks >= 8 and len(line) <= 40 and len(line.split()) <= 4 and not _CLOSED.search(line):
        return "a few words far below the text"
    if _is_appeal(line) and not _ADDRESS.search(_QUOTED.sub("", rest)):
        return "appeal to the reader below a text that is addressed to none"
    return ""


def _is_appeal(line: str) -> bool:
    """Advertising: opens like an advertisement and speaks of both "you" and "us", in at most 200 characters."""
    return len(line) <= 200 and bool(_OPENERS.match(line) and _READER.search(line) and _HOUSE.search(line))
