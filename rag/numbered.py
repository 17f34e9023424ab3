"""Things of one sort that a number tells apart: what is said of Line 4 does not answer for Line 2."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import regex

from rag import values
from rag.cues import STOPWORDS
from rag.evidence import Candidate, Library
from rag.question import Question

_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN = r"(?=[IVXL])(?!L\b)(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)"
_END = r"(?![\d.,:%]*\d|%)"
_NUMBERS = rf"\s(?P<numbers>\d{{1,3}}{_END}(?:\s*(?:,|-|–|to|and|or)\s*\d{{1,3}}{_END})*|{_ROMAN})"
_ASKED = regex.compile(rf"\b(?P<sort>\p{{Lu}}\p{{L}}+){_NUMBERS}")
_RANGE = regex.compile(r"(\d+)\s*(?:-|–|to)\s*(\d+)")


def about(question: Question, found: Sequence[Candidate], library: Library) -> list[Candidate]:
    """The sentences that may be about the numbered thing that the question names; all where it names none.

    A sentence is about the one of its sort that its document has named last, up to the sentence's end.
    """
    asked = _asked(question.text)
    if asked is None:
        return list(found)
    sort, number = asked
    mention = regex.compile(rf"\b{sort}s?{_NUMBERS}", regex.IGNORECASE)
    return [candidate for candidate in found if number in _last(mention, candidate, library, number)]


def _asked(text: str) -> tuple[str, int] | None:
    """The sort and the number of the first thing in `text` that is told by one."""
    for match in _ASKED.finditer(text):
        if match["sort"].lower() not in STOPWORDS and values.kind_of(match[0]) != "date":
            return regex.sub(r"s$", "", match["sort"].lower()), min(_numbers(match["numbers"]))
    return None


def _last(mention: regex.Pattern[str], candidate: Candidate, library: Library, wanted: int) -> set[int]:
    """The numbers that the sentence has, else those of the last mention before it; `wanted` where there is none."""
    document, sentence = library.document(candidate.document_id), candidate.sentence
    own = [_numbers(match["numbers"]) for match in mention.finditer(sentence.text)]
    if own:
        return set().union(*own)
    before = [match["numbers"] for match in mention.finditer(f"{document.title}\n{document.text[: sentence.start]}")]
    return _numbers(before[-1]) if before else {wanted}


def _numbers(told: str) -> set[int]:
    if told.isalpha():
        digits = [_DIGITS[letter] for letter in told.lower()]
        return {sum(-digit if digit < after else digit for digit, after in pairwise((*digits, 0)))}
    numbers = {int(number) for number in regex.findall(r"\d+", told)}
    for first, last in _RANGE.findall(told):
        numbers |= set(range(int(first), int(last) + 1))
    return numbers
