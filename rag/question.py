"""What a question asks for: the kinds of answer that would do, and the terms it turns on.

Rules over English question words; a question that no rule knows asks for any words. The answer
types follow the coarse classes of Li and Roth (2002), "Learning question classifiers".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import regex

from rag import answer_types, values
from rag.answer_types import NUMERIC
from rag.cues import CARRIERS, POLITE, RULES, STOPWORDS

Shape = Literal["span", "statement", "list", "yes_no"]

_TERM = regex.compile(r"[\p{L}\p{N}](?:[\p{L}\p{N}'’.&-]*[\p{L}\p{N}])?")
_SLOPPY = regex.compile(r"\b(who|what|when|where|how)s\b", regex.IGNORECASE)
_SHORTENED = r"\b(?:Mrs?|Ms|Dr|Prof|Gen|Col|Capt|Lt|Sgt|Sen|Rep|Gov|Rev|Hon|Sts?|Mt|Ft|Nos?|vs|\p{Lu})\."
_SENTENCES = regex.compile(rf"(?<=[.!?])(?<!{_SHORTENED})[\"”’)]*\s+(?=[\p{{Lu}}\"“(])")
_AFTER_COLON = regex.compile(
    r":\s+((?:who|what|when|where|which|how|why|whose|whom|did|does|is|are|was|were)\b[^:]*)$", regex.I
)
_ACCORDING = regex.compile(r"\b(?:according to|as reported by|in the words of)\s+(?:the\s+)?", regex.IGNORECASE)
_DEFINED = regex.compile(
    r"^\W*(?i:who|what)(?:['’]s| is| was| are| were)(?: (?!I\b|C[EFTO]O\b)\p{Lu}[\p{L}\p{N}.-]*){1,4}\W*$"
)
# Asked behind the question proper; every answer tells it.
_BESIDES = regex.compile(
    r"(?:and )?(?:who|which (?:of the )?(?:sources?|articles?|reports?)) (?:says?|said|reports?) (?:what|so)\W*$"
    r"|(?:do|did) (?:they|(?:all )?(?:the )?(?:sources|articles|reports)) (?:all )?(?:dis)?agree\W*$",
    regex.IGNORECASE,
)
_ALL = regex.compile(r"\b(?:list|name|give) (?:me )?(?:all|every|each|both|them)\b", regex.IGNORECASE)
# A number that counts nothing.
_IDENTIFIER = regex.compile(
    r"\b(?:registry|registration|serial|phone|telephone|account|case|file|docket|flight|licen[cs]e|model|part|order|patent"
    r"|plate) (?:numbers?|no\b|codes?)",
    regex.IGNORECASE,
)
_ENOUGH = 2  # words that tell what is asked, without what stands before
_VALUE_AT, _WORDS_AT = 0.1, 0.25  # chances from which a type of answer is thought of
_NUMERIC_AT = 0.8  # from which an open question is none
_ASKING = {
    "money": "How much",
    "percent": "What percentage",
    "date": "When",
    "duration": "How long",
    "quantity": "How much",
    "count": "How many",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it will be answered.

    `text` stands by itself: the last question in it is the one to answer. `kinds` are the value kinds an answer may
    have (rag.values.Kind), empty means any words. `terms` are its content words, in order. `check` is the value that a
    yes-or-no question asks to confirm ("Did it cost $5 million?"), "" for any other; `text` then asks for that value.
    `attributed` is the source or speaker that the question names ("according to the Courier"), or "".
    `ruled` are those of `kinds` that a rule asks for, the rest being likely by rag.answer_types; `types` are the
    probabilities of its TYPES, empty where they are not known.
    """

    text: str
    shape: Shape
    kinds: frozenset[str]
    terms: tuple[str, ...]
    check: str = ""
    attributed: str = ""
    ruled: frozenset[str] = frozenset()
    types: tuple[float, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the answer is made of statements instead of one span."""
        return self.shape != "span"

    @property
    def worded(self) -> bool:
        """Whether no rule asks for a kind of value, so that any words may answer."""
        return self.shape == "span" and not self.ruled


def understand(text: str) -> Question:
    """Classify a standalone question."""
    bare = _SLOPPY.sub(lambda match: f"{match[1]}'s", POLITE.sub("", _asking(" ".join(text.split())))) or text
    if bare[-1:].isalnum():  # without its mark a question with many names looks like a heading
        bare += "?"
    before, last = _turns(bare)
    bare = before + last
    shape, ruled = _classified(last)
    attributed = _attributed(bare)
    checked = _checked(last) if shape == "yes_no" else None
    if checked is not None:
        asked, value, kind = checked
        own = frozenset({kind})
        return Question(before + asked, "span", own, terms(before + asked), value, attributed, own)
    if shape == "span" and _ALL.search(text):
        shape, ruled = "list", frozenset()
    types = answer_types.likely(last, shape, ruled)
    shape, kinds = _typed(last, shape, ruled, types)
    return Question(bare, shape, kinds, terms(bare), "", attributed, ruled, tuple(types.values()))


def classified(text: str) -> tuple[Shape, frozenset[str]]:
    """What the rules make of a question that stands by itself."""
    return _classified(_turns(POLITE.sub("", text))[1])


def _typed(text: str, shape: Shape, ruled: frozenset[str], types: Mapping[str, float]) -> tuple[Shape, frozenset[str]]:
    """The class by rule, widened by what else is likely; a value is asked for where words are hardly likely."""
    likely = frozenset(
        kind for kind, chance in types.items() if chance >= (_VALUE_AT if kind in NUMERIC else _WORDS_AT)
    )
    if shape in ("statement", "list") and sum(types[kind] for kind in NUMERIC) >= _NUMERIC_AT:
        return "span", likely & NUMERIC
    if shape != "span" or not (ruled or likely & NUMERIC) or _IDENTIFIER.search(text):
        return shape, ruled
    return shape, ruled | likely


def _turns(text: str) -> tuple[str, str]:
    """`text` cut before the last of its questions: those before say what it is about (rag.followup)."""
    ends = [match.end() for match in _SENTENCES.finditer(text) if text[match.start() - 1] == "?"]
    if ends and _BESIDES.match(text, ends[-1]):
        return _turns(text[: ends[-1]].rstrip())
    return (text[: ends[-1]], text[ends[-1] :]) if ends else ("", text)


def _asking(text: str) -> str:
    """The part of `text` that asks, where only one part does: what stands around it may be an order or a story."""
    parts = [part.strip() for part in _SENTENCES.split(text) if part.strip()]
    asking = [part for part in parts if part.endswith("?")]
    chosen = asking[0] if len(asking) == 1 and len(terms(asking[0])) >= _ENOUGH else text
    behind_colon = _AFTER_COLON.search(chosen)
    return behind_colon[1] if behind_colon else chosen


def terms(text: str) -> tuple[str, ...]:
    """The content words of `text`, each once, possessives cut, in order."""
    found = (regex.sub(r"['’]s?$", "", word) for word in _TERM.findall(text))
    kept = [word for word in found if word.lower() not in STOPWORDS and word]
    lean = [word for word in kept if word.lower() not in CARRIERS] or kept
    return tuple(dict.fromkeys(lean))


def _classified(text: str) -> tuple[Shape, frozenset[str]]:
    if _DEFINED.match(text):
        return "statement", frozenset()
    lowered = text.lower().replace("’", "'")
    for pattern, shape, kinds in RULES:
        if pattern.search(lowered):
            return shape, kinds  # type: ignore[return-value]
    return "span", frozenset()


def _checked(text: str) -> tuple[str, str, str] | None:
    """The question that asks for the value a yes-or-no question holds, that value, and its kind."""
    found = [value for value in values.find(text) if value.kind in _ASKING and value.start]
    if len(found) != 1:
        return None
    (value,) = found
    rest = " ".join((text[: value.start] + text[value.end :]).split())
    return f"{_ASKING[value.kind]} {rest[:1].lower()}{rest[1:]}", value.text, value.kind


def _attributed(text: str) -> str:
    match = _ACCORDING.search(text)
    if match is None:
        return ""
    named = [name for name in values.names(text) if name.start >= match.end() - 1]
    return named[0].text if named and named[0].start <= match.end() + 1 else ""
