"""The English cues that tell what kind of answer a question wants: words and rules, applied by `rag.question`."""

from __future__ import annotations

import regex

from rag.cue_words import (
    AUXILIARY,
    CAUSED,
    CONTRASTING,
    MASS,
    MEASURED,
    MONEY,
    NAMED,
    NAMED_MANY,
    OFFICE,
    PRICING,
    SAYING,
    SPENDING,
    SUPERLATIVE,
    TIME_UNIT,
    UNIT,
    WHY,
)
from rag.words import stem

_NO_VERB = r"(?!(?:did|does|do|is|was|are|were|has|have|had|will|would)\b)"
_NO_VERB_NOR_ARTICLE = rf"{_NO_VERB}(?!(?:the|an?|its|their|his|her)\b)"
_CLAUSE = r"(?:before|after|when|if|because|that|which|until|who)\b"
_ASKS = "what|which|who|whom|whose|how|where|why"
_IS = r"(?:'s| is| was| were| are| will be| would be)"

# For a question that wants the whole story.
STORY = (
    r"\b(?:summari[sz]e|summary|overview|describe|outline|tell me (?:more )?about|what happened"
    r"|(?:main|key) (?:points|takeaways))\b"
)
_NUMERIC = "quantity count percent money duration"

# (pattern over the lower-cased question, shape, kinds); the first that matches decides.
RULES = tuple(
    (regex.compile(pattern), shape, frozenset(kinds.split()))
    for pattern, shape, kinds in (
        (
            STORY,
            "statement",
            "",
        ),
        (
            r"\b(?:list|name) (?:all|every(?:one|body|thing)?|each)\b|\blist the\b|\benumerate\b|\bwhat are all\b"
            r"|\bwho (?:all|else)\b|^name (?:the )?(?:[\w-]+ ){0,2}?[\w-]*(?:[a-rt-z]s|ies)\b",
            "list",
            "",
        ),
        (r"^(?:name |state |give |the |exact |last |first ){0,3}(?:date|day|year|deadline)\b", "span", "date"),
        (r"\bwhich (?:one )?of (?:the|these|those)\b", "span", "name"),
        (
            r"^(?:(?:and|so|but) )?what (?:was|is|has been) (?:said|written|reported|known|stated|claimed|decided"
            r"|agreed|proposed|demanded|recommended)\b"
            r"|\bhow (?:much|many) (?:more|less|fewer)\b.*\bthan\b"
            r"|\b(?:who|what|when|where|why|how much) and (?:who|what|when|where|why|how)\b"
            r"|\bcompar(?:e|ed|ison)\b|\bdiffer(?:ences?|s|ent)?\b (?:between|from|do)|\bversus\b|\bpros and cons\b",
            "statement",
            "",
        ),
        (r"\b(?:which|what) year\b", "span", "date"),
        (r"\bhow long ago\b", "span", "date duration"),
        (r"\bhow old\b", "span", "duration count"),
        (
            r"\bhow (?:tall|high|low|deep|wide|far|fast|heavy|big|large|hot|cold|strong|small|broad|thick"
            r"|thin|hard|loud|steep|dense|narrow|shallow|short|late|early|young|expensive|dear|full|common|powerful)\b",
            "span",
            "quantity count duration money percent",
        ),
        (rf"\b(?:for )?how many (?:{TIME_UNIT})\b", "span", "duration"),
        (
            r"\b(?:within|in|after|for) (?:what|which|how much) time\b|\bhow much notice\b"
            r"|^time (?:needed|taken|required|it t)",
            "span",
            "duration",
        ),
        (
            r"\bhow long\b|\b(?:over|in) what (?:period|time ?span|time ?frame)\b|\bhow quickly\b|\bhow soon\b"
            r"|\bwhat (?:is|was) the (?:duration|length|term)\b",
            "span",
            "duration quantity",
        ),
        (
            r"\b(?:what|which) (?:percentage|percent|per cent|share|proportion|fraction)\b|\bhow many per ?cent\b"
            r"|\bwhat % |^(?:the )?(?:percentage|proportion|fraction|share) of\b",
            "span",
            "percent",
        ),
        (
            r"\bhow likely\b|\b(?:what|which) .*\b(?:chances?|probability|odds|likelihood)\b",
            "span",
            "percent count",
        ),
        (
            r"\bhow many (?:[bm]illions? (?:of )?)?(?:\w+ )?"
            r"(?:dollars|euros|yuan|rmb|usd|eur|gbp|pounds sterling|yen|rupees|francs|crowns)\b",
            "span",
            "money",
        ),
        (
            rf"\bhow many (?:\w+ )?(?:{UNIT})\b|\bhow much (?:\w+ ){{0,2}}(?:{MASS})\b",
            "span",
            "quantity count duration percent",
        ),
        (
            r"\bhow many\b|\bnumber of (?!the |its |his |her |their )|\bhow often\b|\bhow many times\b",
            "span",
            "count quantity",
        ),
        (
            rf"\bhow much\b.*\b(?:{SPENDING})\b|\bhow much (?:\w+ ){{0,2}}(?:{MONEY})\b",
            "span",
            "money percent",
        ),
        (
            r"\bin (?:us )?(?:dollars|euros|yuan|rmb|usd|eur|gbp|pounds|yen|rupees|francs|crowns)\b"
            r"|^the (?:amount|sum)\b",
            "span",
            "money",
        ),
        (r"\bhow much\b", "span", "money quantity percent count"),
        (
            rf"\bwhat (?:{AUXILIARY}) (?:(?!{_CLAUSE})[^ ]+ )*?(?:{PRICING})\b"
            r"(?!.*\b(?:for|on|in|with|like|about)\W*$)",
            "span",
            "money percent",
        ),
        (r"\bwhat (?:does|do|did) .*\b(?:weigh|measure|score)\b", "span", "quantity count"),
        (
            rf"^(?!.*\b(?:{_ASKS})\b.*\bwhen\b).*\bwhen\b"
            r"|\b(?:what|which) (?:exact )?(?:date|day|year|month|quarter|time|weekday)\b|\bsince when\b"
            r"|\bhow recently\b|\bwhat (?:is|was) the (?:\w+ ){0,2}?(?:date|day|year)\b",
            "span",
            "date",
        ),
        (
            rf"\b(?:what|which)(?:{_IS} (?:the |its |their |his |her )?)? ?(?:{_NO_VERB}[\w'’.&-]+ ){{0,5}}?"
            rf"(?:{MEASURED})\b|\bwhat{_IS} the (?:{SUPERLATIVE}) ",
            "span",
            _NUMERIC,
        ),
        (
            rf"\bwhy\b|\bhow come\b|\b(?:for|on) what (?:reasons?|grounds)\b"
            rf"|\bwhat (?:is|was|are|were) the (?:\w+ ){{0,3}}?(?:{WHY})\b"
            rf"|\b(?:what|which) (?:\w+ ){{0,3}}?(?:{WHY}|{CAUSED})\b",
            "statement",
            "",
        ),
        (r"^(?:so |and |but )?how\b", "statement", ""),
        (r"\b(?:explain|elaborate|discuss)\b", "statement", ""),
        (
            rf"\b(?:what|which){_IS} (?:the |its |their |his |her )?(?:[\w'’.-]+ ){{0,4}}?(?:{MONEY})\b"
            rf"(?! (?:announced|say|said|by|for which))|\b(?:what|which) (?:{_NO_VERB}[\w-]+ )?(?:{MONEY})\b",
            "span",
            "money percent",
        ),
        (rf"\bwho (?:are|were)\b|\bwhich (?:[\w-]+ ){{0,3}}?(?:{NAMED_MANY})\b", "list", "name"),
        (rf"\bwhat (?:does|do|did|has|have|had|would|will) .*\b(?:{SAYING})\b", "statement", ""),
        (
            rf"\b(?:what|which) (?:are|were) (?:the |its |their |his |her |(?:[\w.&-]+ ){{0,2}}?[\w.&-]+'s? )"
            rf"(?!.*\b(?:{MEASURED})\b)(?:[\w-]+ ){{0,3}}?"
            r"[\w-]*(?:[a-rt-z]s|ies)\b(?<!ss|us|is|as)",
            "list",
            "",
        ),
        (
            r"\b(?:what|which) (?:(?:two|three|four|five|other|further|kinds? of|sorts? of) )*"
            rf"(?:{_NO_VERB}[\w-]+ ){{0,2}}?{_NO_VERB}[\w-]*(?:[a-rt-z]s|ies)(?<!ss|us|is|as)\b"
            r"(?= (?:of|are|were|did|does|do|has|have|had|will|would|can|could|make|made)\b)",
            "list",
            "",
        ),
        (r"\bwho\b|\bwhom\b|\bwhose\b", "span", "name"),
        (r"\bwhere\b", "span", "name text"),
        (
            rf"\b(?:what|which) (?:{_NO_VERB_NOR_ARTICLE}[\w-]+ ){{0,2}}?(?:{NAMED})\b|\bwhat{_IS} the names?\b"
            r"|^(?:the )?names? of\b",
            "span",
            "name",
        ),
        (rf"^(?:the )?(?:{NAMED})\b .*\b(?:is|was|are|were)\W*$", "span", "name"),
        (rf"^(?:name )?(?:the )?(?:[\w'’.&-]+ ){{0,4}}?(?:{OFFICE})(?: (?:of|at|for) .*)?\W*$", "span", "name"),
        (r"\b(?:valued|worth|priced|costs?|sold for|bought for)(?: at)?\W*$", "span", "money percent"),
        (r"\bwhat (?:is|are|was|were) .*\b(?:about|like|for|saying|doing)\s*\??$", "statement", ""),
        (rf"^(?:and |so |but )?(?:{AUXILIARY})\b", "yes_no", ""),
        (rf"^(?!.*\b(?:what|which)\b)(?:{_NO_VERB}[\w'’.&-]+ ){{0,6}}?(?:{MONEY})\b", "span", "money percent"),
        (rf"^(?!.*\b(?:what|which)\b)(?:{_NO_VERB}[\w'’.&-]+ ){{0,6}}?(?:{MEASURED})\b", "span", _NUMERIC),
    )
)

