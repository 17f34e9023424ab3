"""Learn what type of answer a question wants: `python -m rag.adapter.train_types --out FILE.safetensors`.

The examples are the questions of the written passages with an answer; those of the passages that are held back
measure it. scikit-learn, which sentence-transformers brings, does the fitting.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from safetensors.numpy import save_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from rag import answer_types
from rag.adapter.passages import Passage, held, passages
from rag.question import classified

FEWEST = 8  # questions that a term stands in
PENALTY = 1.0

Example = tuple[list[str], str]


def examples(written: Sequence[Passage]) -> list[Example]:
    """The terms of each answered question, and the type of its first answer."""
    return [
        (_terms(one.question), answer_types.of(passage.sentences[spot.index][spot.start : spot.end]))
        for passage in written
        for one in passage.asked
        for spot in one.spots[:1]
    ]


def fit(learnt: Sequence[Example], fewest: int = FEWEST) -> tuple[TfidfVectorizer, LogisticRegression]:
    """The weights of terms, and of types given terms."""
    terms = TfidfVectorizer(analyzer=list, min_df=fewest, sublinear_tf=True)
    seen = terms.fit_transform([words for words, _ in learnt])
    wanted = [answer_types.TYPES.index(kind) for _, kind in learnt]
    return terms, LogisticRegression(C=1 / PENALTY, max_iter=200).fit(seen, wanted)


def save(terms: TfidfVectorizer, model: LogisticRegression, out: Path) -> None:
    """Write what `rag.answer_types` reads. Raises ValueError where a type had no example."""
    if list(model.classes_) != list(range(len(answer_types.TYPES))):
        raise ValueError("Each type of answer needs an example.")
    tensors = {
        "idf": terms.idf_.astype(np.float16),
        "weights": np.ascontiguousarray(model.coef_.T).astype(np.float16),
        "bias": model.intercept_.astype(np.float16),
    }
    save_file(tensors, out, metadata={"terms": "\n".join(terms.get_feature_names_out())})


def _terms(question: str) -> list[str]:
    return answer_types.terms(question, *classified(question))


def main(out: Annotated[Path, typer.Option(help="Where to write the weights.")]) -> None:
    """Fit the types of answers, and measure them on the passages that are held back."""
    written = passages()
    terms, model = fit(examples([passage for passage in written if not held(passage)]))
    kept = examples([passage for passage in written if held(passage)])
    wanted = np.array([answer_types.TYPES.index(kind) for _, kind in kept])
    shares = model.predict_proba(terms.transform([words for words, _ in kept]))
    right = (shares.argmax(1) == wanted).mean()
    likely = (shares[np.arange(len(kept)), wanted] >= 0.1).mean()
    typer.echo(f"{len(kept)} questions held back: {right:.3f} right, {likely:.3f} given a tenth or more")
    save(terms, model, out)


if __name__ == "__main__":
    typer.run(main)
