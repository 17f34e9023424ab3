"""What a question asks for: the kinds of answer that would do, and the terms it turns on.

Rules over English question words; a question that no rule knows asks for any words. The answer
types follow the coarse classes of Li and Roth (2002), "Learning question classifiers".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import regex

Shape = Literal["span", "statement", "list", "yes_no"]

NUMERIC = frozenset({"money", "percent", "quantity", "count", "duration"})
ANYTHING: frozenset[str] = frozenset()

_MONEY = (
    r"money|funds?|funding|investments?|valuations?|valued|worth|prices?|priced|costs?|budget|fees?|revenues?|sales|turnover|profits?|"
    r"loss(?:es)?|salar(?:y|ies)|wages?|fines?|debts?|loans?|grants?|donations?|stakes?|damages?|compensation|payments?|dividends?|tax(?:es)?|"
    r"amount|sum|bill|bid|earnings|income|expenses?|spending|bonus|premiums?|rent"
)
_SPENDING = (
    r"invest(?:ed|s|ing)?|pay|paid|pays|spend|spent|spends|rais(?:e|ed|es|ing)|cost|costs|charge[ds]?|donate[ds]?|fund(?:ed|s)?|"
    r"earn(?:ed|s)?|owe[ds]?|lend|lent|borrow(?:ed)?|contribut(?:e|ed|es)|commit(?:ted|s)?|receive[ds]?|pledge[ds]?|offer(?:ed|s)?|"
    r"sell|sold|buy|bought|save[ds]?|lose|lost|made|make|worth|put\s+in|bid|claim(?:ed|s)?|award(?:ed|s)?|expect(?:ed)?|got|get|secure[ds]?"
)
_TIME_UNITS = r"seconds?|minutes?|hours?|days?|nights?|weeks?|months?|quarters?|years?|decades?"
_UNITS = (
    r"(?:kilo|mega|giga|tera|milli|centi)?(?:watts?|grams?|grammes?|met(?:er|re)s?|lit(?:er|re)s?|bytes?|hertz)|miles?|feet|foot|inch(?:es)?|"
    r"acres?|hectares?|tons?|tonnes?|pounds?|ounces?|gallons?|degrees?|knots?|mw|gw|kw|km|kg|mg|mph"
)
_NAMED = (
    r"compan(?:y|ies)|firms?|organi[sz]ations?|agenc(?:y|ies)|banks?|investors?|startups?|publications?|newspapers?|publishers?|universit(?:y|ies)|"
    r"countr(?:y|ies)|cit(?:y|ies)|towns?|states?|regions?|persons?|people|man|woman|players?|teams?|clubs?|authors?|"
    r"executives?|ministers?|officials?|presidents?|directors?|actors?|actress(?:es)?|singers?|artists?|names?|models?|products?|platforms?|brands?|"
    r"ships?|hospitals?|schools?|rivers?|islands?|mountains?|airlines?|airports?|stadiums?|manufacturers?|suppliers?|makers?|groups?|rivals?|competitors?|"
    r"source|outlet|provider|partners?|subsidiar(?:y|ies)|developers?|founders?|owners?|chief|leader"
)
_AUXILIARY = r"is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|won't"

# The first rule that matches the lower-cased question decides.
_RULES: tuple[tuple[str, Shape, frozenset[str]], ...] = tuple(
    (pattern, shape, frozenset(kinds.split()))  # type: ignore[misc]
    for pattern, shape, kinds in (
        (
            r"\b(?:summari[sz]e|summary|overview|describe|outline|tell me (?:more )?about|what happened|main points|key (?:points|takeaways))\b",
            "statement",
            "",
        ),
        (
            r"\b(?:list|name) (?:all|every|the|each|everyone)\b|\benumerate\b|\bwhat are all\b|\bwho (?:all|else)\b",
            "list",
            "",
        ),
        (
            r"\bcompar(?:e|ed|ison)\b|\bdiffer(?:ences?|s|ent)?\b (?:between|from|do)|\bversus\b|\bpros and cons\b",
            "statement",
            "",
        ),
        (
            r"\bhow (?:old|tall|high|low|deep|wide|far|fast|heavy|big|large|hot|cold|strong|small)\b",
            "span",
            "quantity count duration money percent",
        ),
        (
            r"\bhow long\b|\bfor how many (?:"
            + _TIME_UNITS
            + r")\b|\bhow many (?:"
            + _TIME_UNITS
            + r")\b|\b(?:over|in) what (?:period|time ?span|time ?frame)\b|\bwhat (?:is|was) the (?:duration|length|term)\b|\bhow quickly\b|\bhow soon\b",
            "span",
            "duration",
        ),
        (
            r"\b(?:what|which) (?:percentage|percent|per cent|share|proportion|fraction)\b|\bhow many per ?cent\b|\bwhat % ",
            "span",
            "percent",
        ),
        (r"\bhow likely\b|\b(?:what|which) .*\b(?:chances?|probability|odds|likelihood)\b", "span", "percent count"),
        (r"\bhow many (?:\w+ )?(?:dollars|euros|yuan|pounds sterling|yen|rupees|francs)\b", "span", "money"),
        (
            r"\bhow many (?:\w+ )?(?:"
            + _UNITS
            + r")\b|\bhow much (?:\w+ ){0,2}(?:power|capacity|compute|computing|electricity|energy|rain(?:fall)?|snow(?:fall)?|water|fuel|oil|gas|space|land|time|weight|data)\b",
            "span",
            "quantity count duration percent",
        ),
        (r"\bhow many\b|\bnumber of\b(?=.*\?)|\bhow often\b|\bhow many times\b", "span", "count quantity"),
        (
            r"\bhow much\b.*\b(?:" + _SPENDING + r")\b|\bhow much (?:\w+ ){0,2}(?:" + _MONEY + r")\b",
            "span",
            "money percent",
        ),
        (r"\bhow much\b", "span", "money quantity percent count"),
        (
            r"\bwhen\b|\b(?:what|which) (?:exact )?(?:date|day|year|month|quarter|time|weekday)\b|\bsince when\b|\bhow recently\b",
            "span",
            "date",
        ),
        (r"\bwhat (?:is|was) the (?:date|day|year)\b", "span", "date"),
        (r"\bwhat (?:rate|rating)\b", "span", "percent quantity count"),
        (
            r"\bwhy\b|\bhow come\b|\bfor what reasons?\b|\bwhat (?:is|was|are|were) the (?:\w+ ){0,3}?(?:reasons?|causes?|purposes?|terms|conditions|details|implications|consequences|effects|risks|concerns|plans|differences|problems|challenges|criticisms?|arguments?|milestones|steps|rules|benefits|goals|aims)\b|\b(?:what|which) (?:\w+ ){0,3}?(?:reasons?|caused|causes|led|leads|terms|conditions|risks|concerns|problems|pressures?|challenges|milestones|criticisms?|arguments|consequences|benefits|steps|drove|drives|triggered|changed)\b",
            "statement",
            "",
        ),
        (r"^(?:so |and |but )?how\b", "statement", ""),
        (r"\b(?:explain|elaborate|discuss)\b", "statement", ""),
        (
            r"\b(?:what|which)(?:'s| is| was| were| are| will be| would be) (?:the |its |their |his |her )?(?:[\w'’.-]+ ){0,4}?(?:"
            + _MONEY
            + r")\b(?! (?:announced|say|said|by|for which))|\b(?:what|which) (?:(?!did|does|do|will|would|has|have|had)[\w-]+ )?(?:"
            + _MONEY
            + r")\b",
            "span",
            "money percent",
        ),
        (
            r"\bwho (?:are|were)\b|\bwhich (?:[\w-]+ ){0,3}?(?:companies|investors|countries|people|firms|cities|players|clubs|banks|organi[sz]ations|products|partners|towns|groups|parties|drugs|startups)\b",
            "list",
            "name",
        ),
        (
            r"^what (?:does|do|did|has|have|had|would|will) .*\b(?:get wrong|propose|suggest|recommend|correct|change|reaffirm|confirm|deny|criticise|criticize|describe|explain|add|conclude|find|do)\b|\bwhat (?:does|do|did|has|have|had|would|will) .*\b(?:say|said|mean|do|think|argue|warn|believe|mention|promise|plan|want|hope|expect|include|agree|commit|announce|claim|state|write|wrote|tell|told|emphasi[sz]e)\b",
            "statement",
            "",
        ),
        (r"\bwho\b|\bwhom\b|\bwhose\b", "span", "name"),
        (r"\bwhere\b", "span", "name text"),
        (
            r"\b(?:what|which) (?:(?!did|does|do|is|was|are|were|has|have|had|will)[\w-]+ ){0,2}?(?:"
            + _NAMED
            + r")\b|\bwhat(?:'s| is| was| are| were) the names?\b",
            "span",
            "name",
        ),
        (r"\bwhat (?:is|are|was|were) .*\b(?:about|like|for|saying|doing)\s*\??$", "statement", ""),
        (r"^(?:and |so |but )?(?:" + _AUXILIARY + r")\b", "yes_no", ""),
    )
)
_COMPILED = tuple((regex.compile(pattern), shape, kinds) for pattern, shape, kinds in _RULES)

STOPWORDS = frozenset(
    "a an the of in on at to for from by with and or but as is are was were be been being am do does did done has have had having it its this that "
    "these those he she they them his her their theirs him we us our you your i me my will would shall should can could may might must not no nor so "
    "than then there here what which who whom whose when where why how much many about into over under after before between during through up down out "
    "off again further once only own same such too very just also more most some any each every all both few other another if because until while "
    "regarding please tell say says said according exactly actually really ever did does s t 're 've 'll 'd 'm na gonna".split()
)
# Words that name the kind of answer rather than what it is about.
_CARRIERS = frozenset(
    "amount sum number date day year month time name person people company value figure total percentage percent share proportion kind type sources source article articles".split()
)
_TERM = regex.compile(r"[\p{L}\p{N}](?:[\p{L}\p{N}'’.&-]*[\p{L}\p{N}])?")


_POLITE = regex.compile(
    r"^(?:(?:hi|hello|hey|please|so|ok|okay|well|and|but|also|now)[,!.]?\s+)*"
    r"(?:(?:(?:can|could|would|will) (?:you|someone|anyone) (?:please |kindly )?(?:tell|say|show|give|let me know|explain)(?: to)?(?: me| us)?|"
    r"(?:please )?tell (?:me|us)|do you know|i(?:'d| would) like to know|i (?:want|need) to know|i wonder|any idea|remind me)\b[,:]?\s+(?!more about|about))?",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it will be answered.

    `text` stands by itself; `asked` is what was typed. `kinds` are the value kinds an answer may
    have (rag.values.Kind); empty means any words. `terms` are its content words, in order.
    """

    text: str
    asked: str
    shape: Shape
    kinds: frozenset[str]
    terms: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether the answer is made of statements instead of one span."""
        return self.shape != "span"


def understand(text: str, asked: str | None = None) -> Question:
    """Classify a standalone question."""
    lowered = _POLITE.sub("", " ".join(text.lower().replace("’", "'").split()))
    for pattern, shape, kinds in _COMPILED:
        if pattern.search(lowered):
            return Question(text, asked or text, shape, kinds, terms(text))
    return Question(text, asked or text, "span", ANYTHING, terms(text))


def terms(text: str) -> tuple[str, ...]:
    """The content words of `text`, each once, possessives cut, in order."""
    found = (regex.sub(r"['’]s?$", "", word) for word in _TERM.findall(text))
    kept = [word for word in found if word.lower() not in STOPWORDS and word]
    lean = [word for word in kept if word.lower() not in _CARRIERS] or kept
    return tuple(dict.fromkeys(lean))


def is_list(questions: Sequence[Question]) -> bool:
    """Whether any of `questions` asks for a list."""
    return any(question.shape == "list" for question in questions)
