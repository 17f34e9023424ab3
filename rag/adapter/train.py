"""Trains the grounding adapter: `python -m rag.adapter.train --data train.jsonl --validation held.jsonl --out DIR`.

LoRA (Hu et al., 2021) on a base model read from its GGUF and dequantised, so that the adapter learns against what it
will sit on. The loss of a query is the negative log-probability of its right replies among all that compete, the very
choice that the reader makes, plus the mean loss of a right reply's tokens, by which it learns to copy freely.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path as File
from random import Random
from typing import Annotated, Any

import torch
import typer
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from rag.adapter import examples, export
from rag.adapter.tree import Path, Tree, plant
from rag.decoder import Decoder

_LANES = 32


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. `nodes` is the number of tokens in a step, `copying` the weight of the loss of a reply's tokens."""

    rank: int = 16
    alpha: int = 32
    modules: tuple[str, ...] = tuple(export.MODULES)
    rate: float = 2e-4
    warmup: int = 15
    nodes: int = 2400
    copying: float = 0.5
    epochs: float = 1.0
    seed: int = 7


_USUAL = Recipe()


@dataclass(slots=True)
class Scores:
    """Sums over queries: of the loss, and of those whose right reply was weighed highest."""

    loss: float = 0.0
    right: float = 0.0
    queries: int = 0


def trees(path: File, weights: File) -> list[Tree]:
    """The groups of `path` as trees over the tokens of the model `weights`."""
    decoder = Decoder(weights, None, 512, 1, branches=1)
    words = decoder.vocabulary
    (end,) = words.tokenize("<|im_end|>", True)
    planted = [plant(group, words, end) for group in examples.read(path)]
    decoder.close()
    return planted


def batches(trees: Sequence[Tree], nodes: int, random: Random) -> list[list[Tree]]:
    """Trees of like size together, at most `nodes` tokens with padding, in random order."""
    sized = sorted(trees, key=lambda tree: (len(tree.tokens) + 8 * random.random(), random.random()))
    made: list[list[Tree]] = [[]]
    for tree in sized:
        if made[-1] and (len(made[-1]) + 1) * _padded(len(tree.tokens)) > nodes:
            made.append([])
        made[-1].append(tree)
    random.shuffle(made)
    return made


def losses(model: Any, batch: Sequence[Tree], copying: float) -> tuple[torch.Tensor, Scores]:
    """The loss of a batch, summed over its queries, and what it is made of."""
    total, tally = torch.zeros(()), Scores()
    for row, tree in zip(_states(model, batch), batch, strict=True):
        for right, wrong in tree.queries:
            spoken = torch.stack([_spoken(row, path) for path in (*right, *wrong)])
            weighed = spoken.log_softmax(0)[: len(right)].logsumexp(0)
            best = int(spoken[: len(right)].argmax())
            total = total - weighed - copying * spoken[best] / len(right[best].tokens)
            tally.right += float(spoken.argmax() < len(right))
            tally.queries += 1
    tally.loss = float(total.detach())
    return total, tally


def _spoken(logprobs: dict[int, torch.Tensor], path: Path) -> torch.Tensor:
    picked = [logprobs[state][token] for state, token in zip(path.states, path.tokens, strict=True)]
    return torch.stack(picked).sum()


def _states(model: Any, batch: Sequence[Tree]) -> Iterator[dict[int, torch.Tensor]]:
    """For each tree the log-probabilities, shape (vocabulary,), after each node that a reply needs."""
    size = _padded(max(len(tree.tokens) for tree in batch))
    tokens = torch.zeros((len(batch), size), dtype=torch.long)
    depths = torch.zeros((len(batch), size), dtype=torch.long)
    sees = torch.eye(size, dtype=torch.bool).repeat(len(batch), 1, 1)
    for i, tree in enumerate(batch):
        n = len(tree.tokens)
        tokens[i, :n], depths[i, :n] = torch.from_numpy(tree.tokens), torch.from_numpy(tree.depths)
        sees[i, :n, :n] = torch.from_numpy(tree.sees)
    mask = torch.zeros((len(batch), 1, size, size)).masked_fill(~sees[:, None], -torch.inf)
    hidden = model.model(input_ids=tokens, attention_mask=mask, position_ids=depths, use_cache=False).last_hidden_state
    for i, tree in enumerate(batch):
        needed = sorted({state for sides in tree.queries for side in sides for path in side for state in path.states})
        yield dict(zip(needed, model.lm_head(hidden[i, needed]).log_softmax(-1), strict=True))


