"""Passages: whole sentences, within the embedder's length, exact on any text; by the real tokenizer."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from index_embedders import minilm

from index.chunk import split_passages
from index.clean import clean
from index.readers import READERS, Raw, read
from index.sentences import split_sentences
from index.types import Document, Passage

SEEDS = Path(__file__).parent.parent / "seeds"
TARGET, LIMIT = 160, 240
PARTS = ["A short one.", "Title Of It", "\n", "\n\n", "word " * 60 + ".", "# H", "x" * 300, "好的。" * 30]


def document(text: str) -> Document:
    return Document("a.txt", "a", text, None, None, "")


def passages(text: str, target: int = TARGET, limit: int = LIMIT) -> list[Passage]:
    return split_passages(document(text), split_sentences(text), minilm().count_tokens, target, limit)


def seeds() -> list[str]:
    return [clean(read(path, path.read_bytes()))[0] for path in sorted(SEEDS.glob("*")) if path.suffix in READERS]


def check(text: str, target: int, limit: int) -> None:
    """What holds for the passages of every text."""
    found = passages(text, target, limit)
    counts = minilm().count_tokens([passage.text for passage in found])
    assert all(count <= limit for count in counts)
    covered: set[int] = set()
    for passage in found:
        assert text[passage.start : passage.end] == passage.text
        assert passage.id == f"a.txt#{passage.start}-{passage.end}"
        covered |= set(range(passage.start, passage.end))
    for sentence in split_sentences(text):
        assert {at for at in range(sentence.start, sentence.end) if text[at].isalnum()} <= covered
    assert [passage.start for passage in found] == sorted({passage.start for passage in found})


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from(PARTS)) | st.text(max_size=200).map(lambda text: [text]),
    st.sampled_from([(20, 30), (60, 90), (160, 240)]),
)
def test_passages_of_any_text(parts: list[str], sizes: tuple[int, int]) -> None:
    check(clean(Raw(" ".join(parts)))[0], *sizes)


def test_passages_of_the_articles() -> None:
    counts = []
    for text in seeds():
        check(text, TARGET, LIMIT)
        counts += minilm().count_tokens([passage.text for passage in passages(text)])
    inner = sorted(counts)[len(counts) // 10 :]
    assert min(inner) >= 80
    assert max(inner) <= 210
    assert 120 <= sum(counts) / len(counts) <= 200


def test_passages_are_whole_sentences_with_one_of_overlap() -> None:
    text = " ".join(f"The {number} storm of the year hit the coast at noon and moved inland." for number in range(60))
    ends = {sentence.end: sentence for sentence in split_sentences(text)}
    found = passages(text)
    assert len(found) > 3
    for before, after in pairwise(found):
        assert before.end in ends
        assert after.start == ends[before.end].start


def test_a_heading_goes_with_what_it_heads() -> None:
    text = "\n\n".join(f"About The Storm Number {n}\n\n" + "It rained on the hills. " * 20 for n in range(6))
    headings = [sentence for sentence in split_sentences(text) if sentence.heading]
    assert len(headings) == 6
    for passage in passages(text):
        assert not [heading for heading in headings if heading.end == passage.end]
    for heading in headings:
        assert any(passage.start <= heading.start and passage.end > heading.end for passage in passages(text))


def test_a_sentence_beyond_the_limit_is_cut_at_clauses() -> None:
    text = "It names " + ", ".join(f"the storm {number} that hit the northern coast" for number in range(80)) + "."
    found = passages(text)
    assert len(found) > 3
    assert all(passage.text.endswith((",", ".")) for passage in found)


def test_the_page_of_a_passage() -> None:
    text = "One page is here. " * 60 + "\n\n" + "Two pages are here. " * 60
    paged = Document("a.pdf", "a", text, None, None, "", (0, text.index("Two")))
    found = split_passages(paged, split_sentences(text), minilm().count_tokens, TARGET, LIMIT)
    assert {passage.page for passage in found} == {1, 2}
    assert found[0].page == 1
    assert found[-1].page == 2
