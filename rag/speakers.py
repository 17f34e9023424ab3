"""Who is quoted and whose something is, by the words that go with a name: a verb of saying, a possessive."""

from __future__ import annotations

from collections.abc import Sequence, Set

import regex

from rag import values
from rag.evidence import Candidate
from rag.question import Question
from rag.words import stem, stems

_SAID = (
    r"(?:sa(?:id|ys?|ying)|wr(?:ote|ites?)|t(?:old|ells?)|add(?:ed|s)|argue[ds]|warn(?:ed|s)|call(?:ed|s)|describe[ds]"
    r"|announce[ds]|state[ds]|note[ds]|explain(?:ed|s)|claim(?:ed|s)|post(?:ed|s)|insist(?:ed|s)|predict(?:ed|s)"
    r"|th(?:ought|inks?)|believe[ds]|admit(?:s|ted)|conclude[ds]|comment(?:ed|s)|repl(?:ied|ies)|report(?:ed|s)"
    r"|mention(?:ed|s)|remark(?:ed|s)|point(?:ed|s) out|promise[ds]|den(?:ied|ies)|confirm(?:ed|s)|reiterate[ds]"
    r"|suggest(?:ed|s)|hail(?:ed|s)|praise[ds]|thank(?:ed|s)|critici[sz]e[ds]|emphasi[sz]e[ds]|reaffirm(?:ed|s)"
    r"|expect(?:ed|s)|hope[ds]|plan(?:ned|s)|want(?:ed|s)|agree[ds]|propose[ds]|recommend(?:ed|s)|ask(?:ed|s))"
)
_ASKED = regex.compile(
    r"\bwhat (?:did|does|do|has|have|had) (.+?) (?:say|said|tell|told|write|written|argue|warn|warned|claim|comment)\b",
    regex.IGNORECASE,
)
_ASKED_WHO = regex.compile(
    rf"\b(?:who(?:m)?|(?:which|what) [\w-]+)\s+(?:(?:has|have|had|first|\w+ly)\s+)*{_SAID}\b", regex.IGNORECASE
)
_SOURCE = regex.compile(
    r"(?:it|they|he|she|we|you|everyone|anyone|people|(?:source|article|document|text|paper|page|file|author|writer)s?)",
    regex.IGNORECASE,
)
_WHOSE = regex.compile(r"\bwhose\b", regex.IGNORECASE)
_POSSESSIVE = regex.compile(r"\A['’](?:s\b|(?=\s))")
# NAME said; NAME, the head of it, has also said; the head of it, NAME, said.
_THEN_SAID = regex.compile(
    rf"\A(?:,[^,;.:“”\"]{{1,90}},|,(?=\s+{_SAID}\s+\p{{Ll}}))?"
    rf"(?:\s+(?:has|have|had|also|then|later|\w+ly))*\s+{_SAID}\b"
)
# said NAME; said the Lindt manager NAME; according to NAME.
_SAID_THEN = regex.compile(rf"\b(?:{_SAID}|[Aa]ccording to|[Ii]n the words of)\s+(?:[\w’'.-]+\s+){{0,4}}\Z")
_HE_SAID = regex.compile(
    rf"\A[“\"]?(?:he|she|they|it|the \w+)(?:\s+(?:has|have|had|also|then|later))*\s+{_SAID}\b", regex.I
)


def suited(question: str, text: str, start: int, end: int) -> float:
    """Whether what stands at `text[start:end]` is told in the way that is asked for.

    For who said something: 1 where a verb of saying goes with it, -1 where none does. For whose something is: 1 where
    it is a possessive. Else 0.
    """
    if _ASKED_WHO.search(question):
        return 1.0 if _says(text, start, end) else -1.0
    return float(bool(_WHOSE.search(question) and _POSSESSIVE.match(text[end:])))


def unheard(question: Question, found: Sequence[Candidate]) -> bool:
    """Whether the question asks what somebody said, and nothing found reports that, however much it tells of them.

    Who has no name ("the minister") has to be mentioned at least.
    """
    asked = _ASKED.search(question.text)
    if asked is None:
        return False
    own = [name for name in values.names(question.text) if asked.start(1) <= name.start < asked.end(1)]
    names = [set(stems(name.text)) for name in own]
    if names:
        return not any(_heard(candidate, name) for candidate in found for name in names)
    role = asked[1].split()[-1]
    told = (f"{candidate.around} {candidate.sentence.text}" for candidate in found)
    return not _SOURCE.fullmatch(role) and not any(stem(role) in stems(text) for text in told)


def _heard(candidate: Candidate, name: Set[str]) -> bool:
    """Whether the sentence reports what `name`, stems of a name, said; or whoever the sentence before is about."""
    text = candidate.sentence.text
    told = (value for value in values.names(text) if name & set(stems(value.text)))
    if any(_says(text, value.start, value.end) for value in told):
        return True
    return bool(name & set(stems(candidate.before)) and _HE_SAID.match(text))


def _says(text: str, start: int, end: int) -> bool:
    return bool(_THEN_SAID.match(text[end:]) or _SAID_THEN.search(text[:start]))
