"""The cases can be scored: every proof stands in the documents as the index cleans them, and right answers pass."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_scripted import Shelf, answer

from eval.cases import Case, corpora, load
from eval.metrics import judge, proof_spans
from index.errors import SourceError
from index.readers import read
from index.sources import find_sources
from index.sync import read_document
from rag.types import Answer, Position

LOST: dict[str, int] = {}


@pytest.mark.parametrize("name", corpora())
def test_proofs_stand_in_the_cleaned_documents(name: str) -> None:
    corpus = load(name)
    named = {proof.document for case in corpus.cases for proof in case.proof}
    files = [file for file in find_sources(corpus.source) if file.id in named]
    shelf = Shelf({file.id: read_document(file, file.path.read_bytes(), "").text for file in files})
    lost = [
        f"{case.id}: {proof.words!r} in {proof.document}"
        for case in corpus.cases
        for proof, places in zip(case.proof, proof_spans(case, shelf), strict=True)
        if not places
    ]
    assert len(lost) <= LOST.get(name, 0), lost


def test_the_answers_beside_the_documents_are_not_read_as_one() -> None:
    path = load("storm").source / "cases.toml"
    with pytest.raises(SourceError):
        read(path, path.read_bytes())


@pytest.mark.parametrize("name", corpora())
def test_a_perfect_answer_to_every_case_is_judged_right(name: str) -> None:
    verdicts = {case.id: judge(case, perfect(case, pick)) for case in load(name).cases for pick in (0, -1)}
    assert {id_: verdict.why for id_, verdict in verdicts.items() if not verdict.right} == {}


@pytest.mark.parametrize("name", corpora())
def test_the_dissent_given_as_the_answer_is_judged_wrong_unless_either_may_be(name: str) -> None:
    cases = [
        case for case in load(name).cases if case.dissent and not {*sum(case.dissent, ())} & {*sum(case.answers, ())}
    ]
    swapped = {case.id: perfect(replace(case, answers=case.dissent, dissent=case.answers), 0) for case in cases}
    assert cases
    assert [case.id for case in cases if judge(case, swapped[case.id]).right] == []


def perfect(case: Case, pick: int) -> Answer:
    """The answer that gives one alternative of each group, as accepted or disputed position and in the text."""
    given, against = ([group[pick] for group in groups] for groups in (case.answers, case.dissent))
    accepted = [Position(value, value, "accepted", ()) for value in given]
    disputed = [Position(value, value, "disputed", ()) for value in against]
    return answer("; ".join([*given, *against]), status=case.status, positions=(*accepted, *disputed))