# For a question whose answer is a reason.
REASON = regex.compile(
    r"\bwhy\b|\bhow come\b|\breasons?\b|\bwhat (?:caused|led to|drove|triggered|made)\b|\bcause of\b", regex.IGNORECASE
)

# When, said without a date.
RELATIVE_TIME = regex.compile(
    r"\b(?:(?:in|over|within|during) )?(?:the )?(?:coming|next|following|past|last) "
    r"(?:few |several |couple of |two |three |six )?(?:days|weeks|months|quarters|years|decade|summer|winter)\b"
    r"|\b(?:earlier|later) (?:this|that|in the) (?:day|week|month|year|quarter|season)\b"
    r"|\b(?:this|next|last) (?:day|week|month|quarter|year|season|summer|winter|spring|autumn)\b"
    r"|\b(?:yesterday|today|tomorrow|tonight)\b|\ba (?:day|week|month|year|decade) (?:ago|earlier|later)\b",
    regex.IGNORECASE,
)

# What people put before a question.
POLITE = regex.compile(
    r"^(?:(?:hi|hello|hey|please|so|ok|okay|well|and|but|also|now)[,!.]?\s+)*"
    r"(?:(?:(?:can|could|would|will) (?:you|someone|anyone) (?:please |kindly )?"
    r"(?:tell|say|show|give|let me know|explain)(?: to)?(?: me| us)?|(?:please )?(?:tell|give|show) (?:me|us)"
    r"|do you know|i(?:'d| would) like to know|i (?:want|need) to know|i wonder|any idea|remind me)"
    r"\b[,:]?\s+(?!more about|about)"
    r")?"
    r"(?:do (?:the |these |all (?:the )?)?(?:articles?|sources?|reports?|documents?) (?:dis)?agree (?:on|about)\s+"
    r"|is there (?:any )?(?:dis)?agreement (?:on|about)\s+)?",
    regex.IGNORECASE,
)

