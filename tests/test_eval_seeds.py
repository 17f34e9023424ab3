"""The cases over the five articles, and what is said of each article, hold what they promise."""

from __future__ import annotations

import datetime
import hashlib
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
ARTICLES = {path.name: path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))}
CASES: list[dict[str, Any]] = tomllib.loads((ROOT / "eval/cases/seeds.toml").read_text(encoding="utf-8"))["case"]
STATED: dict[str, Any] = tomllib.loads((SEEDS / "sources.toml").read_text(encoding="utf-8"))
SOURCES: dict[str, dict[str, str]] = {name: fields for name, fields in STATED.items() if name != "examples"}
LEAST = {
    "single": 75,
    "agree": 35,
    "disagree": 25,
    "absent": 45,
    "open": 25,
    "follow-up": 40,
    "paraphrase": 25,
    "injection": 8,
}
NEARBY = 200

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])


def loose(text: str) -> str:
    """Lower case; a hyphen, spaced or not, and any run of white space count as one space."""
    return re.sub(r"\s*-\s*|\s+", " ", text.casefold())


def around(proof: dict[str, str]) -> str:
    article = ARTICLES[proof["document"]]
    start = article.index(proof["words"])
    return loose(article[max(0, start - NEARBY) : start + len(proof["words"]) + NEARBY])


def stands(text: str, value: str) -> bool:
    """Whether `value` stands in `text` as whole words, ordinals included: not "$3 billion" in "$73 billion".

    ASCII only, as one article has the letter β where quotation marks were.
    """
    return re.search(rf"(?<![a-z0-9]){re.escape(loose(value))}(st|nd|rd|th)?(?![a-z0-9])", text) is not None


def lacking(case: dict[str, Any], key: str) -> list[list[str]]:
    """The groups under `key` of which no alternative stands near any proof."""
    texts = [around(proof) for proof in case["proof"]]
    return [group for group in case.get(key, []) if not any(stands(text, v) for text in texts for v in group)]


def test_ids_and_questions_are_unique() -> None:
    ids = Counter(case["id"] for case in CASES)
    asked = Counter((*case.get("history", []), case["question"]) for case in CASES)
    assert [key for key, count in (ids + asked).items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) for key in ids)


def test_quotas() -> None:
    kinds = Counter(case["kind"] for case in CASES)
    assert set(kinds) == set(LEAST)
    assert {kind: count for kind, count in kinds.items() if count < LEAST[kind]} == {}
    assert sum(kinds.values()) >= 270


def test_a_third_of_each_kind_is_set_aside() -> None:
    for kind in LEAST:
        splits = Counter(case["split"] for case in CASES if case["kind"] == kind)
        assert set(splits) == {"dev", "test"}
        assert 0.30 <= splits["test"] / splits.total() <= 0.37, kind


@pytest.mark.parametrize("small", ["$11 billion", "$5 billion", "$73 billion", "$3 billion"])
def test_each_figure_ten_times_too_small_is_asked_in_several_ways(small: str) -> None:
    (odd_one,) = (name for name, text in ARTICLES.items() if small in text)
    asked = [case for case in CASES if case["kind"] == "disagree" and [small] in case.get("dissent", [])]
    assert len(asked) >= (8 if small == "$3 billion" else 4)  # $3 billion is two investors' figure
    assert all(odd_one in {proof["document"] for proof in case["proof"]} for case in asked)


def test_most_absent_questions_are_near_misses() -> None:
    """A near miss names somebody or something that the articles do speak of."""
    absent = [case["question"] for case in CASES if case["kind"] == "absent"]
    words = {word for text in ARTICLES.values() for word in re.findall(r"\w+", text)}
    near = [question for question in absent if words & set(re.findall(r"(?<=\s)[A-Z]\w+", question))]
    assert len(absent) / 2 <= len(near) < len(absent)


@each_case
def test_shape(case: dict[str, Any]) -> None:
    absent, conflict = case["status"] == "not_in_sources", case["status"] == "conflict"
    assert case["status"] in {"answered", "conflict", "not_in_sources"}
    assert case["question"].strip()
    assert absent == (not case["answers"]) == (not case.get("proof"))
    assert conflict == bool(case.get("dissent"))
    assert (case["kind"] == "follow-up") == bool(case.get("history"))
    assert case["kind"] != "absent" or absent
    assert case["kind"] != "disagree" or conflict
    assert case["kind"] not in {"single", "agree", "open"} or case["status"] == "answered"


@each_case
def test_values_do_not_contradict_each_other(case: dict[str, Any]) -> None:
    accepted, named = ({value for group in case.get(key, []) for value in group} for key in ("answers", "dissent"))
    rejected = set(case.get("rejected", []))
    assert not accepted & rejected
    assert not accepted & named


@each_case
def test_proofs_stand_once_in_their_articles(case: dict[str, Any]) -> None:
    """Once and on one line, so that the words name one span; free of the damage that cleaning repairs."""
    for proof in case.get("proof", []):
        assert ARTICLES[proof["document"]].count(proof["words"]) == 1, proof
        assert "\n" not in proof["words"]
        assert "β" not in proof["words"]


@each_case
def test_number_of_articles_fits_the_kind(case: dict[str, Any]) -> None:
    documents = {proof["document"] for proof in case.get("proof", [])}
    if case["kind"] == "single":
        assert len(documents) == 1
    if case["kind"] == "agree" or case["status"] == "conflict":
        assert len(documents) >= 2


@each_case
def test_answers_stand_by_their_proofs(case: dict[str, Any]) -> None:
    if case["status"] != "not_in_sources" and case["kind"] != "open":
        assert lacking(case, "answers") == []
        assert lacking(case, "dissent") == []


def test_every_article_is_described() -> None:
    assert set(SOURCES) == set(ARTICLES)
    for name, fields in SOURCES.items():
        assert {"provenance", "rights"} <= set(fields) <= {"title", "publisher", "date", "provenance", "rights"}
        assert all(value.strip() and "\n" not in value for value in fields.values())
        for key in {"title", "publisher", "date"} & set(fields):
            assert fields[key] in ARTICLES[name], (name, key)
        if "date" in fields:
            datetime.date.fromisoformat(fields["date"])


def test_articles_are_as_supplied() -> None:
    """Byte for byte: a line ending or a stray space added by an editor would shift every span."""
    assert {name: hashlib.sha256((SEEDS / name).read_bytes()).hexdigest() for name in ARTICLES} == {
        "000_976fb6989ca0f141.txt": "617aae575068e72d5c57185af98a9afe81a9f3827a42b6cdbe65fe3e7a8749c8",
        "001_aa3d2bb893bc6045.txt": "885ac1936f91bb4ab96a5e2811ef417f099e2de36f5e7d6c6103ef693d714a44",
        "002_40d26be8e37cd4c6.txt": "9003017e633dfec8723e906dbecc95bbedeb561e33e9f3947d44082ad915ef3f",
        "003_1ac56b09e6bb37b0.txt": "10fb1816720b2f3ea817ca417d523a7870a431080bd939988930090dcd309b76",
        "004_2311c2ef7c25282c.txt": "4413f798692407d3549d549763919e474373e2300b58be85bf78d4cfc028b7d9",
    }
