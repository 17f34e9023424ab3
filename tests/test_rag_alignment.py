"""How a value stands to the question's words, and to the words around another value."""

from __future__ import annotations

from index import IndexSettings, load_embedder
from rag.alignment import align
from rag.parallel import parallel
from rag.spelling import mended
from rag.types import Claim, Evidence
from rag.words import Rarity, stems

TEXT = "Ann Berg paid $5 million for the mill, while Bob Holt paid $7 million for the boat."
RARITY = Rarity([TEXT, "Ann Berg sold the farm.", "The mill burned down."])


def aligned(value: str, question: str) -> tuple[float, float, float]:
    start = TEXT.index(value)
    found = align(TEXT, start, start + len(value), set(stems(question)), RARITY)
    return found.distance, found.clause, found.bound


def test_an_amount_belongs_to_its_own_clause_and_the_nearest_name() -> None:
    five, seven = aligned("$5 million", "Bob Holt paid"), aligned("$7 million", "Bob Holt paid")
    assert seven[0] < five[0]
    assert seven[1] == 1.0 > five[1]
    assert (seven[2], five[2]) == (1.0, 0.0)


def test_alignment_stays_between_zero_and_one() -> None:
    for value in ("$5 million", "mill", "Ann", "boat."):
        assert all(0 <= part <= 1 for part in aligned(value, "How much did Ann pay for a boat"))


def claim(document: str, text: str, value: str) -> Claim:
    start = text.index(value)
    return Claim(document, value, start, start + len(value), Evidence(1, document, 0, len(text), text, 1.0), 0.5)


def test_claims_about_the_same_thing_are_parallel() -> None:
    first = claim("a", "The ferry company bought the boat for $7 million in May.", "$7 million")
    same = claim("b", "In the end the boat was bought for $9 million.", "$9 million")
    other = claim("b", "The council spent $9 million on a school roof.", "$9 million")
    rarity = Rarity([first.sentence.text, same.sentence.text, other.sentence.text])
    assert parallel(same, [first], rarity) > 2 * parallel(other, [first], rarity)
    assert parallel(first, [], rarity) == 0.0


def test_slips_are_mended_from_the_sources_and_words_and_strangers_left_alone() -> None:
    texts = ["The strongest gust was measured by the lighthouse keeper Nordvik, and she wrote it down at least twice."]
    pieces = load_embedder(IndexSettings()).count_tokens
    assert mended("strongest gsut mesured by nordvk?", texts, pieces) == "strongest gust measured by Nordvik?"
    for question in ("What did Google measure in 1987?", "Who will write the last one?"):
        assert mended(question, texts, pieces) == question
