"""Items of a list that stands in a source: what introduces a list is said of each of its items."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from index.types import Sentence
from rag import numbers

_MARK = r"(?:[-*•–]|\(?(?:\d{1,2}|[a-z])[.)])"
_MARKED = regex.compile(rf"(?:^|\n)[ \t]*{_MARK}[ \t]+$")
_ANNOUNCED = regex.compile(
    rf"\b(?P<number>{numbers.SPOKEN}|\d{{1,2}}) (?:\w+ )?(?:things|points|measures|reasons|steps|demands"
    r"|changes|conditions|proposals|questions|ways|recommendations|suggestions|requests|wishes|rules|errors|mistakes|lessons"
    r"|promises|ideas)\b",
    regex.IGNORECASE,
)
_COUNTED = regex.compile(
    r"[\"“(]?(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|fifth(?:ly)?|finally|last(?:ly)?)\b,?",
    regex.IGNORECASE,
)
_FEWEST, _MOST = 2, 10
_ITEM_SENTENCES = 3  # that an item may have
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


def announced(sentences: Sequence[Sentence], position: int) -> list[int]:
    """Where the items are that the sentence announces ("I ask for three things."); none where it announces nothing.

    They are counted out ("First, ..."), or they are as many sentences as it says.
    """
    told = _ANNOUNCED.search(sentences[position].text)
    number = int(numbers.read(told["number"])) if told else 0
    if not _FEWEST <= number <= _MOST:
        return []
    after = [i for i in range(position + 1, len(sentences)) if not sentences[i].heading][: _ITEM_SENTENCES * number]
    counted = [i for i in after if _COUNTED.match(sentences[i].text)]
    return counted[:number] if len(counted) >= 2 else after[:number]


def _inside(text: str, sentences: Sequence[Sentence], at: int) -> bool:
    """Whether a sentence belongs to an item: it begins one, or stands in the paragraph of one that does."""
    paragraph = sentences[at].paragraph
    while at > 0 and sentences[at - 1].paragraph == paragraph:
        at -= 1
    return not sentences[at].heading and _item(text, sentences[at])


def _item(text: str, sentence: Sentence) -> bool:
    """Whether a sentence begins an item."""
    return not sentence.heading and bool(_MARKED.search(text, 0, sentence.start) or _OPENS.match(sentence.text))
