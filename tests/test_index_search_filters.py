"""Filters: only documents that pass, all of their passages, and an error that says what there is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from index_embedders import HashEmbedder

from index import Filter, FilterError, Index, IndexSettings
from index.filters import matching
from index.lexical import LexicalIndex
from index.lookup import Outline

HELD = [
    Outline("2025/a.md", "2025-12-31", "Harbour Gazette"),
    Outline("2026/b.pdf", "2026-02", "Harbour  Gazette"),
    Outline("2026/deep/c.pdf", "2026-02-27", "The Post"),
    Outline("d[1].txt", "2026", None),
    Outline("e.txt", None, "The Post"),
]
A, B, C, D, E = (outline.id for outline in HELD)


@pytest.mark.parametrize(
    ("where", "passing"),
    [
        (Filter(), [A, B, C, D, E]),
        (Filter(documents=[C]), [C]),
        (Filter(documents=["d[1].txt"]), [D]),
        (Filter(documents=["*.pdf"]), [B, C]),
        (Filter(documents=["c.*", "e.txt"]), [C, E]),
        (Filter(documents=["2026/"]), [B, C]),
        (Filter(documents=["2026/*.pdf"]), [B, C]),
        (Filter(publishers=["harbour gazette"]), [A, B]),
        (Filter(publishers=["THE POST", "Harbour Gazette"]), [A, B, C, E]),
        (Filter(publishers=["the post"], documents=["*.txt"]), [E]),
        (Filter(since="2026"), [B, C, D]),
        (Filter(since="2026-02-15"), [B, C, D]),
        (Filter(since="2026-03"), [D]),
        (Filter(until="2025"), [A]),
        (Filter(until="2026-02-26"), [A, B, D]),
        (Filter(until="2026-02"), [A, B, C, D]),
        (Filter(since="2025-12-31", until="2025-12-31"), [A]),
        (Filter(since="2026-02", until="2026-02", publishers=["the post"]), [C]),
    ],
)
def test_what_passes(where: Filter, passing: list[str]) -> None:
    assert matching(where, HELD) == passing
    assert bool(where) == (where != Filter())


@pytest.mark.parametrize("text", ["27 Feb", "2026-2", "2026-02-30", "2026-13", "20260227", "0000", "2026-", "２０２６"])
@pytest.mark.parametrize("key", ["since", "until"])
def test_what_is_no_date_is_refused(text: str, key: str) -> None:
    with pytest.raises(FilterError, match="is no date") as raised:
        Filter(**{key: text})
    assert "2026-02-27" in str(raised.value)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Filter(documents=["*.pdf", "*.doc"]), r"named '\*\.doc'\. There are: 2025/a\.md, 2026/b\.pdf"),
        (
            Filter(publishers=["Nobody"]),
            r"by 'Nobody'\. There are: Harbour  Gazette, Harbour Gazette, The Post",
        ),
        (
            Filter(since="2027"),
            r"of the 5 documents passes the filter\. Their dates go from 2025-12-31 to 2026-02-27",
        ),
        (Filter(documents=["e.txt"], until="2030"), "None of the 5"),
    ],
)
def test_a_filter_that_nothing_passes_says_what_there_is(where: Filter, words: str) -> None:
    with pytest.raises(FilterError, match=words) as raised:
        matching(where, HELD)
    assert "\n" not in str(raised.value)


def test_what_is_not_stated_is_said() -> None:
    bare = [Outline(f"f{number}.txt", None, None) for number in range(30)]
    with pytest.raises(FilterError, match=r"None is stated; sources\.toml can"):
        matching(Filter(publishers=["Nobody"]), bare)
    with pytest.raises(FilterError, match="None of them states its date"):
        matching(Filter(since="2026"), bare)
    with pytest.raises(FilterError, match=r"f9\.txt, and 20 more"):
        matching(Filter(documents=["x"]), bare)
    with pytest.raises(FilterError, match="2027 is after 2026-12-31"):
        Filter(since="2027", until="2026-12-31")


@pytest.fixture(scope="module", params=["auto", "SQ8"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Four hundred notes of which ten are of the Post and on bridges; all others are nearer to "harbour storm"."""
    folder = tmp_path_factory.mktemp("notes")
    lines = []
    for number in range(400):
        rare = number % 40 == 7
        words = f"Note {number}: a bridge, and one storm." if rare else f"Note {number}: harbour storm, harbour storm."
        (folder / f"f{number}.txt").write_text(words)
        publisher = "The Post" if rare else "Harbour Gazette"
        lines.append(f'["f{number}.txt"]\npublisher = "{publisher}"\ndate = "2026-{number % 12 + 1:02d}"\n')
    (folder / "sources.toml").write_text("\n".join(lines))
    settings = IndexSettings(index_factory=request.param)
    place = tmp_path_factory.mktemp("index")
    with Index.open(folder, settings, embedder=HashEmbedder(), path=place) as opened:
        opened.sync()
        yield opened


def test_few_that_pass_are_all_found_though_others_are_nearer(index: Index) -> None:
    wanted = {f"f{number}.txt" for number in range(7, 400, 40)}
    assert not wanted & {hit.passage.document_id for hit in index.search("harbour storm", 10) if "lexical" in hit.ranks}
    hits = index.search("harbour storm", 10, where=Filter(publishers=["the post"]))
    assert {hit.passage.document_id for hit in hits} == wanted
    assert all(set(hit.ranks) == {"dense", "lexical"} for hit in hits)
    assert sorted(hit.ranks["dense"] for hit in hits) == list(range(1, 11))
    one = index.search("harbour storm", 10, where=Filter(documents=["f47.txt"]))
    assert [hit.passage.document_id for hit in one] == ["f47.txt"]


def test_filters_meet(index: Index) -> None:
    where = Filter(publishers=["The Post"], since="2026-04", until="2026-08")
    found = {hit.passage.document_id for hit in index.search("storm", 50, where=where)}
    assert found == {f"f{number}.txt" for number in range(7, 400, 40) if 4 <= number % 12 + 1 <= 8}
    assert index.search("storm", 5, where=Filter()) == index.search("storm", 5)
    with pytest.raises(FilterError, match="There are: Harbour Gazette, The Post"):
        index.search("storm", where=Filter(publishers=["The Times"]))


@pytest.mark.parametrize("named", [0, 50, 10**6])
def test_words_are_found_alike_by_naming_ids_and_by_going_deeper(named: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.lexical._MOST_NAMED", named)
    chance = np.random.default_rng(3)
    texts = [" ".join(f"w{word}" for word in chance.zipf(1.5, 20) % 50) for _ in range(2000)]
    index = LexicalIndex.build(enumerate(texts), None)
    everything = index.search("w1 w2 w3 w7", 2000)
    for count in (1, 30, 300, 1999):
        allowed = np.sort(chance.choice(2000, count, replace=False))
        known = set(allowed.tolist())
        expected = [hit for hit in everything if hit[0] in known][:25]
        found = index.search("w1 w2 w3 w7", 25, allowed)
        assert [id_ for id_, _ in found] == [id_ for id_, _ in expected]
        assert [score for _, score in found] == pytest.approx([score for _, score in expected], rel=1e-5)
