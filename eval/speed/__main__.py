"""`python -m eval.speed [PART ...]`."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from eval.speed import embedding, others, search, syncing
from eval.speed.figures import Part, append, console, markdown, show
from eval.speed.synthetic import Plan
from index import CorroborateError, Embedder, IndexSettings, load_embedder
from index.embed import PACKAGE

USUAL = ("embedding", "search", "sync")
PARTS = (*USUAL, "million", "others")


def main(
    parts: Annotated[
        list[str] | None, typer.Argument(help=f"Of {', '.join(PARTS)}; by default the first three.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Append the figures to this JSON file.")] = None,
    work: Annotated[Path | None, typer.Option(help="Keep the big indexes here, and go on with them.")] = None,
    plain: Annotated[bool, typer.Option("--markdown", help="Print Markdown tables, for a document.")] = False,
    small: Annotated[bool, typer.Option("--small", help="Tiny sizes: a trial of the measuring itself.")] = False,
) -> None:
    """Measure the index: each part is one run on this machine, compared within itself."""
    chosen = parts or list(USUAL)
    if unknown := [part for part in chosen if part not in PARTS]:
        raise typer.BadParameter(f"There is no part {unknown[0]!r}. Known: {', '.join(PARTS)}.")
    try:
        for name in chosen:
            part = measured(name, work, small)
            if plain:
                typer.echo(markdown(part) + "\n")
            else:
                show(part)
            if json:
                append(json, part, "small" if small else "full")
            gc.collect()
    except CorroborateError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def measured(name: str, work: Path | None = None, small: bool = False) -> Part:
    """One part. Raises CorroborateError."""
    embedder = load_embedder(IndexSettings())
    if name == "embedding":
        return embedding.run(embedder, model_folder(), 16 if small else 512, 1 if small else 5, goals=not small)
    if name == "sync":
        return syncing.run(embedder, 40 if small else 10_000, 1 if small else 5, not small, say)
    if name == "others":
        return others.run(3 if small else 300, 2 if small else 100, 1 if small else 3, model_folder(), say)
    return _searched(name, embedder, work, small)


def model_folder() -> Path:
    """The packaged embedder's own folder."""
    return Path(str(resources.files(PACKAGE) / "model"))


def _searched(name: str, embedder: Embedder, work: Path | None, small: bool) -> Part:
    passages = (400 if name == "search" else 800) if small else 100_000 if name == "search" else 1_000_000
    with _folder(work, name) as folder:
        plan = Plan(folder, passages, 8 if small else 2000, 10 if small else 1000)
        return search.run(name, plan, embedder, 10 if small else 2000, 1 if small else 7, not small, say)


@contextmanager
def _folder(work: Path | None, name: str) -> Iterator[Path]:
    """What is made in a folder of the user's stays there."""
    if work:
        yield work / name
        return
    with TemporaryDirectory(prefix="corroborate-speed-") as place:
        yield Path(place)


def say(line: str) -> None:
    """Tells on the terminal what is being done."""
    if console.is_terminal:
        console.print(line, style="dim")


if __name__ == "__main__":
    typer.run(main)
