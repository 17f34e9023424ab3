"""Whether a written sentence says no more, and no less, than the words it is taken from."""

from __future__ import annotations

import pytest

from rag.sentence import faults, lost

TRIAL = "Pain fell by 31% in the 212 patients on lumexine, and by 12% in the 208 patients on a placebo."
MOVE = "Striker Milo Hart moved from Derrow Town to Portmere for £8.5 million on 2 August, the clubs said."
STORM = "The storm tore the roofs off 140 houses in Kelda and flooded the hospital, but nobody was killed."
RECALL = "Brightwell recalled 36,000 kettles after three customers reported burns; it will refund the full £29."
FINE = "Judge Ines Moreau fined the shipping line Corvane €2.4 million because its captain had ignored two warnings."
BLAME = "Villagers blame the council, which had cut the budget for drainage by a third in 2019."


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("In the 208 patients on a placebo pain fell by 12%, and by 31% in the 212 patients on lumexine", TRIAL),
        ("Milo Hart moved for £8.5 million on 2 August from Derrow Town to Portmere", MOVE),
        ("Nobody was killed, but the storm tore off the roofs of 140 houses in Kelda", STORM),
        ("After three customers had burns, Brightwell recalled 36,000 kettles and will refund the full £29", RECALL),
        ("Corvane was fined €2.4 million by Judge Ines Moreau since its captain ignored two warnings", FINE),
        ("The council is blamed by villagers for having cut the drainage budget by a third in 2019", BLAME),
    ],
)
def test_the_same_in_other_order_holds(words: str, span: str) -> None:
    assert faults(words, "What happened?", [span]) == []
    assert lost(words, span) == []


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("Pain fell by 12% in the 212 patients on lumexine, and by 13% in the 208 patients on a placebo", TRIAL),
        ("Milo Hart moved from Portmere to Derrow Town for £8.5 million on 2 August", MOVE),
        ("The storm tore the roofs off 140 houses in Kelda, flooded the hospital and killed people", STORM),
        ("Brightwell recalled 36,000 kettles after three customers were killed; it will refund £29", RECALL),
        ("Corvane fined Judge Ines Moreau €2.4 million because its captain had ignored two warnings", FINE),
        ("Villagers blame the council, which had raised the budget for drainage by a third in 2019", BLAME),
        ("Villagers praise the council, which had cut the budget for drainage by a third in 2019", BLAME),
    ],
)
def test_the_same_words_with_another_meaning_do_not(words: str, span: str) -> None:
    assert faults(words, "What happened?", [span])
