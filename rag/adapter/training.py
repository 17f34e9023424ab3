"""The loop that both adapters are trained by: steps of like-sized items, a clock, checkpoints, validation, a log."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any, Generic, Protocol, TypeVar

import torch
import typer
from peft.helpers import disable_input_dtype_casting

_LANES = 32


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train.

    `nodes` is the number of tokens in a step, `copying` the weight of the loss by which words are copied or pointed at
    freely, beside that of the choice among given replies, which is 1. `dropout` is the extractor's. `bfloat16` reckons
    in that, and keeps the weights that are not trained so: half the time or less where the processor has it, longer
    where it has not.
    """

    rank: int = 16
    alpha: int = 32
    modules: tuple[str, ...] = ()
    rate: float = 2e-4
    warmup: int = 15
    nodes: int = 2400
    copying: float = 0.5
    epochs: float = 1.0
    seed: int = 7
    dropout: float = 0.0
    bfloat16: bool = False


@dataclass(slots=True)
class Scores:
    """Sums over queries: of the loss, and of those whose right reply was weighed highest."""

    loss: float = 0.0
    right: float = 0.0
    queries: int = 0

    def add(self, other: Scores) -> None:
        self.loss += other.loss
        self.right += other.right
        self.queries += other.queries


class Item(Protocol):
    """What a step is made of."""

    @property
    def tokens(self) -> Any:
        """Token numbers, as many as the item is long."""
        ...


T = TypeVar("T", bound=Item)
Measure = Callable[[Sequence[T]], tuple[torch.Tensor, Scores]]
Weights = Mapping[str, torch.Tensor]


def begin(recipe: Recipe, out: Path) -> None:
    """Makes the folder `out`, writes the recipe there, and sets the seed that the fresh weights are drawn with."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1), encoding="utf-8")
    torch.manual_seed(recipe.seed)


def device() -> torch.device:
    """What is trained on: a GPU if one is at hand."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def padded(length: int) -> int:
    """`length`, up to a multiple of 32: few shapes, and whole lanes of the processor."""
    return -(-length // _LANES) * _LANES


def batches(items: Sequence[T], nodes: int, random: Random) -> list[list[T]]:
    """Items of like size together, at most `nodes` tokens with padding, in random order."""
    sized = sorted(items, key=lambda item: (len(item.tokens) + 8 * random.random(), random.random()))
    made: list[list[T]] = [[]]
    for item in sized:
        if made[-1] and (len(made[-1]) + 1) * padded(len(item.tokens)) > nodes:
            made.append([])
        made[-1].append(item)
    random.shuffle(made)
    return [batch for batch in made if batch]


@contextmanager
def reckoning(model: Any, recipe: Recipe) -> Iterator[None]:
    """Within it `model`, one of peft's, reckons as `recipe` says.

    peft would copy what goes into each of its matrices to float32 first, which takes longer than multiplying.
    """
    if not recipe.bfloat16:
        yield
        return
    with torch.autocast(device().type, torch.bfloat16), disable_input_dtype_casting(model):
        yield


class Training(Generic[T]):
    """One run: the optimiser's state, the place in the data, and the clock.

    `measure` gives the loss of a batch, summed over its queries; `export` writes the weights as they will be used.
    """

    def __init__(
        self,
        model: Any,
        measure: Measure[T],
        export: Callable[[Weights], None],
        recipe: Recipe,
        out: Path,
        minutes: float,
    ) -> None:
        self.model = model.to(device())
        self.measure = measure
        self.export = export
        self.recipe = recipe
        self.out = out
        self.seconds = 60 * minutes
        self.weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        if recipe.bfloat16:
            for frozen in (weight for weight in model.parameters() if not weight.requires_grad):
                frozen.data = frozen.data.to(torch.bfloat16)
        self.optimizer = torch.optim.AdamW(self.weights.values(), lr=recipe.rate, weight_decay=0.01)
        self.step = 0
        self.spent = 0.0

    def run(self, data: Sequence[T], held: Sequence[T], every: int) -> None:
        """Train to the end of the data or of the time, whichever comes first; Ctrl-C ends it with a checkpoint."""
        with device():
            self._run(data, held, every)

    def _run(self, data: Sequence[T], held: Sequence[T], every: int) -> None:
        self._resume()
        plan = self._plan(data)
        typer.echo(f"{len(data):,} items, {len(plan):,} steps")
        began = time.monotonic() - self.spent
        tally = Scores()
        try:
            for batch in plan[self.step :]:
                self.spent = time.monotonic() - began
                share = max(self.step / len(plan), self.spent / self.seconds)
                if share >= 1:
                    break
                self._learn(batch, share, tally)
                if self.step % 5 == 0:
                    self._note("train", tally, share)
                    tally = Scores()
                if self.step % every == 0:
                    self._check(held, share)
        except KeyboardInterrupt:
            typer.echo("Stopped; the checkpoint is being written.", err=True)
        self._check(held, 1.0)

    def _plan(self, data: Sequence[T]) -> list[list[T]]:
        random = Random(self.recipe.seed)
        passes = math.ceil(self.recipe.epochs)
        plan = [batch for _ in range(passes) for batch in batches(data, self.recipe.nodes, random)]
        return plan[: round(len(plan) * self.recipe.epochs / passes)]

    def _learn(self, batch: Sequence[T], share: float, tally: Scores) -> None:
        self.model.train()
        for group in self.optimizer.param_groups:
            warm = min(1.0, (self.step + 1) / self.recipe.warmup)
            group["lr"] = self.recipe.rate * warm * 0.5 * (1 + math.cos(math.pi * share))
        with reckoning(self.model, self.recipe):
            loss, found = self.measure(batch)
        (loss / max(found.queries, 1)).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.weights.values(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        tally.add(found)

    def _check(self, held: Sequence[T], share: float) -> None:
        self.model.eval()
        tally = Scores()
        with torch.no_grad(), reckoning(self.model, self.recipe):
            for batch in batches(held, self.recipe.nodes, Random(0)):
                tally.add(self.measure(batch)[1])
        self._note("validation", tally, share)
        self._save()

    def _note(self, kind: str, tally: Scores, share: float) -> None:
        queries = max(tally.queries, 1)
        row = {"kind": kind, "step": self.step, "share": round(share, 4), "seconds": round(self.spent)}
        row |= {"loss": round(tally.loss / queries, 4), "right": round(tally.right / queries, 4), "queries": queries}
        typer.echo(json.dumps(row))
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")

    def _save(self) -> None:
        state: dict[str, Any] = {"weights": self.weights, "optimizer": self.optimizer.state_dict()}
        state |= {"step": self.step, "spent": self.spent}
        partial = self.out / "checkpoint.partial"
        torch.save(state, partial)
        partial.replace(self.out / "checkpoint.pt")
        self.export(self.weights)

    def _resume(self) -> None:
        path = self.out / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, weights_only=True, map_location=device())
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(state["weights"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.spent = state["step"], state["spent"]
