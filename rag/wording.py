"""Plain text answers compared: as SQuAD does (Rajpurkar et al. 2016), lower case, no punctuation, no articles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

STOP = set(
    """
    a an the of in on at to for from with by and or as is are was were be been it its their his her that this these
    those will would has have had about around approximately roughly nearly almost over more than less least most
    some up total each per
    """.split()
)
NOT = {"no", "not", "never", "none", "without", "neither", "nor", "cannot", "non", "t"}


def fold(text: str) -> str:
    """Lower case, no diacritics, plain quotes and hyphens, single spaces."""
    text = unicodedata.normalize("NFKD", text.replace("ø", "o").replace("Ø", "O").replace("ł", "l").replace("Ł", "L"))
    plain = "".join(letter for letter in text if not unicodedata.combining(letter))
    plain = plain.translate(str.maketrans("’‘“”‐‑–—", "''\"\"----")).casefold()
    return " ".join(plain.split())


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[str, ...]:
    """SQuAD's words, with plural and possessive s, British spellings and dots of initials out of the way."""
    plain = re.sub(r"(?<=\w)'s?(?=\W|\Z)", "", fold(text))
    plain = re.sub(r"\b(?:[a-z]\.){2,}", lambda match: match[0].replace(".", ""), plain)
    found = re.findall(r"\w+|%", plain)
    return tuple(_stem(word) for word in found if word not in ("a", "an", "the"))


def _stem(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    word = re.sub(r"(?<=[nt])tre\Z|(?<=\w)bre\Z", lambda match: match[0][:-2] + "er", word)
    word = re.sub(r"is(?=(?:e|ed|ing|ation)\Z)", "iz", word) if len(word) > 5 else word
    return re.sub(r"(?<=\w{3})our\Z", "or", word)


def plain_words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def yes_no(text: str) -> str:
    match = re.match(r"\W*(yes|no)\b(?=\W*\Z|\s*[,.;:!–—-])", text, re.IGNORECASE)
    return match[1].lower() if match else ""


def items(text: str) -> list[str]:
    """The items of a list: "Amazon, NVIDIA and SoftBank"; one item where there is no list."""
    if not re.search(r",|;|\band\b|&|\bor\b", text):
        return [text]
    flat = " ".join(text.split()).strip(" .,;")
    parts = re.split(r" ?[;,] ?(?:(?:and|or) )?| (?:and|or|&) ", flat)
    return [
        part for part in parts if part and not re.fullmatch(r"(?i)inc\.?|ltd\.?|llc|corp\.?|jr\.?|sr\.?", part)
    ] or [text]


def same_text(a: str, b: str) -> bool:
    """Equal words, or the shorter's words (two or more) all in the longer and at least 60 percent of it."""
    first, second = (tuple(word for word in tokens(text) if word not in STOP) or tokens(text) for text in (a, b))
    if not first or not second:
        return False
    if set(first) & NOT != set(second) & NOT:
        return False
    if first == second or "".join(first) == "".join(second):
        return True
    shorter, longer = sorted((set(first), set(second)), key=len)
    return len(shorter) >= 2 and shorter <= longer and len(shorter) >= 0.6 * len(longer)


def run(text: Sequence[str], wanted: Sequence[str], stretch: float) -> bool:
    """Whether `wanted` stands in `text` in order, within `stretch` times its length, with no "not" slipped in."""
    if not wanted:
        return False
    reach = int(len(wanted) * stretch) + (2 if stretch > 1 and len(wanted) > 1 else 0)
    return any(word == wanted[0] and _fits(text[n : n + reach], wanted) for n, word in enumerate(text))


def _fits(window: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether `window` begins with `wanted`, other words between but none of negation that `wanted` has not."""
    left = list(reversed(wanted))
    for word in window:
        if left and word == left[-1]:
            left.pop()
        elif word in NOT:
            return False
        if not left:
            return True
    return False
