"""What a question asks for: the kinds of answer that would do, and the terms it turns on.

Rules over English question words; a question that no rule knows asks for any words. The answer
types follow the coarse classes of Li and Roth (2002), "Learning question classifiers".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import regex

from rag import values
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
    """

    text: str
    shape: Shape
    kinds: frozenset[str]
    terms: tuple[str, ...]
    check: str = ""
    attributed: str = ""

    @property
    def open(self) -> bool:
        """Whether the answer is made of statements instead of one span."""
        return self.shape != "span"


def understand(text: str) -> Question:
    """Classify a standalone question."""
    bare = _SLOPPY.sub(lambda match: f"{match[1]}'s", POLITE.sub("", _asking(" ".join(text.split())))) or text
    if bare[-1:].isalnum():  # without its mark a question with many names looks like a heading
        bare += "?"
    before, last = _turns(bare)
    bare = before + last
    shape, kinds = _classified(last)
    attributed = _attributed(bare)
    checked = _checked(last) if shape == "yes_no" else None
    if checked is not None:
        asked, value, kind = checked
        return Question(before + asked, "span", frozenset({kind}), terms(before + asked), value, attributed)
    return Question(bare, shape, kinds, terms(bare), attributed=attributed)


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
    chosen = asking[0] if len(asking) == 1 and terms(asking[0]) else text
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
