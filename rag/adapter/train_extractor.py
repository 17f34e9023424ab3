"""Trains the extractor: `python -m rag.adapter.train_extractor --data train.jsonl --validation held.jsonl --out DIR`.

LoRA (Hu et al., 2021) on the embedder's network, with its biases and its normalisation, under a layer that gives each
token two numbers. The loss of a query is the negative log-probability of its right replies among all that compete, as
for the language model; and, at half the weight, that of the right tokens to begin and to end with among all tokens of
the window, as for SQuAD 2 (Devlin et al., 2019).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import regex
import torch
import typer
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from tokenizers import Encoding, Tokenizer
from transformers import AutoModel

from index import packaged_embedder
from rag.adapter import examples
from rag.adapter.training import Recipe, Scores, Training, Weights, begin, padded
from rag.extractor import frame, tokenizer, windows
from rag.prompt import NONE
from rag.settings import Settings

_USUAL = Recipe(64, 64, ("query", "key", "value", "dense"), rate=1e-3, warmup=40, nodes=4096)
_NOTHING = (0, 0)
_OFF = -1e4
_REPLY = regex.compile(r"\[(\d+)\] (.*)", regex.DOTALL)
_LORA = regex.compile(r"base_model\.model\.network\.(.+)\.(lora_[AB])\.default\.weight")
_PLAIN = regex.compile(r"base_model\.model\.(?:network\.)?(.+)")

Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its sentences as tokens, and the spots (first token, last token) of right and of wrong replies.

    Sentences begin at `context`; no answer is the spot (0, 0).
    """

    tokens: list[int]
    context: int
    right: list[Spot]
    wrong: list[Spot]


def items(path: Path, words: Tokenizer) -> list[Item]:
    """Every query of `path` that fits into one window, with its sentences."""
    return [item for group in examples.read(path) for item in _items(group, words)]


def _items(group: examples.Group, words: Tokenizer) -> Iterator[Item]:
    sentences = words.encode_batch(list(group.sentences), add_special_tokens=False)
    for query in group.queries:
        asked = words.encode(query.question, add_special_tokens=False).ids
        window, *more = windows(asked, [sentence.ids for sentence in sentences], frame(words))
        if more:
            continue
        right = [spot for reply in query.right for spot in _spots(reply, group.sentences, sentences, window.places)]
        wrong = [spot for reply in query.wrong for spot in _spots(reply, group.sentences, sentences, window.places)[:1]]
        if right:
            yield Item(window.tokens, window.context, right, [spot for spot in wrong if spot not in right])


def _spots(reply: str, texts: Sequence[str], sentences: Sequence[Encoding], places: Sequence[int]) -> list[Spot]:
    """Where the words of a reply stand, each time in its sentence that they do."""
    found = _REPLY.fullmatch(reply)
    if reply == NONE or found is None:
        return [_NOTHING]
    number = int(found[1]) - 1
    spots = []
    for match in regex.finditer(regex.escape(found[2]), texts[number]):
        offsets = enumerate(sentences[number].offsets)
        inside = [i for i, (start, end) in offsets if start < match.end() and end > match.start()]
        spots += [(places[number] + inside[0], places[number] + inside[-1])] if inside else []
    return spots


