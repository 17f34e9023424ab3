"""What a text takes back is no answer; what it puts in its place is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.types import Document
from rag.corrections import asked_for, mending, superseded, taken_back
from rag.types import Claim, Evidence, Position

TITLE = "Corrections and clarifications"


@pytest.mark.parametrize(
    ("text", "value", "around", "back"),
    [
        ("The mill was sold in 2024, not 2023.", "2023", "", True),
        ("The mill was sold in 2024, not 2023.", "2024", "", False),
        ("It was Lindt rather than the Nestlé of old.", "Nestlé", "", True),
        ("It cost $5 million if not $6 million.", "$6 million", "", False),
        ("On Friday we gave the length of the pier as 410 metres.", "410 metres", TITLE, True),
        ("On Friday we gave the length of the pier as 410 metres.", "410 metres", "The pier", False),
        ("In the same article the keeper was called Tom Farrow.", "Tom Farrow", TITLE, True),
        ("The pier measures 140 metres, as the keeper had told us.", "140 metres", TITLE, False),
        ("In our report of Monday, please read that 17 percent were hurt.", "17 percent", TITLE, False),
        (
            "The article said the pier was old; it should have said that it is 140 metres long.",
            "140 metres",
            TITLE,
            False,
        ),
    ],
)
def test_what_is_taken_back_is_told_from_what_stands(text: str, value: str, around: str, back: bool) -> None:
    assert taken_back(text, text.index(value), around) == back


REPORT = Document("report", "The pier", "The pier is 260 metres long.", "2027-03-01", "Courier", "")
REPRINT = Document("reprint", "The pier", "The pier is 260 metres long.", "2027-03-02", "Post", "")
NOTICE = Document("notice", "Page 2", "CORRECTIONS: The pier is 206 metres long.", "2027-03-04", "Courier", "")
OTHER = Document("other", "Piers", "The pier is 260 metres long.", "2027-03-03", "Herald", "")
DOCUMENTS = {document.id: document for document in (REPORT, REPRINT, NOTICE, OTHER)}
COPIES = {"reprint": "report"}


def position(value: str, *documents: str, accepted: bool) -> Position:
    claims = tuple(Claim(d, value, 0, 5, Evidence(1, d, 0, 30, "The pier.", 1.0), 0.9) for d in documents)
    return Position(value, value, "accepted" if accepted else "disputed", claims)


def told(found: tuple[Position, ...]) -> list[tuple[str, str]]:
    return [(position.value, position.stance) for position in found]


NEW = position("206 metres", "notice", accepted=False)


def test_what_its_own_publisher_corrects_is_no_disagreement() -> None:
    for old in (("report",), ("report", "reprint")):
        found = superseded((position("260 metres", *old, accepted=True), NEW), DOCUMENTS, COPIES)
        assert told(found) == [("206 metres", "accepted"), ("260 metres", "earlier")]
    accepted = position("206 metres", "notice", "other", accepted=True)
    found = superseded((accepted, position("260 metres", "report", accepted=False)), DOCUMENTS, COPIES)
    assert told(found) == [("206 metres", "accepted"), ("260 metres", "earlier")]


@pytest.mark.parametrize(
    "change",
    [
        {"report": replace(REPORT, publisher=None)},
        {"report": replace(REPORT, published="2027-03-05")},
        {"notice": replace(NOTICE, text="The pier is 206 metres long.")},
        {"notice": replace(NOTICE, publisher="Herald")},
    ],
)
def test_anything_else_stays_a_disagreement(change: dict[str, Document]) -> None:
    found = (position("260 metres", "report", accepted=True), NEW)
    assert superseded(found, DOCUMENTS | change, COPIES) == found


def test_one_source_that_nobody_corrected_keeps_the_disagreement() -> None:
    found = (position("260 metres", "report", "other", accepted=True), NEW)
    assert superseded(found, DOCUMENTS, COPIES) == found


HERALDS = replace(NOTICE, id="heralds", publisher="Herald")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What did the Courier get wrong?", {"notice"}),
        ("what mistakes did the Herald have to correct?", {"heralds"}),
        ("What did the Courier have to put right in its report?", {"notice"}),
        ("Which errors were in the paper?", {"notice", "heralds"}),
        ("What did the minister get wrong?", set()),
        ("What is the Courier?", set()),
        ("Who corrected the minister?", set()),
    ],
)
def test_the_corrections_that_a_question_is_about(question: str, found: set[str]) -> None:
    assert asked_for(question, [*DOCUMENTS.values(), HERALDS]) == found


@pytest.mark.parametrize("title", ["Corrections", "Putting it right", "Erratum", "Setting the record straight"])
def test_a_correction_says_so(title: str) -> None:
    assert asked_for("What did the Courier get wrong?", [REPORT, replace(REPORT, id="new", title=title)]) == {"new"}


def test_what_puts_right_is_told_from_what_stands_around() -> None:
    right = mending("The pier is 140 metres long and not 410.")
    assert right > mending("The pier is 140 metres long.") > mending("In our report we wrote of the pier.")
