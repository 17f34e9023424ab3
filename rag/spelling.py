"""Slips of the keyboard in a question, mended from the words of the passages it brought up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import regex
from rapidfuzz import process
from rapidfuzz.distance import OSA

from rag.cues import STOPWORDS
from rag.words import stem

_WORD = regex.compile(r"\p{L}{4,}")
_LONG = 7


def mended(question: str, texts: Iterable[str], pieces: Callable[[Sequence[str]], list[int]]) -> str:
    """`question` with each word that no text holds replaced by the one that is a slip away, where there is one.

    A slip is one letter added, lost, changed or swapped with its neighbour, two in a word of seven letters or more,
    never the first: optimal string alignment (Damerau 1964). A capitalised word may be a name that the sources do
    not know, so it is mended by one letter only. `pieces` counts the tokens of words: one that the embedder's
    vocabulary holds whole, like "a", is a word and no slip.
    """
    spelled = _WORD.findall(question)
    whole, *counts = pieces(["a", *spelled])
    doubtful = {word for word, count in zip(spelled, counts, strict=True) if count > whole}
    seen = Counter(word for text in texts for word in _WORD.findall(text))
    forms = {word.lower(): word for word, _ in reversed(seen.most_common())}
    known = {stem(word) for word in forms}

    def mend(match: regex.Match[str]) -> str:
        word = match[0]
        lowered = word.lower()
        if word not in doubtful or lowered in forms or lowered in STOPWORDS or stem(word) in known:
            return word
        slips = 2 if len(word) >= _LONG and word.islower() else 1
        near = [form for form in forms if form[0] == lowered[0] and len(form) >= 4]
        found = process.extractOne(lowered, near, scorer=OSA.distance, score_cutoff=slips)
        return forms[found[0]] if found else word

    return _WORD.sub(mend, question)
