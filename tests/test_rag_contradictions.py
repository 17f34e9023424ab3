"""What an open answer tells and another source tells otherwise."""

from __future__ import annotations

from index.types import Sentence
from rag import compose, prose
from rag.contradictions import contradictions
from rag.evidence import Candidate, evidence
from rag.question import understand
from rag.statements import Statement
from rag.types import Claim
from rag.words import Rarity

ASKED = understand("Compare how much Lindt and Russell paid.")
TEXTS = {
    "a.txt": "Lindt paid $50 million for the harbour.",
    "b.txt": "For the harbour Lindt paid $5 million.",
    "c.txt": "Lindt has paid $50 million for the harbour.",
    "d.txt": "The crane of the shipyard weighs 500 tonnes.",
    "e.txt": "Lindt paid $50 million for the harbour, of which $5 million at once.",
    "f.txt": "A new crane costs $5 million.",
}


def found(*names: str) -> list[Candidate]:
    rarity = Rarity(TEXTS.values())
    return [
        Candidate(name, Sentence(0, len(TEXTS[name]), TEXTS[name], False, 0), "", "", 0.5, 0.5, 0.5, 0.5, rarity)
        for name in names
    ]


def said(candidate: Candidate) -> Statement:
    shown = evidence(1, candidate)
    return Statement(shown.text, (Claim(shown.document_id, shown.text, shown.start, shown.end, shown, 1.0),))


def test_who_tells_a_number_otherwise_is_named() -> None:
    sources = found("b.txt", "a.txt", "c.txt", "d.txt")
    (dispute,) = contradictions(ASKED, [said(sources[0])], sources)
    assert [(p.stance, p.value, p.documents) for p in dispute] == [
        ("accepted", "$50 million", ("a.txt", "c.txt")),
        ("disputed", "$5 million", ("b.txt",)),
    ]


def test_the_answer_says_so_behind_its_statements_with_citations_of_its_own() -> None:
    sources = found("a.txt", "b.txt")
    statements = [said(sources[0])]
    draft = compose.statements(statements, str)
    told = compose.disagreeing(draft, contradictions(ASKED, statements, sources), str)
    assert told.text == (
        "Lindt paid $50 million for the harbour. [1]\nThe sources disagree: $50 million [2]; b.txt says $5 million [3]."
    )
    assert [citation.label for citation in told.citations] == [1, 2, 3]
    for citation in told.citations[1:]:
        assert TEXTS[citation.document_id][citation.answer_start : citation.answer_end] in ("$50 million", "$5 million")
    assert [position.labels for position in told.positions] == [(2,), (3,)]


def test_a_writer_may_put_both_the_statement_and_the_number_accepted_into_words() -> None:
    sources = found("a.txt", "b.txt")
    statements = [said(sources[0])]
    told = compose.disagreeing(compose.statements(statements, str), contradictions(ASKED, statements, sources), str)
    assert [(item.line, item.value) for item in prose._statements(told)] == [(0, ""), (1, "$50 million")]


def test_a_source_that_holds_both_numbers_contradicts_nobody() -> None:
    sources = found("a.txt", "e.txt")
    assert contradictions(ASKED, [said(sources[0])], sources) == []


def test_the_same_digits_in_other_surroundings_are_no_contradiction() -> None:
    sources = found("a.txt", "f.txt")
    assert contradictions(ASKED, [said(sources[0])], sources) == []


def test_where_nobody_asks_for_amounts_a_number_is_by_the_way() -> None:
    sources = found("a.txt", "b.txt")
    assert contradictions(understand("Why did Lindt want the harbour?"), [said(sources[0])], sources) == []
