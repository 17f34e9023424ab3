"""Whether a sentence that a model wrote may stand for the quotations it cites.

The rule of `rag.verify` holds here too: every number, date, name and quotation stands in a cited span. A sentence of a
model's own can go wrong in more ways than a quotation can, so more is asked of it: its words are those of the spans and
of the question, it negates what they negate, names and figures keep their order (`rag.swaps`), and no figure or date of
the quotation is left out, nor much of the rest. So a verb that is not the source's is quoted over, even a right one.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from rag import values, wording
from rag.compose import unmarked
from rag.cues import STOPWORDS
from rag.lexicon import ORDINARY
from rag.swaps import swapped
from rag.types import Citation
from rag.words import stem, stems

LONGEST = 400  # characters
# Words that add nothing: who says it, how one thing hangs together with another, verbs that need a noun to mean much.
_NEUTRAL = """
    add also announce call cause due get give have include make mention note put receive report state take therefore
    thus well
"""
NEUTRAL = frozenset(map(stem, _NEUTRAL.split()))
NEGATIONS = wording.NOT | {"nobody", "nothing", "nowhere"}
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
    if all(swapped(words, span) for span in spans):
        found += swapped(words, spans[0])
    negated = [_negates(span) for span in spans]
    if not any(negated) if _negates(words) else all(negated):
        found.append("not")
    content = _content(text)
    found += [word for word in content if word not in held | asked | NEUTRAL] if content else ["nothing said"]
    return found


def lost(words: str, told: str, answer: str = "") -> list[str]:
    """What `words` leave out: the `answer`, where there is one; else figures, dates, or the gist, of `told`."""
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
    return not NEGATIONS.isdisjoint(wording.tokens(text))


def _content(text: str) -> list[str]:
    """The stems of the words that carry meaning; those of figures and dates, which are compared by value, aside."""
    valued = {offset for value in values.find(text) for offset in range(value.start, value.end)}
    return [
        stem(match[0])
        for match in regex.finditer(r"[\p{L}\p{N}]+", text)
        if match.start() not in valued and match[0].lower() not in STOPWORDS | ORDINARY
    ]
