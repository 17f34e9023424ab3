"""How likely each type of answer is for a question: learnt, since rules know only the plain ways to ask.

Multinomial logistic regression over the words of a question, its pairs of words, and the class that the rules of
`rag.question` give it: the features of Li and Roth (2002), "Learning question classifiers". Learnt from the written
passages by `python -m rag.adapter.train_types`.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import regex
from safetensors import safe_open

from rag import values

WEIGHTS = Path(__file__).with_name("adapter") / "answer-types.safetensors"
TYPES = ("money", "percent", "count", "quantity", "duration", "date", "name", "text")
NUMERIC = frozenset(TYPES[:6])
_WORD = regex.compile(r"[\p{L}\p{N}'%$€£]+")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """`terms` maps a term to its row; `weights` has shape (terms, types), `idf` (terms,), `bias` (types,)."""

    terms: Mapping[str, int]
    idf: Floats
    weights: Floats
    bias: Floats


def likely(question: str, shape: str, kinds: Iterable[str]) -> dict[str, float]:
    """The probability of each of TYPES, given the question and what the rules make of it."""
    model = _shipped()
    counts = {model.terms[term]: n for term, n in Counter(terms(question, shape, kinds)).items() if term in model.terms}
    rows = list(counts)
    weighed = np.array([1 + np.log(n) for n in counts.values()], np.float32) * model.idf[rows]
    odds = model.bias + weighed @ model.weights[rows] / max(float(np.linalg.norm(weighed)), 1e-9)
    shares = np.exp(odds - odds.max())
    return dict(zip(TYPES, (float(share) for share in shares / shares.sum()), strict=True))


def terms(question: str, shape: str, kinds: Iterable[str]) -> list[str]:
    """Words, pairs of words, and the class by rule."""
    words = _WORD.findall(question.lower().replace("’", "'"))
    pairs = (f"{first} {second}" for first, second in itertools.pairwise(words))
    return [*words, *pairs, f"={shape} {' '.join(sorted(kinds))}"]


def of(text: str) -> str:
    """The type of an answer: the kind of a value, also of one that takes up most of the words."""
    kind = values.kind_of(text)
    if kind == "text":
        numbers = [value for value in values.find(text) if value.kind != "name"]
        kind = numbers[0].kind if len(numbers) == 1 and 2 * len(numbers[0].text) >= len(text) else kind
    return kind if kind in TYPES else "text"


@cache
def _shipped() -> Model:
    with safe_open(str(WEIGHTS), "numpy") as file:
        known = file.metadata()["terms"].split("\n")
        idf, weights, bias = (file.get_tensor(name).astype(np.float32) for name in ("idf", "weights", "bias"))
    return Model({term: row for row, term in enumerate(known)}, idf, weights, bias)