STOPWORDS = frozenset(
    """a an the of in on at to for from by with and or but as is are was were be been being am do does did done has have
    had having it its this that these those he she they them his her their theirs him we us our you your i me my will
    would shall should can could may might must not no nor so than then there here what which who whom whose when where
    why how much many about into over under after before between during through up down out off again further once only
    own same such too very just also more most some any each every all both few other another if because until while
    please tell say says said according exactly actually really ever regarding s t 're 've 'll 'd 'm na gonna""".split()
)

# Words that name the kind of answer rather than what it is about.
CARRIERS = frozenset(
    """amount sum number date day year month time name person people company value figure total percentage percent share
    proportion kind type sources source article articles""".split()
)

DEMONYM = regex.compile(
    r"\p{Lu}\w+(?:ese|ish)|American|Austrian|Australian|African|Asian|Belgian|Brazilian|Canadian|Dutch|Egyptian|European|French"
    r"|German|Greek|Hungarian|Indian|Indonesian|Israeli|Italian|Korean|Mexican|Nigerian|Norwegian|Russian|Saudi|Swiss|Thai"
    r"|Ukrainian"
)
"""Where someone is from: no name of anyone."""

CONTRASTS = frozenset(stem(word) for word in CONTRASTING.split("|"))
"""Stems of words that tell one thing from others of its sort."""
