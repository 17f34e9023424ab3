"""When two answers mean the same: the one place that knows. Pure: no model, no files, offsets are characters.

Two exact amounts are the same when they are equal; an amount that is hedged ("about", "more than") or a range agrees
with what its wording allows. Dates agree at the precision of the coarser. Names agree through titles, company
suffixes, initials, a lone surname, and abbreviations that the texts introduce. All else is compared as SQuAD does
(Rajpurkar et al. 2016): lower case, no punctuation, no articles.

`same` is reflexive and symmetric. On exact amounts with a unit it is also transitive; approximations, coarse dates
and short names are not ("2026" agrees with two different days).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rag import aliases, amounts, dates, wording
from rag import names as naming
from rag.amounts import Kind, Value
from rag.units import BRIDGES, FAMILIES

__all__ = ["Kind", "Value", "contains", "find", "kind_of", "names", "normalize", "same", "supported"]

_QUOTED = re.compile(r"[“\"«](?P<words>[^“”\"«»\n]{2,400})[”\"»]")
_EQUIVALENT = re.compile(r"\s?[(\[,]\s?(?:or\s|i\.e\.\s|=\s?)?(?:[A-Za-z~≈]+\s){0,2}\Z")
_PAIRED: tuple[set[str], ...] = ({"money", "count"}, {"quantity", "count"}, {"duration", "count"})


def find(text: str) -> list[Value]:
    """Every amount, date and ordinal in `text`, in order and without overlap (the longest wins); for names, `names`.

    `text[value.start:value.end] == value.text`. Words like "about" stand outside the span and widen `low`, `high`.
    """
    return [value for value in _all(text) if value.text.lower() != "one"]


def _all(text: str) -> tuple[Value, ...]:
    """`find`, and "one" by itself, which in running text is a pronoun more often than a number."""
    return _cached(text) if len(text) <= 2000 else _search(text)


def _search(text: str) -> tuple[Value, ...]:
    found = dates.find(text) + amounts.find(text)
    found.sort(key=lambda value: (value.start - value.end, value.kind != "date", value.start))
    kept: list[Value] = []
    taken: set[int] = set()
    for value in found:
        if taken.isdisjoint((value.start, value.end - 1)):
            kept.append(value)
            taken.update(range(value.start, value.end))
    return tuple(sorted(kept, key=lambda value: value.start))


_cached = lru_cache(maxsize=4096)(_search)


def names(text: str) -> list[Value]:
    """The names of people, companies, places and products in `text`, in order, told by their capitals."""
    taken = [(value.start, value.end) for value in _all(text) if value.kind != "ordinal"]
    return [Value("name", a, b, text[a:b], " ".join(aliases.core(text[a:b]))) for a, b in naming.spans(text, taken)]


def kind_of(text: str) -> Kind:
    """What a short answer is: the kind of its first value where values make it up, else a name or text."""
    groups, rest = _parts(text)
    if groups:
        firm: list[Kind] = [group[0].kind for group in groups if group[0].kind != "ordinal"]
        if firm and len(rest) <= 4:
            return firm[0]
        if not firm and not rest:
            return "ordinal"
    return "name" if aliases.proper(text) and not wording.yes_no(text) else "text"


def normalize(text: str, *, context: Sequence[str] = ()) -> str:
    """A canonical key that a person can read: equal keys mean the same.

    `same` is wider: hedges, precision, lone surnames.
    """
    groups, rest = _parts(text)
    if groups and len(rest) <= 4 and not _tells_apart(text, groups):
        return " + ".join(group[0].normalized for group in groups)
    if aliases.proper(text):
        found = aliases.key(text, aliases.abbreviations(tuple(context)))
        if found:
            return " ".join(found)
    return " ".join(wording.tokens(text)) or wording.fold(text)


def same(a: str, b: str, *, context: Sequence[str] = ()) -> bool:
    """Whether two answers to one question mean the same.

    `context` are texts that may introduce abbreviations ("Amazon Web Services (AWS)") and full names.
    """
    if normalize(a, context=context) == normalize(b, context=context):
        return True
    (first, rest_a), (second, rest_b) = _parts(a), _parts(b)
    if first or second:
        return _same_values(a, b, first, second, rest_a, rest_b, context)
    if wording.yes_no(a) or wording.yes_no(b):
        return wording.yes_no(a) == wording.yes_no(b) and min(len(wording.tokens(a)), len(wording.tokens(b))) == 1
    listed_a, listed_b = wording.items(a), wording.items(b)
    if len(listed_a) > 1 and len(listed_b) > 1:
        return len(listed_a) == len(listed_b) and _matched(listed_a, listed_b, context)
    if aliases.same(a, b, context):
        return True
    return not (aliases.proper(a) and aliases.proper(b)) and wording.same_text(a, b)


def contains(text: str, wanted: str, *, context: Sequence[str] = ()) -> bool:
    """Whether `text` says `wanted` by value: "$110B" stands in "The round was 110,000,000,000 dollars"."""
    groups, rest = _parts(wanted)
    if len(groups) > 1 and _verbatim(text, wanted):
        return True
    if groups and len(rest) <= 4:
        held = _all(text)
        if not all(any(_agree(value, other) for value in group for other in held) for group in groups):
            return False
        known = (wording.tokens(text), names(text), (*context, text))
        return all(_named(name.text, *known) for name in names(wanted))
    if (answer := wording.yes_no(wanted)) and len(wording.tokens(wanted)) == 1:
        return wording.yes_no(text) == answer
    listed = wording.items(wanted)
    if len(listed) > 1 and not wording.run(wording.tokens(text), wording.tokens(wanted), 1.0):
        return all(contains(text, item, context=context) for item in listed)
    if aliases.proper(wanted):
        return _named(wanted, wording.tokens(text), names(text), (*context, text))
    return wording.run(wording.tokens(text), wording.tokens(wanted), 1.5)


def supported(statement: str, spans: Sequence[str], *, context: Sequence[str] = ()) -> list[str]:
    """The amounts, dates, names and quotations of `statement` that stand in none of `spans`: empty when verified.

    A statement may say less than a span (2026 for 27 Feb 2026, "more than $100 billion" for $110 billion), never more.
    """
    held = [value for span in spans for value in _all(span)]
    missing = [value.text for value in find(statement) if not any(_bears_out(other, value) for other in held)]
    known = [(wording.tokens(span), names(span), (*context, span)) for span in spans]
    missing += [name.text for name in names(statement) if not any(_named(name.text, *one) for one in known)]
    flat = [" ".join(wording.plain_words(span)) for span in spans]
    for match in _QUOTED.finditer(statement):
        quote = " ".join(wording.plain_words(match["words"]))
        if not any(f" {quote} " in f" {span} " for span in flat):
            missing.append(match[0])
    return missing


# Amounts and dates.


@lru_cache(maxsize=8192)
def _parts(text: str) -> tuple[tuple[tuple[Value, ...], ...], tuple[str, ...]]:
    """The values of an answer, each with what restates it in brackets, and the words that are left."""
    found = list(_all(text))
    if any(value.kind != "ordinal" for value in found) or len(wording.tokens(text)) > 1:
        covers = [value for value in found if (value.start, value.end) == (0, len(text.strip()))]
        found = covers or [value for value in found if value.kind != "ordinal" and not _pronoun(text, value)]
    groups: list[tuple[Value, ...]] = []
    for value in found:
        last = groups[-1][-1] if groups else None
        if last and text[last.end :].lstrip()[:1] in ("(", "[") and _EQUIVALENT.fullmatch(text[last.end : value.start]):
            groups[-1] += (value,)
        else:
            groups.append((value,))
    edges = [0, *(edge for value in found for edge in (value.start, value.end)), len(text)]
    rest = " ".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    return tuple(groups), tuple(word for word in wording.tokens(rest) if word not in wording.STOP)


def _pronoun(text: str, value: Value) -> bool:
    return value.text.lower() == "one" and len(wording.tokens(text)) > 2


def _agree(a: Value, b: Value) -> bool:
    if a.kind == "date" or b.kind == "date":
        return a.kind == b.kind and dates.agree(a.text, b.text)
    if a.kind != b.kind and {a.kind, b.kind} in _PAIRED:
        return _agree_bare(a, b)
    unit_a, _, rate_a = a.unit.partition("/")
    unit_b, _, rate_b = b.unit.partition("/")
    if (rate_a and rate_b and rate_a != rate_b) or (a.kind == "ordinal") != (b.kind == "ordinal"):
        return False
    if set(unit_a.split("|")) & set(unit_b.split("|")):
        return _overlap((a.low, a.high), (b.low, b.high), ".." in a.normalized and ".." in b.normalized, 1e-9)
    if {unit_a, unit_b} == {"celsius", "fahrenheit"}:
        one, other = (a, b) if unit_a == "celsius" else (b, a)
        return one.low * 1.8 + 31 <= other.high and other.low <= one.high * 1.8 + 33
    (low_a, high_a, base_a), (low_b, high_b, base_b) = _bridged(a, unit_a), _bridged(b, unit_b)
    return base_a == base_b and _overlap((low_a, high_a), (low_b, high_b), False, 0.025)


def _bridged(value: Value, unit: str) -> tuple[float, float, str]:
    factor, base = BRIDGES.get(unit, (1.0, unit))
    return value.low * factor, value.high * factor, base


def _overlap(a: tuple[float, float], b: tuple[float, float], ranges: bool, slack: float) -> bool:
    """Whether two intervals agree: half of the narrower is shared; two ranges must have the same ends."""
    allowed = slack * max(map(abs, a + b))
    if ranges:
        return abs(a[0] - b[0]) <= allowed and abs(a[1] - b[1]) <= allowed
    shared, narrower = min(a[1], b[1]) - max(a[0], b[0]), min(a[1] - a[0], b[1] - b[0])
    return shared >= narrower / 2 - allowed


def _agree_bare(a: Value, b: Value) -> bool:
    """A number without its unit: 7 for seven years; for money only from 1,000 on, where the number tells enough."""
    bare, full = (a, b) if a.kind == "count" else (b, a)
    if full.kind == "money":
        return min(bare.low, full.low) >= 1000 and _overlap((bare.low, bare.high), (full.low, full.high), False, 1e-9)
    factors = FAMILIES.get(full.unit.partition("/")[0], {})
    stated = [name for name in factors if full.normalized.partition("/")[0].endswith(f" {name}")]
    factor = float(max((factors[name] for name in stated), default=1))
    return _overlap((bare.low, bare.high), (full.low / factor, full.high / factor), False, 1e-9)


def _bears_out(source: Value, stated: Value) -> bool:
    """Whether a source that says `source` bears out `stated`: the figure that it gives is one that `stated` allows."""
    if stated.kind == "date":
        return source.kind == "date" and dates.implies(source.text, stated.text)
    if " >" in stated.normalized or " <" in stated.normalized:  # taken at its word: more is any amount more
        more = " >" in stated.normalized
        stated = replace(stated, low=stated.low if more else 0.0, high=stated.low * 1000 if more else stated.high)
    figure = next((value for value in _all(source.text) if value.kind == source.kind), source)
    return _agree(source, stated) and _agree(replace(figure, unit=source.unit), stated)


def _same_values(
    a: str,
    b: str,
    first: tuple[tuple[Value, ...], ...],
    second: tuple[tuple[Value, ...], ...],
    rest_a: tuple[str, ...],
    rest_b: tuple[str, ...],
    context: Sequence[str],
) -> bool:
    if len(first) != len(second) or not _paired(first, second):
        return False
    named_a, named_b = [name.text for name in names(a)], [name.text for name in names(b)]
    if named_a and named_b and not any(same(x, y, context=context) for x in named_a for y in named_b):
        return False
    telling = any(value.kind != "count" for group in (*first, *second) for value in group)
    if (min if telling else max)(len(rest_a), len(rest_b)) <= 4:
        return not ({*rest_a} & wording.NOT) ^ ({*rest_b} & wording.NOT)
    return wording.same_text(" ".join(rest_a), " ".join(rest_b))


def _paired(first: tuple[tuple[Value, ...], ...], second: tuple[tuple[Value, ...], ...]) -> bool:
    """Whether each group has a partner of its own that agrees with it (augmenting paths, so that order is free)."""
    if len(first) > 40:
        return all(any(_agree(x, y) for x in one for y in other) for one, other in zip(first, second, strict=True))
    partner: dict[int, int] = {}

    def place(n: int, tried: set[int]) -> bool:
        for m, other in enumerate(second):
            if m not in tried and any(_agree(x, y) for x in first[n] for y in other):
                tried.add(m)
                if m not in partner or place(partner[m], tried):
                    partner[m] = n
                    return True
        return False

    return all(place(n, set()) for n in range(len(first)))


def _tells_apart(text: str, groups: tuple[tuple[Value, ...], ...]) -> bool:
    """Whether a name or a negation beside the values belongs to the meaning: "$50 billion from Amazon"."""
    return bool(set(wording.tokens(text)) & wording.NOT or names(text))


# Names and text.


def _verbatim(text: str, wanted: str) -> bool:
    return re.search(rf"(?<![\w$€£.,]){re.escape(wording.fold(wanted))}(?![\w%])", wording.fold(text)) is not None


def _named(name: str, words: Sequence[str], found: Sequence[Value], context: Sequence[str]) -> bool:
    """Whether a text of these `words` and these names `found` speaks of `name`."""
    if not (name.isupper() and len(name) <= 3) and wording.run(words, wording.tokens(name), 1.0):  # "US" is not "us"
        return True
    return any(aliases.same(other, name, context) for other in dict.fromkeys(value.text for value in found))


def _matched(first: Sequence[str], second: Sequence[str], context: Sequence[str]) -> bool:
    left = list(second)
    for item in first:
        found = next((other for other in left if same(item, other, context=context)), None)
        if found is None:
            return False
        left.remove(found)
    return True
