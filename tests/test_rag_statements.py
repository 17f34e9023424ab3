"""Open answers over documents of one's own, on the real models: an author's demands, a correction, a list of items."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant, Settings

TEXTS = {
    "column.md": """# Who locks a harbour?

**Opinion** | Ida Falk | *Skarn Ledger*, 4 May 2027

The pier fell on a calm morning, and nobody was surprised but the council. It had been rotten since the flood.

So what is to be done? Three things, none of them dear. First, an inspection of every pier in spring. Second, a fund
that the fishermen run themselves. Third, a harbour master who answers to the town.

*Ida Falk is a writer. Her novel "Low Water" came out in 2019.*
""",
    "correction.txt": """Skarn Ledger, Thursday 13 May 2027, page 2

CORRECTIONS

In "The day the pier fell" (5 May) two digits changed places. The pier was 140 metres long and not 410.

The engineer is called Pavla Strand. We had given her another name.
""",
    "report.txt": """The day the pier fell

The pier of Skarn, 410 metres long, fell into the sea on Monday. Nobody was hurt. The engineer, Paul Strand, said that
mistakes were made when it was mended in 1998, above all with the bolts.

The council closed the harbour for nine days.
""",
}


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder: Path = tmp_path_factory.mktemp("harbour")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with Assistant.open(folder, Settings(), index_path=tmp_path_factory.mktemp("index")) as assistant:
        yield assistant


def test_announced_items_follow_and_the_note_on_the_author_does_not(harbour: Assistant) -> None:
    answer = harbour.ask("Which three measures does Ida Falk call for?")
    for item in ("an inspection of every pier", "a fund that the fishermen run", "a harbour master who answers"):
        assert item in " ".join(answer.text.split())
    assert "is a writer" not in answer.text
    assert {citation.document_id for citation in answer.citations} == {"column.md"}


def test_what_a_paper_got_wrong_is_what_its_correction_puts_right(harbour: Assistant) -> None:
    answer = harbour.ask("What did the Ledger's report on the pier get wrong?")
    assert "140 metres" in answer.text
    assert "Pavla Strand" in answer.text
    assert {citation.document_id for citation in answer.citations} == {"correction.txt"}


def test_mistakes_that_are_no_papers_are_not_those_of_the_correction(harbour: Assistant) -> None:
    answer = harbour.ask("What mistakes were made when the pier was mended?")
    assert "bolts" in answer.text


def test_a_short_sentence_may_be_all_there_is_to_say(harbour: Assistant) -> None:
    answer = harbour.ask("Was anyone hurt?")
    assert "Nobody was hurt." in answer.text
    assert answer.citations[0].document_id == "report.txt"
