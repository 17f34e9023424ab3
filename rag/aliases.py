"""When two names mean the same person, company or place.

Abbreviations come from the texts themselves, after Schwartz and Hearst, "A simple algorithm for identifying
abbreviation definitions in biomedical text" (2003).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rag.lexicon import GENERIC, GIVEN_NOT, LITTLE, PLACES, SAME, SUFFIXES, TITLES
from rag.names import capital, spans
from rag.wording import fold

_ROLE_AFTER = re.compile(rf",\s(?=(?:the\s|an?\s)?[\w\s'’]{{0,30}}?\b(?:{'|'.join(sorted(TITLES))})\b)", re.IGNORECASE)


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
    return bool(counted) and all(capital(word) for word in counted)


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
    bearers = _bearers(tuple(context))
    return full in bearers and not any(
        len(other) > 1 and other[0] == full[0] and other[-1] != full[-1] for other in bearers
    )


@lru_cache(maxsize=16)
def _bearers(context: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(words(text[start:end]) for text in context for start, end in spans(text))


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


@lru_cache(maxsize=16)
def abbreviations(context: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Short form -> words of the long form, as introduced in the texts: "long form (SF)" or "SF (long form)"."""
    found: dict[str, tuple[str, ...]] = {}
    for text in context:
        for match in re.finditer(r"\(([^()\n]{2,80})\)", text):
            inside = match[1].strip()
            before = re.split(r"[()\n]", text[max(0, match.start() - 120) : match.start()])[-1].rstrip()
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
