"""Items of a list that stands in a source: what introduces a list is said of each of its items."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from index.types import Sentence

_MARK = r"(?:[-*•–]|\(?(?:\d{1,2}|[a-z])[.)])"
_MARKED = regex.compile(rf"(?:^|\n)[ \t]*{_MARK}[ \t]+$")
_OPENS = regex.compile(rf"{_MARK}\s")


def introduction(text: str, sentences: Sequence[Sentence], position: int) -> str:
    """The heading, or the sentence with a colon at its end, that introduces the list in which the sentence is an item.

    `text` is the document's, `sentences` all of its sentences. "" where it begins no item of an introduced list.
    """
    if not _item(text, sentences[position]):
        return ""
    first = position
    while first > 0 and _inside(text, sentences, first):
        first -= 1
    lead = sentences[first]
    return lead.text if first < position and (lead.heading or lead.text.endswith(":")) else ""


def _inside(text: str, sentences: Sequence[Sentence], at: int) -> bool:
    """Whether a sentence belongs to an item: it begins one, or stands in the paragraph of one that does."""
    paragraph = sentences[at].paragraph
    while at > 0 and sentences[at - 1].paragraph == paragraph:
        at -= 1
    return not sentences[at].heading and _item(text, sentences[at])


def _item(text: str, sentence: Sentence) -> bool:
    """Whether a sentence begins an item."""
    return not sentence.heading and bool(_MARKED.search(text, 0, sentence.start) or _OPENS.match(sentence.text))
