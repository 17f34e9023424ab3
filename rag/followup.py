"""A follow-up made standalone: pronouns, ellipsis ("And SoftBank?"), corrections ("I meant Nvidia").

Rules over the last turns, no model: what the question becomes is shown to the user, so it must be
predictable. A question that stands by itself is never touched.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from rag import values
from rag.cue_words import MEASURED, MONEY, OFFICE, WHY
from rag.cues import STOPWORDS
from rag.question import understand
from rag.referents import NOUN_PHRASE, Turn, named, referent

__all__ = ["Turn", "standalone"]

_IGNORE = regex.IGNORECASE
_PERSON = r"he|him|his|she|her|hers"
_KINDS_OF_THING = (
    r"company|firm|group|organi[sz]ation|agency|club|team|bank|person|man|woman|drug|product|deal|place|city|country"
)
_THING = rf"it|its|they|them|their|theirs|(?:this|that) (?:{_KINDS_OF_THING})|the (?:company|firm|man|woman)"
_PRONOUN = regex.compile(rf"\b(?P<person>{_PERSON})\b|\b(?P<thing>{_THING})\b", _IGNORE)
_DEICTIC = regex.compile(
    r"\b(?:that|this|those|these|there|then|before|after(?:wards)?|first|else|one|ones)\b", _IGNORE
)
_POSSESSIVE = frozenset({"his", "its", "their", "theirs", "hers"})
_CHANGE = regex.compile(
    r"^\s*(?:(?:a )?(?:different|new|other|another) (?:topic|subject|question)|something else|next(?: question)?"
    r"|changing (?:the )?(?:topic|subject)|by the way|on another note)\s*[:.,;!–—-]+\s*",
    _IGNORE,
)
_OPENER = regex.compile(r"^\s*(?:(?:ok(?:ay)?|so|and|but|then|or|also|well|thanks|thank you|now)\b[,.!]?\s*)+", _IGNORE)
_ABOUT = regex.compile(r"^\s*(?:what|how) about\s+|^\s*what of\s+", _IGNORE)
_SORRY = r"(?:no|nope|sorry|oops|wait|actually|pardon|my mistake|correction)\b[,.:;!]?\s*"
_CORRECTION = regex.compile(
    rf"^\s*(?:{_SORRY})*(?:i (?:meant|mean|was (?:asking|talking) about)\b|not [^,]+,\s*(?:but\b)?)\s*"
    rf"|^\s*(?:{_SORRY})+(?=[\p{{Lu}}\p{{N}}$€£]|the\b)",
    _IGNORE,
)
_PREPOSITION = (
    r"(?:by|for|with|to|from|in|on|at|of|over|under|until|since|between|among|into|about|during|before|after|without)"
)
_WH = r"(?:who|whom|whose|when|where|why|which|what|how(?: (?:much|many|long|often|far|old|soon|quickly))?)"
_WH_FRAGMENT = regex.compile(
    rf"^(?:{_PREPOSITION}\s+{_WH}(?:\s+[\w-]+){{0,3}}|{_WH}|how (?:many|much)\s+[\w-]+|(?:which|what)\s+[\w-]+)$",
    _IGNORE,
)
_AUXILIARY = regex.compile(
    r"\b(?:did|does|do|was|were|is|are|will|would|has|have|had|can|could|should|may|might)\b", _IGNORE
)
_WH_START = regex.compile(rf"^(?:{_PREPOSITION}\s+)?{_WH}\b", _IGNORE)
_LEADING_PREPOSITION = regex.compile(rf"^({_PREPOSITION})\s+", _IGNORE)
_CONVERTED = regex.compile(
    r"^(?:how much|what)\s+(?:is|was|would)\s+(?:that|it|this)(?:\s+be)?\s+(in\s+[\p{L}$€£ ]+)$", _IGNORE
)
_INSIDE = regex.compile(rf"\s{_PREPOSITION}\s+it\W*$", _IGNORE)
_IN_ALL = regex.compile(r"\b(?:in (?:total|all|sum)|overall|altogether|(?:whole|entire|total)\s+\w+)\b", _IGNORE)
_WHO_DID = regex.compile(
    rf"^who\s+(?!(?:is|was|are|were|else)\b)(?:(?!(?!to\b){_PREPOSITION}\b)[\w-]+\s+){{1,3}}?(?=(?:the|an?|its|their)\s)",
    _IGNORE,
)
_ATTRIBUTE = regex.compile(
    rf"the\s+(?:[\w'’-]+\s+){{0,3}}?(?:{MONEY}|{MEASURED}|{OFFICE}|{WHY}|dates?|days?|years?|deadline|names?|title|address|place"
    r"|location|author|numbers?|results?|outcome|winner|headquarters|purpose)(?!\s+(?:[\w-]+)$)\b",
    _IGNORE,
)
_ANOTHER = regex.compile(r"^the ([\w-]+) ones?$", _IGNORE)


def standalone(asked: str, turns: Sequence[Turn]) -> str:
    """`asked` as a question that needs no history; `asked` itself where it needs none."""
    if not turns:
        return asked
    text = " ".join(asked.split())
    changed = _CHANGE.sub("", text)
    if changed != text:
        return _sentence(_resolved(changed, turns)) if _PRONOUN.search(changed) else _sentence(changed)
    fragment = _fragment(text)
    if fragment:
        return _sentence(_merged(fragment, turns[-1]))
    bare = _OPENER.sub("", text)
    converted = _CONVERTED.match(bare.rstrip("?!. "))
    if converted and not _IN_ALL.search(bare):
        return _sentence(f"{turns[-1].question.rstrip('?!. ')} {converted[1]}")
    if _PRONOUN.search(bare):
        inside = _INSIDE.search(bare)
        if inside and _event(turns):
            return _sentence(_regarding(_resolved(bare[: inside.start()], turns) + inside[0], turns[-1]))
        resolved = _resolved(bare, turns)
        return _sentence(resolved if resolved != bare else _regarding(bare, turns[-1]))
    return _sentence(_regarding(bare, turns[-1])) if _leans(bare) else asked


def _fragment(text: str) -> str:
    """What is new in an elliptic follow-up or a correction; "" where `text` is a sentence of its own."""
    opened = _OPENER.sub("", text)
    for marked, rest in ((text, _CORRECTION.sub("", text, count=1)), (opened, _ABOUT.sub("", opened, count=1))):
        if rest != marked and not _is_sentence(rest):
            return rest.rstrip("?!. ")
    if not _is_sentence(opened) and (opened != text or len(opened.split()) <= 4):
        return opened.rstrip("?!. ")
    return ""


def _is_sentence(text: str) -> bool:
    """Whether `text` is more than a fragment: it has an auxiliary, asks with a verb of its own, or is long."""
    bare = text.rstrip("?!. ")
    if _WH_FRAGMENT.match(bare):
        return False
    return bool(_AUXILIARY.search(bare) or _WH_START.match(bare)) or len(bare.split()) > 7


def _leans(text: str) -> bool:
    """Whether a question names nothing and points back, or says too little to be understood alone."""
    if values.names(text) or not _WH_START.match(text) or _IN_ALL.search(text):
        return False
    question = understand(text)
    vague = 2 if text.lower().startswith("who") else 1
    return len(question.terms) <= vague or (_DEICTIC.search(text) is not None and len(question.terms) <= 4)


def _regarding(text: str, last: Turn) -> str:
    """`text` behind the last question, which says what it is about; of several those are kept that frame them."""
    asked = _sentence(last.question).split("? ")
    before = " ".join(_sentence(part) for part in dict.fromkeys((asked[0], asked[-1])))
    return f"{before} {_sentence(text)}"


def _merged(fragment: str, last: Turn) -> str:
    """The last question with `fragment` in the place that it fits."""
    previous = last.question.rstrip("?!. ")
    if _WH_FRAGMENT.match(fragment):
        auxiliary = None if "? " in previous else _AUXILIARY.search(previous)
        return f"{fragment} {previous[auxiliary.start() :]}" if auxiliary else _regarding(fragment, last)
    other = _ANOTHER.match(fragment)
    if other:
        return _another(previous, other[1])
    bare = _LEADING_PREPOSITION.sub("", fragment)
    kind = values.kind_of(bare)
    named_thing = regex.match(r"the\s+\p{L}+ \p{L}", bare, _IGNORE) and kind != "name"
    if kind not in ("name", "text") and not named_thing:
        return _revalued(previous, fragment, bare, kind)
    if bare != fragment:
        return _relocated(previous, fragment)
    known = named(previous)
    capital = bare[:1].isupper() and bare.split()[0].lower() not in STOPWORDS
    described = regex.match(r"the\b", bare, _IGNORE) and not _ATTRIBUTE.match(bare) and not _WHO_DID.match(previous)
    if kind == "name" or capital or described:
        return _renamed(previous, regex.sub(r"['’]s$", "", bare), known)
    if regex.match(r"(?:the|its|their|his|her)\b", bare, _IGNORE):
        doer = _WHO_DID.match(previous)
        return f"{doer[0]}{bare}" if doer else _about(bare, last, previous[slice(*known[0])] if known else "")
    return _reworded(previous, bare)


def _revalued(previous: str, fragment: str, bare: str, kind: str) -> str:
    """`previous` with its value of the same kind replaced, or the fragment added."""
    for value in values.find(previous):
        if value.kind == kind:
            return previous[: value.start] + bare + previous[value.end :]
    return f"{previous} {fragment}"


def _relocated(previous: str, fragment: str) -> str:
    """`previous` with its last prepositional phrase replaced: the one with the same preposition, where there is one."""
    own = fragment.split()[0].lower()
    phrases = list(regex.finditer(rf"\b({_PREPOSITION})\s+(?=[^?]*$)", previous, _IGNORE))
    phrases = [phrase for phrase in phrases if not _AUXILIARY.search(previous[phrase.end() :]) and phrase.start() > 0]
    if not phrases:
        return f"{previous} {fragment}"
    same = [phrase for phrase in phrases if phrase[1].lower() == own]
    return previous[: (same or phrases)[-1 if same else 0].start()] + fragment


def _renamed(previous: str, name: str, spots: Sequence[tuple[int, int]]) -> str:
    """`previous` with its first name replaced, or, where it names nothing, its first noun phrase."""
    if spots:
        start, end = spots[0]
        owned = "’s" if regex.search(r"['’]s$", previous[start:end]) else ""
        before = previous[:start]
        if regex.match(r"the\b", name, _IGNORE):
            before = regex.sub(r"\b(?:the|an?)\s+$", "", before, flags=_IGNORE)
        return before + name + owned + previous[end:]
    phrase = NOUN_PHRASE.search(previous)
    return f"{previous[: phrase.start()]}{name}{previous[phrase.end() :]}" if phrase else f"{previous} for {name}"


def _another(previous: str, which: str) -> str:
    """`previous` asked of the previous, next, other ... thing of the same sort."""
    spots = list(regex.finditer(r"(?:\bthe|['’]s)\s+", previous))
    return (
        f"{previous[: spots[-1].end()]}{which} {previous[spots[-1].end() :]}"
        if spots
        else f"{previous}, the {which} one"
    )


def _about(phrase: str, last: Turn, name: str) -> str:
    """A question for another attribute of what the last one was about."""
    noun = regex.sub(r"^(?:its|their|his|her)\b", "the", phrase, flags=_IGNORE)
    head = "Who is" if regex.match(r"\s*who\b", last.question, _IGNORE) else "What is"
    return f"{head} {noun} of {name}" if name and name.lower() not in noun.lower() else f"{head} {noun}"


def _reworded(previous: str, word: str) -> str:
    """`previous` with its last content word replaced; a longer fragment is added to it."""
    content = [match for match in regex.finditer(r"[\w-]+", previous) if match[0].lower() not in STOPWORDS]
    if not content or len(word.split()) > 3:
        return f"{previous}, {word}"
    return previous[: content[-1].start()] + word + previous[content[-1].end() :]


def _event(turns: Sequence[Turn]) -> bool:
    """Whether "in it" after `turns` means what happened, since the last question speaks of no thing."""
    return referent(turns[-1:], "it") in ("", referent(turns[-1:], "its"))


def _resolved(asked: str, turns: Sequence[Turn]) -> str:
    """`asked` with each pronoun replaced by what it stands for, where that is known."""
    people = referent(turns, "he") if regex.search(rf"\b(?:{_PERSON})\b", asked, _IGNORE) else ""

    def named(match: regex.Match[str]) -> str:
        word = match[0].lower()
        meant = people if match["person"] is not None else referent(turns, word, besides=people)
        if not meant or meant.lower() in asked.lower():
            return match[0]
        own = word in _POSSESSIVE or (word == "her" and regex.match(r"\s+\w", asked[match.end() :]) is not None)
        return f"{meant}’s" if own else meant

    return _PRONOUN.sub(named, asked)


def _sentence(text: str) -> str:
    text = " ".join(text.split()).rstrip("?!. ")
    return f"{text[:1].upper()}{text[1:]}?"
