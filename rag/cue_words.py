"""The words by which questions name what they want, as alternations for the rules of `rag.cues`."""

from __future__ import annotations


def _any(words: str) -> str:
    """An alternation of whitespace-separated patterns."""
    return "|".join(words.split())


MONEY = _any(
    """money funds? funding investments? valuations? valued worth prices? priced costs? budget fees? revenues? sales
    turnover profits? loss(?:es)? salar(?:y|ies) wages? fines? debts? loans? grants? donations? stakes? damages?
    compensation payments? dividends? tax(?:es)? amount sum bill bid earnings income expenses? spending bonus premiums?
    rent pay"""
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
PRICING = _any(
    r"""cost pay pays paid charged? earn(?:ed)? fined fetch(?:ed)? owe valued worth priced add(?:ed)?\sup\sto
    amount(?:ed)?\sto"""
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
    attendances? frequenc(?:y|ies) averages? means? medians? maximums? minimums? totals? thresholds? margins? shares?
    figures? headcount"""
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
    critici[sz]e describe explain add conclude find get\\swrong put\\sright demand call\\sfor object wish request
    urge"""
)
AUXILIARY = _any(
    """is are was were am do does did has have had can could will would shall should may might must isn't aren't wasn't
    weren't don't doesn't didn't hasn't haven't won't"""
)
CONTRASTING = _any(
    """previous previously earlier former formerly prior last latest current currently new newest existing old
    older oldest original originally initial initially first second third fourth final finally next later total
    overall combined average mean median maximum minimum highest lowest remaining additional further extra
    annual yearly monthly daily quarterly gross net domestic foreign public private"""
)
