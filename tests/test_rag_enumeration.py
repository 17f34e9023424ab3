"""Who, where several did it."""

from __future__ import annotations

import pytest

from rag import values
from rag.enumeration import completed
from rag.types import Claim, Evidence, Position


def position(*said: tuple[str, str]) -> Position:
    claims = []
    for number, (text, value) in enumerate(said):
        start = text.index(value)
        sentence = Evidence(1, f"{number}.txt", 100, 100 + len(text), text, 1.0)
        claims.append(Claim(f"{number}.txt", value, 100 + start, 100 + start + len(value), sentence, 0.9))
    return Position(said[0][1], values.normalize(said[0][1]), "accepted", tuple(claims))


ALL = "Lindt, Russell and Nestlé"


@pytest.mark.parametrize(
    ("question", "text", "value", "completed_to"),
    [
        ("Who paid Skarn Grid?", "Skarn Grid had it from Lindt, Russell and Nestlé.", "Russell", ALL),
        ("Who took part?", "Lindt (€3 million), Russell (€2 million), and Nestlé took part.", "Lindt", ALL),
        ("From whom can it be bought?", "It is sold by Lindt or Nestlé.", "Nestlé", "Lindt and Nestlé"),
        ("How big was it? Who paid for it?", "Lindt and Nestlé paid.", "Lindt", "Lindt and Nestlé"),
        ("Who is the head of Lindt?", "Marit Osk and Jon Falk spoke.", "Marit Osk", "Marit Osk"),
        ("Which firm paid?", "Lindt and Nestlé paid.", "Lindt", "Lindt"),
        ("Who paid with Lindt?", "Lindt and Nestlé paid.", "Nestlé", "Nestlé"),
        ("Who spoke?", "Marit Osk, Lindt, answered for both.", "Marit Osk", "Marit Osk"),
        ("Who paid?", "Nestlé paid before Lindt did.", "Nestlé", "Nestlé"),
    ],
)  # fmt: skip
def test_an_enumeration_is_told_as_a_whole(question: str, text: str, value: str, completed_to: str) -> None:
    (found,) = completed(question, [position((text, value))])
    assert found.value == completed_to
    (claim,) = found.claims
    assert text[claim.start - 100 : claim.end - 100] == claim.value


def test_sources_complete_each_other() -> None:
    said = position(("Lindt and Nestlé invested.", "Lindt"), ("Russell and Lindt paid.", "Lindt"))
    (found,) = completed("Who invested?", [said])
    assert found.value == "Lindt, Nestlé and Russell"
    assert [claim.value for claim in found.claims] == ["Lindt and Nestlé", "Russell and Lindt"]


def test_who_is_named_together_is_no_dispute() -> None:
    accepted, other = position(("Lindt and Nestlé paid.", "Lindt")), position(("Then Nestlé paid.", "Nestlé"))
    strange = position(("Russell paid.", "Russell"))
    assert [found.value for found in completed("Who paid?", [accepted, other, strange])] == [
        "Lindt and Nestlé",
        "Russell",
    ]
    assert completed("Who paid?", []) == ()
