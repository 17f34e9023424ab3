"""Sweeps the adapter's recipe: `python -m eval.sweep --base MODEL.gguf --data train.jsonl --held held.jsonl --out DIR`.

One thing is changed at a time: rank, modules, learning rate, how often each question is seen, how many of them have no
answer, and whether the wrong replies beside a right one are hard. Every variant starts from the base model and learns
from the same groups in the same order, so that they differ by what they are named for. What is measured is the adapter
as llama.cpp runs it, on groups that `rag.adapter.data` held back. A variant that is done is not done again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from eval.reading import Copying, silence
from rag import prompt
from rag.adapter import examples, export
from rag.adapter.examples import Group
from rag.adapter.train import grown, load, training
from rag.adapter.training import Recipe, begin
from rag.llamacpp import LlamaCpp
from rag.models import ModelFiles

USUAL = Recipe(modules=tuple(export.MODULES), rate=3e-4)
Change = Callable[[Sequence[Group]], list[Group]]


@dataclass(frozen=True, slots=True)
class Result:
    """One variant: shares of the held-back questions, 0 to 1, those it learnt from, and seconds."""

    name: str
    right: float
    auroc: float
    calibration: float
    questions: int
    seconds: float


def answered(share: float) -> Change:
    """Keeps all questions with an answer, and `share` of those without."""

    def change(groups: Sequence[Group]) -> list[Group]:
        chance = Random(7)
        kept = [
            replace(g, queries=tuple(q for q in g.queries if q.right != (prompt.NONE,) or chance.random() < share))
            for g in groups
        ]
        return [group for group in kept if group.queries]

    return change


def easy(groups: Sequence[Group]) -> list[Group]:
    """Leaves of the wrong replies beside a right one only `none`."""
    return [
        replace(
            g, queries=tuple(q if q.right == (prompt.NONE,) else replace(q, wrong=(prompt.NONE,)) for q in g.queries)
        )
        for g in groups
    ]


def third(groups: Sequence[Group]) -> list[Group]:
    """Every third group."""
    return list(groups[::3])


VARIANTS: dict[str, tuple[Recipe, Change]] = {
    "as it is": (USUAL, list),
    "rank 4": (replace(USUAL, rank=4, alpha=8), list),
    "rank 64": (replace(USUAL, rank=64, alpha=128), list),
    "attention alone (v, o)": (replace(USUAL, modules=("v_proj", "o_proj")), list),
    "feed-forward alone": (replace(USUAL, modules=("gate_proj", "up_proj", "down_proj")), list),
    "learning rate 1e-4": (replace(USUAL, rate=1e-4), list),
    "learning rate 1e-3": (replace(USUAL, rate=1e-3), list),
    "a third of the questions, three times": (replace(USUAL, epochs=3), third),
    "no questions without an answer": (USUAL, answered(0)),
    "half of those without an answer": (USUAL, answered(0.5)),
    "no hard wrong replies": (USUAL, easy),
}


def learn(base: Path, recipe: Recipe, groups: Sequence[Group], out: Path) -> tuple[Path, float]:
    """The adapter that `recipe` makes of `groups`, and the seconds it took."""
    begin(recipe, out)
    course = training(load(base, recipe, None), recipe, out, minutes=600)
    course.run(grown(groups, base), [], every=1_000_000)
    return out / "adapter.gguf", course.spent


def measure(base: Path, adapter: Path | None, held: Sequence[Group]) -> tuple[float, float, float]:
    """Right reply first, AUROC of any answer against `none`, calibration error once scaled."""
    model = LlamaCpp(ModelFiles(base.stem, base, adapter, ""))
    auroc, calibration, right, _ = silence(held, Copying(model))
    model.close()
    return right, auroc, calibration


def sweep(
    base: Path, groups: Sequence[Group], held: Sequence[Group], out: Path, names: Sequence[str], bfloat16: bool = False
) -> Iterator[Result]:
    """Every variant of `names` in turn; `out` keeps what is done."""
    for name in names:
        folder = out / name.replace(" ", "-").replace("(", "").replace(")", "").replace(",", "")
        done = folder / "result.json"
        if not done.exists():
            recipe, change = VARIANTS[name]
            chosen = change(groups)
            adapter, seconds = learn(base, replace(recipe, bfloat16=bfloat16), chosen, folder)
            asked = sum(len(group.queries) for group in chosen)
            result = Result(name, *measure(base, adapter, held), asked, round(seconds))
            done.write_text(json.dumps(asdict(result)), encoding="utf-8")
        yield Result(**json.loads(done.read_text(encoding="utf-8")))


def main(
    base: Annotated[Path, typer.Option(help="The base model, a GGUF that transformers can read.")],
    data: Annotated[Path, typer.Option(help="Groups to train on, as rag.adapter.data makes them.")],
    held: Annotated[Path, typer.Option(help="Groups to measure on.")],
    out: Annotated[Path, typer.Option(help="A folder for the runs.")],
    groups: Annotated[int, typer.Option(help="So many groups of the data, six questions each as a rule.")] = 150,
    bfloat16: Annotated[bool, typer.Option(help="Reckon in bfloat16; for processors that have it.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="A variant; may be repeated. Default: all.")] = None,
) -> None:
    """Print a table of the variants, the base model by itself first."""
    chosen, kept = list(examples.read(data))[:groups], list(examples.read(held))
    typer.echo("| Variant | right first | AUROC | calibration | questions | seconds |\n|---|---|---|---|---|---|")
    right, auroc, calibration = measure(base, None, kept)
    typer.echo(f"| the base model by itself | {right:.3f} | {auroc:.3f} | {calibration:.3f} | 0 | 0 |")
    for result in sweep(base, chosen, kept, out, only or list(VARIANTS), bfloat16):
        figures = f"{result.right:.3f} | {result.auroc:.3f} | {result.calibration:.3f}"
        typer.echo(f"| {result.name} | {figures} | {result.questions:,} | {result.seconds:.0f} |")


if __name__ == "__main__":
    typer.run(main)
