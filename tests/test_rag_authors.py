"""Whose words a text is: by-lines, signatures, and the note on the author at the end."""

from __future__ import annotations

import pytest

from index.types import Document
from rag.authors import author, note


def document(text: str, stated: str | None = None) -> Document:
    return Document("a.md", "A title", text, None, None, "0" * 64, author=stated)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("# Stop\n\n**Opinion** | Anders Vole | *Ledger*, 24 October\n\nWe build again.", "Anders Vole"),
        ("What I saw\n\nPosted by Wim Astaker on his blog\n\nIt was late.", "Wim Astaker"),
        ("The fire is out.\n\nBy Lena M. Ruud\n\nIt burnt for days.", "Lena M. Ruud"),
        ("Dear Sir,\n\nI want my money back.\n\nYours,\nWilhelmina Croft, Deventer", "Wilhelmina Croft"),
        ("We pay for it all.\n\n*Cosima Reth is a writer. Her novel came out in 2019.*", "Cosima Reth"),
        ("The mill was sold by Otto Wren last week. It closed.", ""),
        ("By Monday the water had gone. Nobody was hurt.", ""),
    ],
)
def test_the_author_of_a_text(text: str, name: str) -> None:
    assert author(document(text)) == name


def test_what_the_file_states_comes_first() -> None:
    assert author(document("Posted by Wim Astaker\n\nIt was late.", "Nadja Holm")) == "Nadja Holm"


def test_the_note_on_the_author_is_no_part_of_what_is_said() -> None:
    text = "First, a ceiling. Then a fund.\n\n*Cosima Reth is a writer. Her novel came out in 2019.*"
    start = note(document(text))
    assert text[start:].startswith("Cosima Reth is")
    assert note(document("First, a ceiling. Then a fund.")) == len("First, a ceiling. Then a fund.")