class Network(torch.nn.Module):
    """The embedder's network under the layer that points."""

    def __init__(self, folder: Path, dropout: float = 0.0) -> None:
        super().__init__()
        rates = {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout}
        self.network = AutoModel.from_pretrained(str(folder), local_files_only=True, use_safetensors=True, **rates)
        self.network.pooler = None
        self.head = torch.nn.Linear(self.network.config.hidden_size, 2)
        torch.nn.init.normal_(self.head.weight, std=0.02)
        torch.nn.init.zeros_(self.head.bias)

    def forward(self, tokens: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Begin and end of each token, shape (items, tokens, 2)."""
        seen = self.network(input_ids=tokens, token_type_ids=types, attention_mask=mask)
        pointed: torch.Tensor = self.head(seen.last_hidden_state)
        return pointed


def load(folder: Path, recipe: Recipe) -> Any:
    """The network with a fresh LoRA; the biases, the normalisation and the layer on top are trained as well."""
    config = LoraConfig(r=recipe.rank, lora_alpha=recipe.alpha, target_modules=list(recipe.modules))
    model = get_peft_model(Network(folder, recipe.dropout), config)
    for name, weight in model.named_parameters():
        if "head" in name or ("encoder" in name and ("LayerNorm" in name or name.endswith("bias"))):
            weight.requires_grad = True
    return model


def losses(model: Any, batch: Sequence[Item], free: float) -> tuple[torch.Tensor, Scores]:
    """The loss of a batch, summed over its items, and what it is made of."""
    size = padded(max(len(item.tokens) for item in batch))
    tokens, types, mask = (torch.zeros((len(batch), size), dtype=torch.long) for _ in range(3))
    for i, item in enumerate(batch):
        n = len(item.tokens)
        tokens[i, :n] = torch.tensor(item.tokens)
        types[i, item.context : n] = 1
        mask[i, :n] = 1
    scores = model(tokens, types, mask)
    total, tally = torch.zeros(()), Scores(queries=len(batch))
    for row, item in zip(scores, batch, strict=True):
        loss, right = _loss(row, item, free)
        total = total + loss
        tally.right += right
    tally.loss = float(total.detach())
    return total, tally


def _loss(row: torch.Tensor, item: Item, free: float) -> tuple[torch.Tensor, bool]:
    allowed = torch.zeros(len(row), dtype=torch.bool)
    allowed[item.context : len(item.tokens) - 1] = True
    allowed[0] = True
    row = row.masked_fill(~allowed[:, None], _OFF)
    spans = torch.stack([row[first, 0] + row[last, 1] for first, last in (*item.right, *item.wrong)])
    chosen = -spans.log_softmax(0)[: len(item.right)].logsumexp(0)
    begins, ends = (sorted(set(side)) for side in zip(*item.right, strict=True))
    every = row.log_softmax(0)
    pointed = -every[begins, 0].logsumexp(0) - every[ends, 1].logsumexp(0)
    return chosen + free * pointed, bool(spans.argmax() < len(item.right))


def write(weights: Weights, recipe: Recipe, path: Path) -> None:
    """The weights as `rag.extractor.adapt` takes them, float16, the LoRA's scale multiplied into its B."""
    kept = {_label(name): _scale(name, recipe) * weight.detach() for name, weight in weights.items()}
    save_file({label: weight.to(torch.float16).contiguous() for label, weight in kept.items()}, path)


def go_on(model: Any, recipe: Recipe, start: Path) -> None:
    """Gives `model` the weights that a run of the same rank wrote to `start`. Raises ValueError for others."""
    before = load_file(start)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.requires_grad:
                known = before.get(_label(name))
                if known is None or known.shape != weight.shape:
                    raise ValueError(f"{start} does not fit: {_label(name)}")
                weight.copy_(known.float() / _scale(name, recipe))


def _label(name: str) -> str:
    """What a weight of the model is called where it is loaded."""
    lora, plain = _LORA.fullmatch(name), _PLAIN.fullmatch(name)
    return f"{lora[1]}.{lora[2]}" if lora else plain[1].replace("base_layer.", "") if plain else name


def _scale(name: str, recipe: Recipe) -> float:
    return recipe.alpha / recipe.rank if "lora_B" in name else 1.0


def training(model: Any, recipe: Recipe, out: Path, minutes: float) -> Training[Item]:
    """The run that trains `model` and leaves extractor.safetensors in `out`."""

    def measure(batch: Sequence[Item]) -> tuple[torch.Tensor, Scores]:
        return losses(model, batch, recipe.copying)

    def save(weights: Weights) -> None:
        write(weights, recipe, out / "extractor.safetensors")

    return Training(model, measure, save, recipe, out, minutes)


def train(
    data: Annotated[list[Path], typer.Option(help="Groups to train on, as rag.adapter.data makes them.")],
    validation: Annotated[Path, typer.Option(help="Groups to validate on.")],
    out: Annotated[Path, typer.Option(help="A folder for checkpoints, the log and the weights.")],
    start: Annotated[Path | None, typer.Option(help="An extractor to go on from.")] = None,
    minutes: Annotated[float, typer.Option(help="End cleanly after so long; the schedule is fitted to it.")] = 60.0,
    rate: float = _USUAL.rate,
    rank: int = _USUAL.rank,
    nodes: int = _USUAL.nodes,
    copying: float = _USUAL.copying,
    epochs: float = _USUAL.epochs,
    dropout: float = _USUAL.dropout,
    bfloat16: Annotated[bool, typer.Option(help="Reckon in bfloat16; for processors that have it.")] = False,
    every: Annotated[int, typer.Option(help="Steps between validations and checkpoints.")] = 200,
    seed: int = 3,
) -> None:
    """Train, resuming from OUT's checkpoint where there is one."""
    recipe = replace(_USUAL, rank=rank, alpha=rank, rate=rate, nodes=nodes, copying=copying, epochs=epochs, seed=seed)
    recipe = replace(recipe, dropout=dropout, bfloat16=bfloat16)
    begin(recipe, out)
    folder = packaged_embedder(Settings.load().cache_dir)
    words = tokenizer(folder)
    asked = [item for path in data for item in items(path, words)]
    model = load(folder, recipe)
    if start is not None:
        go_on(model, recipe, start)
    training(model, recipe, out, minutes).run(asked, items(validation, words), every)


if __name__ == "__main__":
    typer.run(train)
