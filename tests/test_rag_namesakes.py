"""Two towns of one name do not contradict each other; two sources on one town do."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from index.types import Document
from rag import Assistant, Settings
from rag.namesakes import akin

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
QUESTION = "What is the population of Marlow?"
THAMES = """Marlow, Buckinghamshire

Marlow lies on the Thames, between Henley and Maidenhead. Tierney Clark built its bridge in 1832, and the Higginson
Park has a statue of Redgrave. The population of Marlow was 14,325 at the last census.
"""
OKLAHOMA = """Marlow, Oklahoma

Marlow is a place in Stephens County, south of Rush Springs. Cattle of the Chisholm Trail went by, and Halliburton's
first crew worked at nearby Duncan. The population of Marlow was 4,385 at the last census.
"""
GAZETTE = """From the Maidenhead Gazette

Henley and Marlow share the Thames, and since 1832 the bridge of Tierney Clark has carried Marlow's traffic past
Higginson Park. The population of Marlow was 13,425 at the last census.
"""
BUS = """A letter from Duncan

The Chisholm Trail school at Rush Springs has 412 pupils, and Marlow's bus brings 38 of them to Halliburton Hall.
"""


def document(text: str) -> Document:
    return Document("d.txt", "d", text, None, None, "")


def test_articles_on_one_event_are_akin() -> None:
    articles = [document(path.read_text(encoding="utf-8")) for path in SEEDS]
    assert all(akin(one, other, frozenset()) for one, other in combinations(articles, 2))


def test_places_of_one_name_are_not_akin() -> None:
    asked = frozenset({"popul", "of", "marlow"})
    assert not akin(document(THAMES), document(OKLAHOMA), asked)
    assert akin(document(THAMES), document(GAZETTE), asked)


def test_without_names_nothing_tells_two_apart() -> None:
    assert akin(document("It took twelve roofs."), document(THAMES), frozenset())


@pytest.mark.parametrize(
    ("sources", "status", "accepted"),
    [
        ({"thames": THAMES, "oklahoma": OKLAHOMA}, "answered", {"14,325", "4,385"}),
        ({"thames": THAMES, "bus": BUS}, "answered", {"14,325"}),
        ({"thames": THAMES, "gazette": GAZETTE}, "conflict", None),
        ({"thames": THAMES, "gazette": GAZETTE, "oklahoma": OKLAHOMA}, "conflict", None),
    ],
)
def test_each_is_answered_and_who_disagrees_is_named(
    tmp_path: Path, sources: dict[str, str], status: str, accepted: set[str] | None
) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    for name, text in sources.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with Assistant.open(folder, Settings(home=str(tmp_path / "home"))) as assistant:
        answer = assistant.ask(QUESTION)
    assert answer.status == status
    told = {position.value for position in answer.positions if position.stance == "accepted"}
    if accepted is None:
        assert any(position.stance == "disputed" for position in answer.positions)
    else:
        assert told == accepted
    if "oklahoma" in sources:
        assert "4,385" in told
        assert "which may be about another" in answer.text
