"""The mean of the weights of several runs: `python -m rag.adapter.mean A.safetensors B.safetensors --out MEAN`.

Runs that go on from one another lie so near each other that the mean of their weights often does better than either
(Wortsman et al. 2022, "Model soups"). The two factors of a LoRA are each averaged by themselves, which keeps its rank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import torch
import typer
from safetensors.torch import load_file, save_file

Weights = Mapping[str, torch.Tensor]


def mean(runs: Sequence[Weights]) -> dict[str, torch.Tensor]:
    """The mean of each weight, float16. Raises ValueError for runs whose weights differ in name or shape."""
    first = {name: weight.shape for name, weight in runs[0].items()}
    if any({name: weight.shape for name, weight in run.items()} != first for run in runs):
        raise ValueError("The runs do not have the same weights.")
    return {name: torch.stack([run[name].float() for run in runs]).mean(0).half() for name in first}


def main(
    runs: Annotated[list[Path], typer.Argument(help="Extractors of the same rank.")],
    out: Annotated[Path, typer.Option(help="Where to write the mean.")],
) -> None:
    """Write the mean of several extractors."""
    save_file(mean([load_file(run) for run in runs]), out)


if __name__ == "__main__":
    typer.run(main)
