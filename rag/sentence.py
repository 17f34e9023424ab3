"""Whether a sentence that a model wrote may stand for the quotations it cites.

The rule of `rag.verify` holds here too: every number, date, name and quotation stands in a cited span. A sentence of a
model's own can go wrong in more ways than a quotation can, so more is asked of it: its words are mostly those of the
spans, it negates what they negate, no word in capitals is new, and it leaves out no figure or date of the quotation
and little of the rest. What no such rule sees is who did what to whom, where both are named.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from rag import values, wording
from rag.compose import unmarked
from rag.cues import STOPWORDS
from rag.lexicon import ORDINARY
from rag.types import Citation
from rag.words import stem, stems

LONGEST = 400  # characters
FROM_SPANS = 0.6  # of a sentence's content words, so many stand in the spans or in the question
TOLD = 0.5  # of the quotation's content words, so many are said again

_REPLY = regex.compile(r"([^\[\]\n\r]*[^\[\]\s:;,])\s*((?:\[\d{1,4}(?:,\s?\d{1,4})*\][,\s]*)+)[.!]?")
_OUTER = regex.compile(r"\A(?:[-*•]\s+|Answer:\s*)|(?<=[^\p{Lu}.])[.!]\Z")
_ADDRESS = regex.compile(r"\S*(?:://|@|\w\.\p{L}{2})\S*")
_SINGLE = regex.compile(r"(?<!\w)['‘](?=\w)([^'‘’]+)['’](?!\w)")
_CAPITAL = regex.compile(r"(?<![\w'’-])\p{Lu}[\w'’&.-]*\w|(?<![\w'’-])\p{Lu}\b")
_MULTIPLES = frozenset(map(stem, ("one", "single", "twice", "thrice", "double", "triple", "quadruple", "halve")))


def checked(reply: str, question: str, citations: Sequence[Citation], told: str, answer: str = "") -> str | None:
    """The words of `reply`, without labels and full stop, where they may stand for `citations`; None otherwise.

    `reply` is `sentence [n][m]`; `told` is the statement that it stands for and `answer`, where there is one, the
    value that it has to give.
    """
    match = _REPLY.fullmatch(reply)
    if match is None or len(match[1]) > LONGEST:
        return None
    labels = {int(label) for label in regex.findall(r"\d+", match[2])}
    cited = [citation.quote for citation in citations if citation.label in labels]
    words = _OUTER.sub("", " ".join(match[1].split())).strip()
    if len(labels) != len(cited) or not words.isprintable() or faults(words, question, cited):
        return None
    return None if lost(words, told, answer) else words


def faults(words: str, question: str, spans: Sequence[str]) -> list[str]:
    """What of a written sentence the cited `spans` do not hold; empty for one that may be said."""
    text = f"{words}."  # with its full stop it is no heading, in which names are hard to tell
    found = values.supported(text, spans) + values.supported(_SINGLE.sub(r"“\1”", text), spans)
    held = {word for span in spans for word in stems(span)}
    asked = {stem(word) for word in regex.findall(r"\b\p{Ll}+", question)}
    flat = " ".join(wording.fold(span) for span in spans)
    found += [address for address in _ADDRESS.findall(words) if wording.fold(address).strip("(),;:\"'") not in flat]
    found += [word for word in _strangers(text, held) if stem(word) not in asked]
    found += [word for word in stems(words) if word in _MULTIPLES and word not in held and "1" not in held]
    negated = [_negates(span) for span in spans]
    if not any(negated) if _negates(words) else all(negated):
        found.append("not")
    telling = [word for word in _content(words) if word not in held | asked]
    if len(telling) > (1 - FROM_SPANS) * len(_content(words)) or not _content(words):
        found.append(" ".join(telling))
    return found


def lost(words: str, told: str, answer: str = "") -> list[str]:
    """What `words` should say and do not: the `answer`, where there is one, or the figures, dates and gist of `told`."""
    if answer:
        return [] if values.contains(words, answer) else [answer]
    bare = unmarked(told)
    gist, said = set(_content(bare)), set(stems(words))
    missing = [value.text for value in values.find(bare) if values.supported(value.text, [words])]
    return missing if len(gist & said) >= TOLD * len(gist) else [*missing, *sorted(gist - said)]


def _strangers(text: str, held: set[str]) -> list[str]:
    """Words in capitals that are no known names of the text, no ordinary openers, and not the spans' own."""
    named = {offset for name in values.names(text) for offset in range(name.start, name.end)}
    dated = {offset for value in values.find(text) for offset in range(value.start, value.end)}
    return [
        match[0]
        for match in _CAPITAL.finditer(text)
        if match.start() not in named | dated
        and match[0].lower() not in ORDINARY
        and not held.issuperset(stems(match[0]))
    ]


def _negates(text: str) -> bool:
    return not wording.NOT.isdisjoint(wording.tokens(text))


def _content(text: str) -> list[str]:
    """The stems of the words that carry meaning."""
    return [stem(word) for word in regex.findall(r"[\p{L}\p{N}]+", text) if word.lower() not in STOPWORDS]
