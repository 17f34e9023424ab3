"""A reprint counts with its original; articles on the same event do not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from index.types import Document
from rag.copies import containment, near_copies

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


def documents() -> list[Document]:
    return [Document(p.name, p.stem, p.read_text(encoding="utf-8"), None, None, "") for p in SEEDS]


def test_articles_on_one_event_are_no_copies() -> None:
    assert near_copies(documents()) == {}


def test_a_shortened_reprint_is_a_copy_of_the_earlier_one() -> None:
    original = dataclasses.replace(documents()[3], published="2026-02-27")
    text = "Our readers' digest. " + original.text[:2500].replace("$110", "$111")
    reprint = Document("a-reprint.txt", "Digest", text, "2026-03-02", None, "")
    assert near_copies([*documents()[:3], original, reprint]) == {"a-reprint.txt": original.id}


def test_a_few_shared_words_are_no_copy() -> None:
    assert containment("The sources do not say.", "The sources do not say.") == 0.0
