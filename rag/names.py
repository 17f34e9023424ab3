"""Names in running text, by capitals alone, and when two names mean the same person, company or place.

There is no model here: a name is a run of capitalised words that is not there for another reason (a sentence begins,
a heading is set in Title Case, it is a month). Abbreviations come from the texts themselves, after Schwartz and
Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text" (2003).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rag.lexicon import GENERIC, GIVEN_NOT, LITTLE, OF_HEADS, ORDINARY, PLACES, SAME, SUFFIXES, TITLES, VERBS
from rag.wording import fold

_WORD = re.compile(
    r"[A-Z]\.(?:\s?[A-Z]\.){0,3}(?=\s?[A-Z][a-z])|(?:[A-Z]\.){2,}|(?:St|Mt|Ft)\.(?=\s[A-Z])|\d{1,3}[A-Z][A-Za-z]+"
    r"|(?:[^\W\d_]|\d)(?:[\w&]|[.](?=(?:com|org|net|io|ai|co|gov)\b)|['’](?=[A-Z]|[a-rt-z]{2,})|[-‑](?=\w))*"
)
_SENTENCE_END = re.compile(r"(?:[.!?:…]['\"”’)]*|[\"“‘•]|\n)\s*\Z|\A\s*\Z")
_JOIN = re.compile(
    r"\s|\s[-‐‑–]\s|\s&\s|\s(?:of|de|von|van|der|al|bin|del|da|di|du|la|of the|for)\s|\sde\sla\s|(?<=\b[A-Z])\.\s"
)
_ROLE_AFTER = re.compile(rf",\s(?=(?:the\s|an?\s)?[\w\s'’]{{0,30}}?\b(?:{'|'.join(sorted(TITLES))})\b)", re.IGNORECASE)
_TITLECASE = 0.65


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
        finished = line.rstrip()[-1:] in (".", "!", "?", ";", "”", '"', ",")
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


def _capital(word: str) -> bool:
    return word[0].isupper() or _marked(word)


def _marked(word: str) -> bool:
    """Capitals where ordinary words have none: NVIDIA, OpenAI, xAI, iPhone, GPT-4, 36Kr."""
    return any(letter.isupper() for letter in word[1:]) and not (word.isupper() and len(word) == 1)


def _runs(text: str, start: int, end: int, running: frozenset[str], blocked: set[int]) -> list[tuple[int, int]]:
    runs: list[list[re.Match[str]]] = []
    for match in _WORD.finditer(text, start, end):
        if match.start() in blocked or not _capital(match[0]) or re.fullmatch(r"\d+[A-Z]", match[0]):
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


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The words of a name as compared: folded, dots out of initials, no leading "the", no possessive."""
    plain = re.sub(r"(?<=\w)'s?(?=\W|\Z)", "", fold(name))
    plain = re.sub(r"\b((?:[a-z]\.)+)(?=[a-z]\b)", lambda match: match[1].replace(".", ""), plain)
    plain = re.sub(r"\.(?=(?:com|org|net|io|ai)\b)", " ", plain)
    found = re.findall(r"\w+|&", plain.replace("&", " & "))
    return tuple(found[1:] if len(found) > 1 and found[0] == "the" else found)


@lru_cache(maxsize=8192)
def core(name: str) -> tuple[str, ...]:
    """`words` without titles and roles before the name, a role after it, and company suffixes at its end."""
    name = " ".join(name.split())
    first = _ROLE_AFTER.split(name, maxsplit=1)[0]
    found = list(words(first))
    lead = max((n for n, word in enumerate(found[:-1], 1) if word in TITLES and found[n] not in LITTLE), default=0)
    found = found[lead:]
    if found[-2:] == ["a", "s"]:  # A/S, the Danish Ltd.
        found = found[:-2]
    while len(found) > 1 and found[-1] in SUFFIXES:
        found.pop()
    return tuple(found)


def same(a: str, b: str, context: Sequence[str] = ()) -> bool:
    """Whether two names mean the same: titles, suffixes, initials, a lone surname, abbreviations of `context`."""
    a, b = _unplaced(a, b), _unplaced(b, a)
    short = abbreviations(tuple(context))
    first, second = key(a, short), key(b, short)
    if not first or not second:
        return False
    if first == second or "".join(first) == "".join(second):
        return True
    if not (proper(a) and proper(b)):
        return False
    known = {word for long in short for word in (long, *short[long])}
    return (
        sorted(first) == sorted(second)
        or _person(first, second)
        or _person(second, first)
        or _surname(first, second, context)
        or _surname(second, first, context)
        or (first[-1] not in known and _initials(a, b))
        or (second[-1] not in known and _initials(b, a))
    )


