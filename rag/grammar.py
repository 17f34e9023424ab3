"""The grammar that makes a reply a citation: `[n] ` and a run of words that stands in sentence n, or `none`.

One rule per word of the evidence: the word, then optionally what follows it in the sentence. The
grammar is therefore linear in the words, and whatever the model does it cannot utter a word that
is not in the sources nor a label that was not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from rag.prompt import NONE

_WORD = regex.compile(r"[\p{Sc}]?\w(?:[\w'’.,:/+&-]*\w)?[%°]?|\S")
_REPLY = regex.compile(r"\[(\d+)\] (.+)", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words in sentence `label` (from 1): `sentence[start:end]`."""

    label: int
    start: int
    end: int


def words(sentence: str) -> list[tuple[int, int]]:
    """Start and end of each word and each lone mark of `sentence`, in order."""
    return [match.span() for match in _WORD.finditer(sentence)]


def verbatim(sentences: Sequence[str], only: int | None = None, silence: bool = True) -> str:
    """The GBNF grammar of all replies over `sentences`, labelled from 1.

    `only` allows the words of that sentence alone; `silence` says whether `none` is a reply.
    """
    rules: list[str] = []
    roots = [_quote(NONE)] if silence else []
    for label, sentence in enumerate(sentences, start=1):
        if only not in (None, label):
            continue
        spans = words(sentence)
        while spans and not _can_bound(sentence[slice(*spans[-1])]):
            spans.pop()
        starts = []
        for i, (start, end) in enumerate(spans):
            rules.append(_rule(label, i, sentence, spans))
            if _can_bound(sentence[start:end]):
                starts.append(_name(label, i))
        if starts:
            rules.append(f"s{label} ::= {' | '.join(starts)}")
            roots.append(f"{_quote(f'[{label}] ')} s{label}")
    return "\n".join([f"root ::= {' | '.join(roots)}", *rules])


def parse(reply: str, sentences: Sequence[str]) -> Span | None:
    """Where the words of `reply` stand (the first place, where they stand twice); None for `none`.

    Raises ValueError for a reply that the grammar would not have let through.
    """
    if reply.strip() == NONE:
        return None
    match = _REPLY.fullmatch(reply.strip())
    if match is None or not 1 <= int(match[1]) <= len(sentences):
        raise ValueError(f"not a reply over this evidence: {reply!r}")
    sentence = sentences[int(match[1]) - 1]
    pattern = r"\s+".join(regex.escape(word) for word in match[2].split())
    found = regex.search(pattern, sentence)
    if found is None:
        raise ValueError(f"not a reply over this evidence: {reply!r}")
    return Span(int(match[1]), found.start(), found.end())


def _rule(label: int, i: int, sentence: str, spans: Sequence[tuple[int, int]]) -> str:
    start, end = spans[i]
    word = sentence[start:end]
    body = _quote(word)
    if i + 1 < len(spans):
        gap = " " if spans[i + 1][0] > end else ""
        rest = f"{_quote(gap)} {_name(label, i + 1)}" if gap else _name(label, i + 1)
        body += f" ({rest})?" if _can_bound(word) else f" {rest}"
    return f"{_name(label, i)} ::= {body}"


def _can_bound(word: str) -> bool:
    """Whether an answer may begin or end with `word`: a lone mark is no end of an answer."""
    return regex.search(r"[\w\p{Sc}%]", word) is not None


def _name(label: int, i: int) -> str:
    return f"w{label}-{i}"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
