"""Sources that contradict in other words are looked up by the words of the source that is believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Filter
from rag import Assistant, Settings, second_look
from rag.answering import gather
from rag.evidence import Candidate, evidence
from rag.reader import Reading
from rag.reconcile import Cluster
from rag.types import Claim

HARBOUR = (
    "The harbour crane of Tarn Quay fell over on Sunday. "
    "The repair of the crane will cost 75 million crowns, engineers say."
)
COUNCIL = (
    "Repairing the harbour crane at Tarn Quay costs 75 million crowns. That is what the council was told on Monday."
)
MAYOR = (
    "The repair of the crane is what everybody asks about. "
    "Nobody would say what the crane had cost, which was 31 million crowns. "
    "A new crane would cost 260 million crowns. "
    "Mending the crane of Lund cost 12 million crowns, but the crane was smaller. "
    "The crane at Holm cost 44 million crowns to repair. "
    "Of the money for the quay the mayor told us more: 57 million crowns before winter, and the army.\n"
)
TREASURER = (
    "The treasurer of Tarn Quay spoke for an hour about the repair of the crane. "
    "Mending it takes 75 million crowns, he has reckoned, and the lighthouse another 9 million."
)
FERRY = "The ferry earned 57 million crowns last year. Its captain is Ida Moen."
TEXTS = {
    "harbour.txt": HARBOUR,
    "council.txt": COUNCIL,
    "mayor.txt": MAYOR,
    "ferry.txt": FERRY,
    "treasurer.txt": TREASURER,
}
ASKED = "How much will the repair of the crane cost?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder: Path = tmp_path_factory.mktemp("crane")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with Assistant.open(folder, Settings(), index_path=folder / ".index") as opened:
        yield opened


def answered(assistant: Assistant) -> Cluster:
    start = HARBOUR.index("75 million crowns")
    sentence = next(s for s in assistant.index.sentences("harbour.txt") if s.start <= start < s.end)
    shown = next(evidence(1, c) for c in found(assistant) if c.sentence == sentence)
    return Cluster((Claim("harbour.txt", "75 million crowns", start, start + len("75 million crowns"), shown, 0.9),))


def found(assistant: Assistant) -> list[Candidate]:
    return gather(ASKED, assistant.index, assistant.settings)[1]


def looks(assistant: Assistant, read: list[Reading], where: Filter | None = None) -> dict[str, list[str]]:
    question, _ = gather(ASKED, assistant.index, assistant.settings)
    groups = second_look.beside(question, answered(assistant), read, assistant.index, assistant.settings, where)
    return {group[0].document_id: [candidate.sentence.text for candidate in group] for group in groups}


def test_a_slip_is_looked_up_in_other_words_too_and_what_is_like(assistant: Assistant) -> None:
    seen = looks(assistant, [])
    assert seen["mayor.txt"][0].startswith("Of the money for the quay")
    assert seen["council.txt"] == ["Repairing the harbour crane at Tarn Quay costs 75 million crowns."]
    assert set(seen) == {"mayor.txt", "council.txt", "treasurer.txt"}, "the ferry has that number by chance"


def test_who_holds_the_same_value_in_other_words_is_looked_up(assistant: Assistant) -> None:
    (sentence,) = looks(assistant, [])["treasurer.txt"]
    assert sentence.startswith("Mending it takes 75 million crowns")


def test_a_year_is_not_the_value_of_one_of_its_days(tmp_path: Path) -> None:
    texts = {
        "blog.txt": "The crane fell over on 3 March 2022.",
        "paper.txt": "On 3 March 2022 nobody was near when it fell, the crane of Tarn Quay.",
        "column.txt": "They spoke of the crane that fell over. An old one will, as was learned in 2022.",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with Assistant.open(tmp_path, Settings(), index_path=tmp_path / ".index") as opened:
        question, candidates = gather("On which day did the crane fall over?", opened.index, opened.settings)
        shown = next(evidence(1, c) for c in candidates if c.document_id == "blog.txt")
        start = texts["blog.txt"].index("3 March")
        accepted = Cluster((Claim("blog.txt", "3 March 2022", start, start + 12, shown, 0.9),))
        groups = second_look.beside(question, accepted, [], opened.index, opened.settings)
    assert [group[0].document_id for group in groups] == ["paper.txt"]


def test_what_was_read_is_not_looked_up_again_and_a_filter_holds(assistant: Assistant) -> None:
    read = [Reading(c.document_id, (evidence(1, c),), ()) for c in found(assistant) if "57 million" in c.sentence.text]
    seen = looks(assistant, read)
    assert not any("57 million" in text for texts in seen.values() for text in texts)
    assert set(looks(assistant, [], Filter(documents=("council.txt",)))) == {"council.txt"}


def test_the_dissenter_is_named_and_the_one_who_speaks_of_something_else_is_not(assistant: Assistant) -> None:
    events = list(assistant.stream(ASKED))
    assert any(event.detail == "mayor.txt (a second look)" for event in events)
    answer = events[-1].answer
    assert answer is not None
    assert [(p.stance, p.value, p.documents) for p in answer.positions] == [
        ("accepted", "75 million crowns", ("council.txt", "harbour.txt", "treasurer.txt")),
        ("disputed", "57 million crowns", ("mayor.txt",)),
    ]
    for citation in answer.citations:
        assert TEXTS[citation.document_id][citation.start : citation.end] == citation.quote