def _unplaced(name: str, other: str) -> str:
    """ "Austin, Texas" as "Austin", where the other name does not say where it lies."""
    head, comma, place = name.partition(", ")
    return head if comma and "," not in other and " ".join(words(place)) in PLACES else name


def key(name: str, short: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """`core` with abbreviations written out and countries under one name."""
    found: list[str] = []
    for word in core(name):
        found += short.get(word, (word,))
    while len(found) > 1 and found[-1] in SUFFIXES:
        found.pop()
    joined = " ".join(found)
    return tuple(SAME.get(joined, joined).split())


def proper(name: str) -> bool:
    """Whether every word that counts is capitalised."""
    counted = [
        word
        for word in re.findall(r"\w+", name)
        if word.lower() not in LITTLE and word.lower() not in TITLES and word != "s"
    ]
    return bool(counted) and all(_capital(word) for word in counted)


def _person(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """ "J. Smith", "John Q. Smith" and "John Smith": one surname, a first name or its initial, middle names free."""
    if not 2 <= len(short) <= len(full) <= 4 or short[-1] != full[-1] or full[-1] in GENERIC or full[0] in GIVEN_NOT:
        return False
    initial = len(short[0]) == 1 or len(full[0]) == 1
    if short[0] != full[0] and not (initial and short[0][0] == full[0][0]):
        return False
    rest = iter(full[1:-1])
    return all(
        any(middle == other or (middle[0] == other[0] and 1 in (len(middle), len(other))) for other in rest)
        for middle in short[1:-1]
    )


def _surname(short: tuple[str, ...], full: tuple[str, ...], context: Sequence[str]) -> bool:
    """A last name alone is the fuller name; a first name alone only where the context knows one bearer of it."""
    if len(short) != 1 or not 2 <= len(full) <= 4 or full[0] in GIVEN_NOT or {"of", "the", "for"} & set(full):
        return False
    if short[0] == full[-1]:
        return short[0] not in GENERIC and len(short[0]) > 1
    if short[0] != full[0] or full[-1] in GENERIC:
        return False
    bearers = {words(text[start:end]) for text in context for start, end in spans(text)}
    return full in bearers and not any(
        len(other) > 1 and other[0] == full[0] and other[-1] != full[-1] for other in bearers
    )


def _initials(short: str, full: str) -> bool:
    """ "AWS" for "Amazon Web Services", little words counted or not; from three letters on."""
    letters = re.sub(r"[^\w]", "", short)
    if len(letters) < 3 or not re.fullmatch(r"[A-Z][A-Za-z]*[A-Z]", letters):
        return False
    parts = [word for word in words(full) if word != "&"]
    counted = [word for word in parts if word not in LITTLE]
    return len(counted) > 1 and letters.lower() in (
        "".join(word[0] for word in parts),
        "".join(word[0] for word in counted),
    )


@lru_cache(maxsize=64)
def abbreviations(context: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Short form -> words of the long form, as introduced in the texts: "long form (SF)" or "SF (long form)"."""
    found: dict[str, tuple[str, ...]] = {}
    for text in context:
        for match in re.finditer(r"([^()\n]{1,120}?)\s?\(([^()\n]{2,80})\)", text):
            before, inside = match[1], match[2].strip()
            if re.fullmatch(r"[A-Z][\w.&-]{1,9}", inside):
                short, long = inside, _long_form(inside, before)
            else:
                last = re.search(r"\b([A-Z][\w.&-]{1,9})\Z", before)
                short, long = (last[1], _long_form(last[1], inside)) if last else ("", "")
            if long:
                found.setdefault("".join(words(short)), core(long))
    return found


def _long_form(short: str, text: str) -> str:
    """Schwartz and Hearst: match the short form's letters from the right; the first must begin a word of `text`."""
    if not any(letter.isupper() for letter in short[1:]):
        return ""
    letters = [letter.lower() for letter in short if letter.isalnum()]
    at, low = len(text), text.lower()
    for n in range(len(letters) - 1, -1, -1):
        at = low.rfind(letters[n], 0, at)
        while n == 0 and at > 0 and low[at - 1].isalnum():
            at = low.rfind(letters[n], 0, at)
        if at < 0:
            return ""
    long = text[at:].strip()
    return long if len(words(long)) <= min(len(letters) + 5, 2 * len(letters)) and len(words(long)) > 1 else ""
