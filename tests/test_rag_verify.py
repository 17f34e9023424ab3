"""Composing and verifying: nothing leaves that its citations do not hold."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from index.types import Document
from rag import compose
from rag.statements import Statement
from rag.types import Claim, Evidence, Position
from rag.verify import stands, unsupported, verify

TEXTS = {
    "a.txt": "The wall cost $4 million. It was finished on 3 May 1987.",
    "b.txt": "Officials said the wall had cost $40 million.",
}


def document(name: str) -> Document:
    return Document(name, f"Title of {name}", TEXTS[name], None, None, "")


def claim(name: str, value: str, sentence: str) -> Claim:
    start = TEXTS[name].index(sentence)
    shown = Evidence(1, name, start, start + len(sentence), sentence, 1.0)
    at = TEXTS[name].index(value, start)
    return Claim(name, value, at, at + len(value), shown, 0.9)


FOUR = claim("a.txt", "$4 million", "The wall cost $4 million.")
FORTY = claim("b.txt", "$40 million", "Officials said the wall had cost $40 million.")
POSITIONS = (
    Position("$4 million", "USD 4000000", "accepted", (FOUR,)),
    Position("$40 million", "USD 40000000", "disputed", (FORTY,)),
)


def title(name: str) -> str:
    return document(name).title


def test_the_text_names_the_dissenter_and_numbers_the_citations() -> None:
    draft = compose.span(POSITIONS, title)
    assert draft.text == "$4 million [1]; b.txt says $40 million [2]."
    assert [citation.label for citation in draft.citations] == [1, 2]
    assert [position.labels for position in draft.positions] == [(1,), (2,)]
    assert all(stands(citation, document) for citation in draft.citations)


def test_what_is_true_passes_untouched() -> None:
    draft = compose.span(POSITIONS, title)
    assert verify(draft, document) == draft


def test_a_number_that_no_cited_span_holds_is_replaced_by_the_quotation() -> None:
    draft = compose.span(POSITIONS[:1], title)
    lie = dataclasses.replace(draft, lines=(("The wall cost $7 million [1].", draft.citations),))
    assert verify(lie, document).text == "“The wall cost $4 million.” [1]"


def test_a_quote_that_does_not_stand_is_taken_out_with_its_position() -> None:
    draft = compose.span(POSITIONS[:1], title)
    moved = dataclasses.replace(draft.citations[0], start=1)
    broken = dataclasses.replace(draft, lines=((draft.text, (moved,)),))
    verified = verify(broken, document)
    assert (verified.text, verified.citations, verified.positions) == ("", (), ())


def test_statements_are_listed_with_their_labels() -> None:
    draft = compose.statements(
        [Statement(FOUR.sentence.text, (FOUR,)), Statement(FORTY.sentence.text, (FORTY,))], title
    )
    assert draft.text == "- The wall cost $4 million. [1]\n- Officials said the wall had cost $40 million. [2]"


def test_a_refusal_says_what_is_near() -> None:
    draft = compose.nothing([Statement(FOUR.sentence.text, (FOUR,))], title)
    assert draft.text == "The sources do not say. The nearest they hold:\nThe wall cost $4 million. [1]"
    assert verify(draft, document) == draft


@given(st.integers(1, 10**12), st.sampled_from(["$", "€", ""]), st.sampled_from(["", " million", " people", "%"]))
def test_no_invented_amount_survives(number: int, sign: str, unit: str) -> None:
    draft = compose.span(POSITIONS[:1], title)
    invented = f"{sign}{number}{unit}"
    lie = dataclasses.replace(draft, lines=((f"The wall cost {invented} [1].", draft.citations),))
    text = verify(lie, document).text
    held = unsupported(f"The wall cost {invented}", draft.citations) == []
    assert held == (text == f"The wall cost {invented} [1].")
    assert held or text == "“The wall cost $4 million.” [1]"
