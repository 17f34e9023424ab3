"""Words as they are compared between a question and a sentence: lower case, diacritics folded, stemmed."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import regex
import snowballstemmer

_WORD = regex.compile(r"\p{Han}|[\p{L}\p{N}]+")
_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one word (Snowball English)."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    return str(_STEMMER.stemWord(folded))


def stems(text: str) -> list[str]:
    """The stems of all words of `text`, in order, compounds split at their marks."""
    return [stem(word) for word in _WORD.findall(text)]


class Rarity:
    """How much a word tells, from how few of the `texts` hold it: the idf of BM25 (Robertson and Zaragoza, 2009)."""

    def __init__(self, texts: Iterable[str]) -> None:
        sets = [set(stems(text)) for text in texts]
        self._count = len(sets)
        self._frequency = Counter(word for words in sets for word in words)

    def weight(self, stemmed: str) -> float:
        """Above 0; largest for a word that no text holds."""
        found = self._frequency.get(stemmed, 0)
        return math.log(1 + (self._count - found + 0.5) / (found + 0.5))

    def coverage(self, terms: Sequence[str], text: str) -> float:
        """The share, 0 to 1, of the weight of `terms` (stems) that `text` holds; 0 without terms."""
        wanted = set(terms)
        total = sum(self.weight(term) for term in wanted)
        held = set(stems(text)) & wanted
        return sum(self.weight(term) for term in held) / total if total else 0.0