def _padded(length: int) -> int:
    return -(-length // _LANES) * _LANES


def load(weights: File, recipe: Recipe, start: File | None) -> Any:
    """The base model with a fresh LoRA, or with that of the adapter `start`."""
    base = AutoModelForCausalLM.from_pretrained(str(weights.parent), gguf_file=weights.name, dtype=torch.float32)
    config = LoraConfig(r=recipe.rank, lora_alpha=recipe.alpha, target_modules=list(recipe.modules))
    model = get_peft_model(base, config)
    if start is not None:
        matrices, _ = export.read(start)
        missing = model.load_state_dict(matrices, strict=False)
        if missing.unexpected_keys:
            raise ValueError(f"{start} does not fit: {missing.unexpected_keys[0]}")
    return model


def train(
    base: Annotated[File, typer.Option(help="The base model, a GGUF that transformers can read.")],
    data: Annotated[File, typer.Option(help="Groups to train on, as rag.adapter.data makes them.")],
    validation: Annotated[File, typer.Option(help="Groups to validate on.")],
    out: Annotated[File, typer.Option(help="A folder for checkpoints, the log, the plot and the adapter.")],
    start: Annotated[File | None, typer.Option(help="An adapter to go on from.")] = None,
    minutes: Annotated[float, typer.Option(help="End cleanly after so long; the schedule is fitted to it.")] = 70.0,
    rate: float = _USUAL.rate,
    rank: int = _USUAL.rank,
    nodes: int = _USUAL.nodes,
    copying: float = _USUAL.copying,
    epochs: float = _USUAL.epochs,
    every: Annotated[int, typer.Option(help="Steps between validations and checkpoints.")] = 60,
    seed: int = _USUAL.seed,
) -> None:
    """Train, resuming from OUT's checkpoint where there is one."""
    recipe = Recipe(rank=rank, rate=rate, nodes=nodes, copying=copying, epochs=epochs, seed=seed)
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1), encoding="utf-8")
    torch.manual_seed(seed)
    model = load(base, recipe, start)
    Training(model, recipe, out, minutes).run(trees(data, base), trees(validation, base), every)


class Training:
    """One run: the optimiser's state, the place in the data, and the clock."""

    def __init__(self, model: Any, recipe: Recipe, out: File, minutes: float) -> None:
        self.model = model
        self.recipe = recipe
        self.out = out
        self.seconds = 60 * minutes
        self.weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        self.optimizer = torch.optim.AdamW(self.weights.values(), lr=recipe.rate, weight_decay=0.01)
        self.step = 0
        self.spent = 0.0

    def run(self, data: Sequence[Tree], held: Sequence[Tree], every: int) -> None:
        """Train to the end of the data or of the time, whichever comes first; Ctrl-C ends it with a checkpoint."""
        self._resume()
        plan = self._plan(data)
        questions = sum(len(tree.queries) for tree in data)
        typer.echo(f"{len(data):,} groups, {questions:,} questions, {len(plan):,} steps")
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

    def _plan(self, data: Sequence[Tree]) -> list[list[Tree]]:
        random = Random(self.recipe.seed)
        passes = math.ceil(self.recipe.epochs)
        plan = [batch for _ in range(passes) for batch in batches(data, self.recipe.nodes, random)]
        return plan[: round(len(plan) * self.recipe.epochs / passes)]

    def _learn(self, batch: Sequence[Tree], share: float, tally: Scores) -> None:
        self.model.train()
        for group in self.optimizer.param_groups:
            warm = min(1.0, (self.step + 1) / self.recipe.warmup)
            group["lr"] = self.recipe.rate * warm * 0.5 * (1 + math.cos(math.pi * share))
        loss, found = losses(self.model.base_model.model, batch, self.recipe.copying)
        (loss / max(found.queries, 1)).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.weights.values(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        tally.loss += found.loss
        tally.right += found.right
        tally.queries += found.queries

    def _check(self, held: Sequence[Tree], share: float) -> None:
        self.model.eval()
        tally = Scores()
        with torch.no_grad():
            for batch in batches(held, self.recipe.nodes, Random(0)):
                _, found = losses(self.model.base_model.model, batch, self.recipe.copying)
                tally.loss += found.loss
                tally.right += found.right
                tally.queries += found.queries
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
        architecture = self.model.config.model_type
        export.write(self.weights, self.recipe.alpha, architecture, self.out / "adapter.gguf")

    def _resume(self) -> None:
        path = self.out / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(state["weights"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.spent = state["step"], state["spent"]


if __name__ == "__main__":
    typer.run(train)
