"""Passages: runs of whole sentences, as long as the embedder reads well and never longer than it reads at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.types import Document, Passage, Sentence

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never divided: a sentence, a heading, or a part of a sentence that is too long by itself."""

    start: int
    end: int
    tokens: int
    heading: bool


def split_passages(
    document: Document, sentences: Sequence[Sentence], count_tokens: CountTokens, target: int, limit: int
) -> list[Passage]:
    """The passages of `document` in order: `document.text[start:end] == text` for each.

    A passage is filled to about `target` tokens and never passes `limit`; it begins with the last sentence of the one
    before where that is in the same section; a heading stands with what it heads. Only a sentence that is longer
    than `limit` by itself is divided, at clauses, else at words.
    """
    units = _units(document.text, sentences, count_tokens, limit)
    spans = [(group[0].start, group[-1].end) for group in _groups(units, target, limit)]
    return [_passage(document, *span) for span in _held_to(spans, document.text, count_tokens, limit)]


def _passage(document: Document, start: int, end: int) -> Passage:
    id_ = f"{document.id}#{start}-{end}"
    return Passage(id_, document.id, start, end, document.text[start:end], document.page_at(start))


def _units(text: str, sentences: Sequence[Sentence], count_tokens: CountTokens, limit: int) -> list[_Unit]:
    """Tokens are counted without those that the model puts around every text."""
    around = count_tokens([""])[0]
    counts = count_tokens([sentence.text for sentence in sentences])
    units: list[_Unit] = []
    for sentence, count in zip(sentences, counts, strict=True):
        if count <= limit:
            units.append(_Unit(sentence.start, sentence.end, count - around, sentence.heading))
            continue
        parts = _held_to([(sentence.start, sentence.end)], text, count_tokens, limit)
        for (start, end), tokens in zip(parts, count_tokens([text[a:b] for a, b in parts]), strict=True):
            units.append(_Unit(start, end, tokens - around, False))
    return units


def _held_to(
    spans: Sequence[tuple[int, int]], text: str, count_tokens: CountTokens, limit: int
) -> list[tuple[int, int]]:
    """`spans`, those of more than `limit` tokens cut in two until none is left."""
    done: list[tuple[int, int]] = []
    waiting = list(spans)
    counts = count_tokens([text[start:end] for start, end in waiting])
    for (start, end), count in zip(waiting, counts, strict=True):
        if count <= limit or end - start < 2:
            done.append((start, end))
        else:
            done.extend(_held_to(_halves(text, start, end), text, count_tokens, limit))
    return done


def _halves(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut after the clause or word that ends nearest the middle, else in the very middle."""
    middle = (start + end) // 2
    quarter = (end - start) // 4
    for pattern in (r"[.!?;:。！？；]\s+|[.!?;。！？；](?=\w)", r",\s+|\s[—–-]\s|[，、]", r"\s+"):
        cuts = [found.end() for found in re.finditer(pattern, text[start:end]) if found.end() < end - start]
        cut = min(cuts, key=lambda at: abs(start + at - middle), default=None)
        if cut is not None and abs(start + cut - middle) <= quarter:
            return [span for span in (_stripped(text, start, start + cut), _stripped(text, start + cut, end)) if span]
    return [span for span in (_stripped(text, start, middle), _stripped(text, middle, end)) if span]


def _stripped(text: str, start: int, end: int) -> tuple[int, int] | None:
    found = text[start:end]
    lead = len(found) - len(found.lstrip())
    return (start + lead, start + len(found.rstrip())) if found.strip() else None


def _groups(units: Sequence[_Unit], target: int, limit: int) -> list[list[_Unit]]:
    groups: list[list[_Unit]] = []
    group: list[_Unit] = []
    fresh = 0  # units of `group` that are not overlap
    for unit, rest in zip(units, _rests(units), strict=True):
        size = sum(each.tokens for each in group)
        section = unit.heading and not (group and group[-1].heading) and size >= target // 3
        # The end of a section joins what it ends rather than make a passage of a sentence or two.
        full = size + unit.tokens > target and (rest > target // 2 or size + rest > (target + limit) // 2)
        if group and fresh and (section or full):
            group = _close(groups, group, unit, target, limit)
            fresh = sum(each.heading for each in group)
        group.append(unit)
        fresh += 1
    if fresh:
        groups.append(group)
    return groups


def _rests(units: Sequence[_Unit]) -> list[int]:
    """For each unit the tokens from it to the end of its section."""
    rests: list[int] = []
    for unit, after in zip(reversed(units), [None, *reversed(units)], strict=False):
        rests.append(unit.tokens + (rests[-1] if after and not after.heading else 0))
    return rests[::-1]


def _close(groups: list[list[_Unit]], group: list[_Unit], unit: _Unit, target: int, limit: int) -> list[_Unit]:
    """Puts `group` among `groups`, without the headings at its end; gives what the next one begins with."""
    room = limit - 2 - unit.tokens
    cut = len(group)
    while cut and group[cut - 1].heading:
        cut -= 1
    if sum(each.tokens for each in group[cut:]) > room:
        cut = len(group)
    body, headings = group[:cut], group[cut:]
    if body:
        groups.append(body)
    if headings or unit.heading or len(body) < 2:
        return headings
    last = body[-1]
    return [last] if last.tokens <= min(target // 2, room) else []
