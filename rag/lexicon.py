"""Word lists for telling names from other capitalised words: world knowledge, of no one subject."""

from __future__ import annotations

SUFFIXES = set(
    """
    inc incorporated corp corporation ltd limited llc llp plc gmbh ag sa nv bv se oyj asa ab spa co company group
    holding holdings com
    """.split()
)
TITLES = set(
    """
    mr mrs ms miss mx dr prof professor sir dame lord lady ceo cfo coo cto chief executive officer president vice
    chairman chairwoman chair chairperson director founder cofounder minister prime secretary senator governor mayor
    judge justice captain capt general gen colonel col lieutenant lt sergeant sgt major admiral king queen prince
    princess pope coach manager spokesperson spokesman spokeswoman analyst author journalist striker goalkeeper
    midfielder defender actor actress singer economist researcher scientist engineer head rep representative
    chancellor ambassador sheikh rev reverend
    """.split()
)
GIVEN_NOT = set(
    """
    new north south east west northeast northwest southeast southwest northern southern eastern western united san
    santa st saint los las el la le great port fort mount lake cape upper lower central national international royal
    federal
    """.split()
)
GENERIC = set(
    """
    bank university college school institute agency group labs lab laboratory laboratories association society
    council committee commission department ministry office court house hospital airport station museum church park
    street road avenue river lake sea ocean island islands city county state states kingdom republic union league
    cup club team party times post journal news magazine press company corporation services service systems system
    technologies technology partners capital fund ventures bay hill hills valley beach mountain mountains war act
    award awards prize festival conference championship championships olympics series games model models platform
    cloud web
    """.split()
)
OF_HEADS = set(
    """
    declaration statue duke duchess earl gulf strait isle cape tower battle siege treaty order board faculty academy
    centre center house people confederation federation organization organisation kingdom lord game museum hall
    speaker
    """.split()
)
LITTLE = set(
    """
    of the and for in on at de la di da del du van von der den al el le y e
    """.split()
)
# What may follow a place after a comma ("Austin, Texas"); "_" stands for a space.
PLACES = {
    place.replace("_", " ")
    for place in """
    alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois
    indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri
    montana nebraska nevada new_hampshire new_jersey new_mexico new_york north_carolina north_dakota ohio oklahoma
    oregon pennsylvania rhode_island south_carolina south_dakota tennessee texas utah vermont virginia washington
    west_virginia wisconsin wyoming ontario quebec british_columbia alberta england scotland wales northern_ireland
    argentina australia austria bangladesh belgium bolivia brazil bulgaria cambodia cameroon canada chile china
    colombia croatia cuba cyprus czech_republic denmark ecuador egypt estonia ethiopia finland france germany ghana
    greece hungary iceland india indonesia iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya
    kuwait latvia lebanon libya lithuania luxembourg malaysia mali malta mexico morocco mozambique myanmar nepal
    netherlands new_zealand nigeria north_korea norway pakistan panama paraguay peru philippines poland portugal
    qatar romania russia rwanda saudi_arabia senegal serbia singapore slovakia slovenia somalia south_africa
    south_korea spain sri_lanka sudan sweden switzerland syria taiwan tanzania thailand tunisia turkey uae uk us usa
    uganda ukraine united_kingdom united_states uruguay venezuela vietnam yemen zambia zimbabwe
    """.split()
}
# Names for one and the same, where initials do not tell.
SAME = {
    "us": "united states",
    "usa": "united states",
    "america": "united states",
    "united states of america": "united states",
    "uk": "united kingdom",
    "britain": "united kingdom",
    "great britain": "united kingdom",
    "eu": "european union",
    "un": "united nations",
    "uae": "united arab emirates",
}
ORDINARY = set(
    """
    a an the this that these those it its he she they we you i his her their our your my who whom whose which what
    when where why how in on at by for from to of with without within into onto over under after before during since
    until till between among against about above below across along around behind beyond despite inside near off
    outside per through throughout toward towards upon via amid and but or nor so yet if unless although though
    because while whereas as than once whether both either neither each every all any some many most more much few
    several other others another such no not none only just even also too then there here now still again however
    moreover furthermore meanwhile therefore thus hence instead otherwise nevertheless nonetheless additionally
    finally currently previously recently earlier later today yesterday tomorrow soon next last first second third
    overall notably specifically indeed according including despite given following based compared regarding coupled
    currently eventually ultimately initially similarly yes well oh please one two three four five six seven eight
    nine ten hundred thousand million billion trillion dozens hundreds thousands is are was were be been being has
    have had do does did can could may might must shall should will would let get make made someone everyone anyone
    nobody something everything anything nothing people figure table chapter jan feb mar apr jun jul aug sep sept
    oct nov dec january february march april june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday mon tue wed thu fri sat sun mr mrs ms dr
    explain describe summarise summarize compare discuss outline clarify identify elaborate
    """.split()
)
VERBS = set(
    """
    is was has had will would can could may might said says told added announced also put plans planned agreed
    invested launched raised reported confirmed stated noted wrote won lost beat scored made became remains makes
    did does who which whose and , founded acquired bought sold built opened closed joined left died lives lived
    moved believes thinks wants expects thanked mentioned emphasized framed disclosed stood called led played signed
    began started committed
    """.split()
)
