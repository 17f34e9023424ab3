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


def test_each_position_is_held_by_its_own_labels() -> None:
    draft = compose.span(POSITIONS, title)
    crossed = draft.text.replace("$4 million [1]", "$40 million [1]")
    assert unsupported(crossed, draft.citations) == ["$40 million"]
    lie = dataclasses.replace(draft, lines=((crossed, draft.citations),))
    assert verify(lie, document).text.startswith("“The wall cost $4 million.” [1] “Officials")


def test_a_label_of_nothing_is_no_citation() -> None:
    assert "[7]" in unsupported("The wall cost $4 million [7].", compose.span(POSITIONS, title).citations)


def test_a_line_that_cites_nothing_may_not_say_anything_that_wants_a_citation() -> None:
    said = ("The sources do not say.", "It cost $4 million.", "Anna Smith knows.", "They “cannot say”.")
    draft = compose.Draft(tuple((line, ()) for line in said))
    assert verify(draft, document).text == "The sources do not say."


def test_a_title_is_no_excuse_for_a_name() -> None:
    (citation, *_) = compose.span(POSITIONS, title).citations
    titled = dataclasses.replace(citation, title="Anna Smith on the wall")
    assert unsupported("Anna Smith says it cost $4 million [1].", [titled]) == ["Anna Smith"]


def test_a_mark_that_stands_in_the_source_is_no_label() -> None:
    text = "The wall cost $4 million.[2] It [[1]2] stands."
    marked = Claim("a.txt", text, 0, len(text), Evidence(1, "a.txt", 0, len(text), text, 1.0), 1.0)
    draft = compose.statements([Statement(text, (marked,))], title)
    assert draft.text == "The wall cost $4 million. It stands. [1]"


LIES = ("$77 billion", "8,431", "14 July 2031", "93%", "Zorbo Quax", "“never say die”", "sixty people")
FILL = st.sampled_from(
    ["The wall cost $4 million", "It was finished in May 1987", "and", "because", ":", "Then", ".", "so"]
)


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, bool]:
    """A line that cites a.txt as [1] and b.txt as [2], and whether a lie is in it."""
    words = [[draw(FILL) for _ in range(draw(st.integers(0, 3)))] for _ in range(draw(st.integers(1, 3)))]
    lies = draw(st.lists(st.sampled_from(LIES), max_size=2))
    for lie in lies:
        part = draw(st.sampled_from(words))
        part.insert(draw(st.integers(0, len(part))), lie)
    marked = [" ".join(part) + draw(st.sampled_from([" [1]", " [2]", " [1][2]", " [9]", ""])) for part in words]
    return "; ".join(marked) + ".", bool(lies)


@given(st.lists(lines(), min_size=1, max_size=4), st.booleans())
def test_no_lie_survives_wherever_it_stands(drawn: list[tuple[str, bool]], uncited: bool) -> None:
    whole = [dataclasses.replace(cite, start=0, end=len(TEXTS[cite.document_id]), quote=TEXTS[cite.document_id])
             for cite in compose.span(POSITIONS, title).citations]  # fmt: skip
    cited = () if uncited else tuple(whole)
    draft = compose.Draft(tuple((line, cited) for line, _ in drawn))
    verified = verify(draft, document)
    assert [lie for lie in LIES if lie in verified.text] == []
    assert "[9]" not in verified.text
    for line, citations in verified.lines:
        assert unsupported(line, citations) == []


@given(st.permutations(["$4 million", "$40 million"]), st.permutations([1, 2]))
def test_a_span_answer_never_swaps_its_sources(said: list[str], labels: list[int]) -> None:
    draft = compose.span(POSITIONS, title)
    text = f"{said[0]} [{labels[0]}]; b.txt says {said[1]} [{labels[1]}]."
    kept = verify(dataclasses.replace(draft, lines=((text, draft.citations),)), document).text == text
    assert kept == ((said[0] == "$4 million") == (labels[0] == 1))
