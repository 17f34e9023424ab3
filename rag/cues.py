"""The English cues that tell what kind of answer a question wants: words and rules, applied by `rag.question`."""

from __future__ import annotations

import regex

from rag.words import stem


def _any(words: str) -> str:
    """An alternation of whitespace-separated patterns."""
    return "|".join(words.split())


MONEY = _any(
    """money funds? funding investments? valuations? valued worth prices? priced costs? budget fees? revenues? sales
    turnover profits? loss(?:es)? salar(?:y|ies) wages? fines? debts? loans? grants? donations? stakes? damages?
    compensation payments? dividends? tax(?:es)? amount sum bill bid earnings income expenses? spending bonus premiums?
    rent"""
)
SPENDING = _any(
    r"""invest(?:ed|s|ing)? pay paid pays spend spent spends rais(?:e|ed|es|ing) cost costs charge[ds]? donate[ds]?
    fund(?:ed|s)? earn(?:ed|s)? owe[ds]? lend lent borrow(?:ed)? contribut(?:e|ed|es) commit(?:ted|s)? receive[ds]?
    pledge[ds]? offer(?:ed|s)? sell sold buy bought save[ds]? lose lost made make worth (?:put|set)\s+(?:in|aside) bid
    claim(?:ed|s)?
    award(?:ed|s)? expect(?:ed)? got get secure[ds]?"""
)
TIME_UNIT = _any("seconds? minutes? hours? days? nights? weeks? months? quarters? years? decades?")
UNIT = _any(
    """(?:kilo|mega|giga|tera|milli|centi)?(?:watts?|grams?|grammes?|met(?:er|re)s?|lit(?:er|re)s?|bytes?|hertz)
    miles? feet foot inch(?:es)? acres? hectares? tons? tonnes? pounds? ounces? gallons? degrees? knots? mw gw kw km
    kg mg mph"""
)
MASS = _any(
    """power capacity compute computing electricity energy rain(?:fall)? snow(?:fall)? water fuel oil gas space land
    time weight data"""
)
NAMED = _any(
    """compan(?:y|ies) firms? organi[sz]ations? agenc(?:y|ies) banks? investors? startups? publications? newspapers?
    publishers? universit(?:y|ies) countr(?:y|ies) cit(?:y|ies) towns? states? regions? persons? people man woman
    players? teams? clubs? authors? executives? ministers? officials? presidents? directors? actors? actress(?:es)?
    singers? artists? models? products? platforms? brands? ships? hospitals? schools? rivers? islands? mountains?
    airlines? airports? stadiums? manufacturers? suppliers? makers? groups? rivals? competitors? source outlet provider
    partners? subsidiar(?:y|ies) developers? founders? owners? chief leader body bodies papers? outlets? magazines?
    journals? dail(?:y|ies) broadcasters? regulators? watchdogs? authorit(?:y|ies) institut(?:e|ion)s? unions?
    part(?:y|ies) retailers? vendors? operators? carriers? insurers? funds? foundations? charit(?:y|ies) courts?
    judges? senators? mayors? governors? engineers? scientists? researchers? analysts? critics? experts? writers?
    editors? reporters? journalists? columnists? spokes(?:person|man|woman) doctors? coach(?:es)? managers? captains?
    lawyers? prosecutors? websites? villages? districts? counties county languages? drugs? medicines?"""
)
NAMED_MANY = _any(
    """companies investors countries people firms cities players clubs banks organi[sz]ations products partners towns
    groups parties drugs startups"""
)
MEASURED = _any(
    """gusts? speeds? heights? depths? weights? lengths? widths? sizes? distances? temperatures? rates? ratios? scores?
    targets? capacit(?:y|ies) populations? densit(?:y|ies) pressures? doses? tolls? ages? areas? volumes? turnouts?
    attendances? frequenc(?:y|ies) averages? means? medians? maximums? minimums? totals? thresholds? margins? shares?"""
)
SUPERLATIVE = _any(
    "maximum minimum top peak average mean median highest lowest strongest largest smallest total overall"
)
OFFICE = _any(
    r"""ceo cfo cto coo chair(?:man|woman|person)? president director head boss founder owner minister mayor coach
    captain author leader chief chief\s+\w+(?:\s+officer)? secretary governor manager chancellor editor spokes\w+"""
)
WHY = _any(
    """reasons? causes? purposes? terms conditions details implications consequences effects risks concerns plans
    differences problems pressures? challenges criticisms? arguments? milestones steps rules benefits goals aims"""
)
CAUSED = _any("caused causes led leads drove drives triggered changed")
SAYING = _any(
    """say said mean think argue warn believe mention promise plan want hope expect include agree commit announce claim
    state write wrote tell told emphasi[sz]e do propose suggest recommend correct change reaffirm confirm deny
    critici[sz]e describe explain add conclude find get\\swrong"""
)
AUXILIARY = _any(
    """is are was were am do does did has have had can could will would shall should may might must isn't aren't wasn't
    weren't don't doesn't didn't hasn't haven't won't"""
)

_NO_VERB = r"(?!(?:did|does|do|is|was|are|were|has|have|had|will|would)\b)"
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
            r"\bwhat (?:was|is|has been) (?:said|written|reported|known|stated|claimed|decided)\b"
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
            r"\bhow (?:tall|high|low|deep|wide|far|fast|heavy|big|large|hot|cold|strong|small)\b",
            "span",
            "quantity count duration money percent",
        ),
        (rf"\b(?:for )?how many (?:{TIME_UNIT})\b", "span", "duration"),
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
        (r"\bwhat (?:does|do|did|will|would) .*\bcost\b", "span", "money"),
        (r"\bwhat (?:does|do|did) .*\b(?:weigh|measure|score)\b", "span", "quantity count"),
        (
            r"\bwhen\b|\b(?:what|which) (?:exact )?(?:date|day|year|month|quarter|time|weekday)\b|\bsince when\b"
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
            rf"\bwhy\b|\bhow come\b|\bfor what reasons?\b|\bwhat (?:is|was|are|were) the (?:\w+ ){{0,3}}?(?:{WHY})\b"
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
            rf"\bwhat (?:are|were) (?:the |its |their |his |her )(?!.*\b(?:{MEASURED})\b)(?:[\w-]+ ){{0,3}}?"
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
            rf"\b(?:what|which) (?:{_NO_VERB}[\w-]+ ){{0,2}}?(?:{NAMED})\b|\bwhat{_IS} the names?\b"
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

CONTRASTS = frozenset(
    stem(word)
    for word in (
        "previous previously earlier former formerly prior last latest current currently new newest existing old older"
        " oldest original originally initial initially first second third fourth final finally next later total overall"
        " combined average mean median maximum minimum highest lowest remaining additional further extra annual yearly"
        " monthly daily quarterly gross net domestic foreign public private"
    ).split()
)
"""Stems of words that tell one thing from others of its sort."""
