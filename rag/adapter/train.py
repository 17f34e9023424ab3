"""Trains the grounding adapter: `python -m rag.adapter.train --data train.jsonl --validation held.jsonl --out DIR`.

LoRA (Hu et al., 2021) on a base model read from its GGUF and dequantised, so that the adapter learns against what it
will sit on. The loss of a query is the negative log-probability of its right replies among all that compete, the very
choice that the reader makes, plus the mean loss of a right reply's tokens, by which it learns to copy freely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path as File
from typing import Annotated, Any

import torch
import typer
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from rag.adapter import examples, export
from rag.adapter.examples import Group
from rag.adapter.training import Recipe, Scores, Training, Weights, begin, padded
from rag.adapter.tree import Path, Tree, plant
from rag.decoder import Decoder

_USUAL = Recipe(modules=tuple(export.MODULES))


def grown(groups: Iterable[Group], weights: File) -> list[Tree]:
    """The groups as trees over the tokens of the model `weights`."""
    decoder = Decoder(weights, None, 512, 1, branches=1)
    words = decoder.vocabulary
    (end,) = words.tokenize("<|im_end|>", True)
    planted = [plant(group, words, end) for group in groups]
    decoder.close()
    return planted


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
    size = padded(max(len(tree.tokens) for tree in batch))
    tokens = torch.zeros((len(batch), size), dtype=torch.long)
    depths = torch.zeros((len(batch), size), dtype=torch.long)
    sees = torch.eye(size, dtype=torch.bool).repeat(len(batch), 1, 1)
    for i, tree in enumerate(batch):
        n = len(tree.tokens)
        tokens[i, :n], depths[i, :n] = torch.tensor(tree.tokens), torch.tensor(tree.depths)
        sees[i, :n, :n] = torch.tensor(tree.sees)
    mask = torch.zeros((len(batch), 1, size, size)).masked_fill(~sees[:, None], -torch.inf)
    hidden = model.model(input_ids=tokens, attention_mask=mask, position_ids=depths, use_cache=False).last_hidden_state
    for i, tree in enumerate(batch):
        needed = sorted({state for sides in tree.queries for side in sides for path in side for state in path.states})
        yield dict(zip(needed, model.lm_head(hidden[i, needed]).log_softmax(-1), strict=True))


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
    bfloat16: Annotated[bool, typer.Option(help="Reckon in bfloat16; for processors that have it.")] = False,
    every: Annotated[int, typer.Option(help="Steps between validations and checkpoints.")] = 60,
    seed: int = _USUAL.seed,
) -> None:
    """Train, resuming from OUT's checkpoint where there is one."""
    recipe = replace(_USUAL, rank=rank, rate=rate, nodes=nodes, copying=copying, epochs=epochs, seed=seed)
    recipe = replace(recipe, bfloat16=bfloat16)
    begin(recipe, out)
    model = load(base, recipe, start)
    training(model, recipe, out, minutes).run(
        grown(examples.read(data), base), grown(examples.read(validation), base), every
    )


def training(model: Any, recipe: Recipe, out: File, minutes: float) -> Training[Tree]:
    """The run that trains `model` and leaves adapter.gguf in `out`."""

    def measure(batch: Sequence[Tree]) -> tuple[torch.Tensor, Scores]:
        return losses(model.base_model.model, batch, recipe.copying)

    def save(weights: Weights) -> None:
        export.write(weights, recipe.alpha, model.config.model_type, out / "adapter.gguf")

    return Training(model, measure, save, recipe, out, minutes)


if __name__ == "__main__":
    typer.run(train)
