"""What repeats what: reprints, shortened ones and copies under another name; articles on one event are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import copies
from index.types import Document, Sketch

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


def article(number: int = 3, published: str | None = None) -> Document:
    path = SEEDS[number]
    return Document(path.name, path.stem, path.read_text(encoding="utf-8"), published, None, "")


def sketched(documents: Sequence[Document]) -> list[Sketch]:
    return [Sketch(document.id, document.published, copies.sketch(document)) for document in documents]


def invented(seed: int, words: int = 400) -> str:
    """A text that shares no run of words with that of another seed."""
    return " ".join(f"w{Random(seed * 10_000 + n).randrange(10**9)}" for n in range(words))


def named(name: str, text: str, published: str | None = None) -> Document:
    return Document(name, name, text, published, None, "")


def test_articles_on_one_event_are_no_copies() -> None:
    sketches = sketched([article(number) for number in range(5)])
    assert (copies.same(sketches), copies.near(sketches)) == ({}, {})


def test_a_shortened_reprint_is_a_copy_of_the_earlier_one() -> None:
    original = article(3, "2026-02-27")
    text = "Our readers' digest. " + original.text[:2500].replace("$110", "$111")
    reprint = named("a-reprint.txt", text, "2026-03-02")
    sketches = sketched([*(article(number) for number in range(3)), reprint, original])
    assert copies.near(sketches) == {"a-reprint.txt": original.id}
    assert copies.same(sketches) == {}


def test_the_very_text_is_the_same_and_another_letter_is_not() -> None:
    one = article()
    again, other = replace(one, id="again.txt"), replace(one, id="other.txt", text=f"{one.text}s")
    sketches = sketched([one, again, other])
    assert copies.same(sketches) == {"again.txt": one.id}
    assert copies.near(sketches) == {"again.txt": one.id, "other.txt": one.id}


def test_the_same_words_on_other_pages_are_not_the_same() -> None:
    paged = replace(article(), id="paged.pdf", page_starts=(0, 1000))
    assert copies.same(sketched([article(), paged])) == {}


def test_a_copy_of_a_near_copy_is_a_copy_of_the_first() -> None:
    first, second = named("1.txt", invented(1), "2026-01-01"), named("2.txt", f"{invented(1)} more", "2026-01-02")
    third = replace(second, id="3.txt", published="2026-01-03")
    assert copies.near(sketched([third, second, first])) == {"2.txt": "1.txt", "3.txt": "1.txt"}
    assert copies.same(sketched([third, second, first])) == {"3.txt": "2.txt"}


def test_short_texts_are_alike_by_chance_and_no_near_copies() -> None:
    short = [named("a.txt", "The sources do not say."), named("b.txt", "The sources do not say!")]
    assert copies.near(sketched(short)) == {}


@pytest.mark.parametrize(("share", "copy"), [(1.0, True), (0.8, True), (0.4, False), (0.0, False)])
@pytest.mark.parametrize("length", [150, 250, 400])
def test_the_share_of_the_shorter_text_decides(share: float, copy: bool, length: int) -> None:
    words = invented(1).split()[: int(share * length)] + invented(2).split()[: length - int(share * length)]
    sketches = sketched([named("whole.txt", invented(1), "2026"), named("part.txt", " ".join(words))])
    assert bool(copies.near(sketches)) is copy


def test_scripts_without_spaces_have_words() -> None:
    random = Random(3)
    one = named("一.txt", "".join(chr(0x4E00 + random.randrange(5000)) for _ in range(60)))
    assert copies.near(sketched([one, replace(one, id="二.txt", text=f"{one.text}完")])) == {"二.txt": "一.txt"}


def windowed(n: int, begin: int, date: int) -> Document:
    """A piece of one long text: those that begin near each other are near-copies, but not all that are near these."""
    return named(f"{n}.txt", " ".join(LONG[20 * begin : 20 * begin + 100]), f"202{date}")


LONG = invented(9, 600).split()
PIECES = st.tuples(st.integers(0, 12), st.integers(0, 4), st.sampled_from(["held", "held", "gone", "new", "changed"]))


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=14))
def test_a_change_links_as_if_all_were_new(made: list[tuple[int, int, str]]) -> None:
    parts: dict[str, list[Sketch]] = {"held": [], "gone": [], "new": []}
    for n, (begin, date, part) in enumerate(made):
        if part == "changed":
            parts["gone"] += sketched([windowed(n, begin, date)])
            parts["new"] += sketched([windowed(n, 12 - begin, date)])
        else:
            parts[part] += sketched([windowed(n, begin, date)])
    then = [*parts["held"], *parts["gone"]]
    same = copies.same(then)
    held = [replace(one, same_as=same.get(one.document_id, "")) for one in parts["held"]]
    after = copies.near([*held, *parts["new"]])
    assert copies.near_again(copies.near(then), held, parts["new"]) == after


@pytest.mark.parametrize("number", [5, 300])
def test_an_original_that_goes_leaves_its_copies_to_the_next(number: int) -> None:
    held = sketched([named(f"{n:03}.txt", invented(1) + f" {n}", "2026") for n in range(number)])
    after = {f"{n:03}.txt": "001.txt" for n in range(2, number)}
    assert copies.near_again(copies.near(held), held[1:], []) == after


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=8), st.randoms())
def test_what_repeats_what_depends_on_the_documents_alone(made: list[tuple[int, int]], random: Random) -> None:
    documents = [
        named(f"{n}.txt", invented(seed, 60) + " end" * more, f"202{n % 3}") for n, (seed, more) in enumerate(made)
    ]
    sketches = sketched(documents)
    links, same = copies.near(sketches), copies.same(sketches)
    random.shuffle(sketches)
    assert (copies.near(sketches), copies.same(sketches)) == (links, same)
    assert set(same) <= set(links)
    assert not set(links) & set(links.values()), "an original is no copy"
    assert not set(same) & set(same.values())
