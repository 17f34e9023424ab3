"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from index import Filter

Sources = Annotated[
    Path | None,
    typer.Option("--sources", "-s", metavar="DIR", help="Folder of sources. Default: ./seeds where there is one."),
]
IndexDir = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="Folder for the index.")]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="NAME",
        help="What reads: default, FILE.gguf or hf:owner/repo/FILE.gguf. A server's URL can only write: see --writer.",
    ),
]
Writer = Annotated[
    str | None,
    typer.Option(
        "--writer",
        "-w",
        metavar="NAME",
        help="What puts the answer into sentences: a model as for --model, 'same' for that one, or the URL of an "
        "OpenAI-compatible server (URL#NAME for one of its models). Default: answers are quotations.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Document = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Only of this document: its name, a pattern ('*.pdf') or a folder ('2026/'). May be repeated.",
    ),
]
Publisher = Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only of this publisher. May be repeated.")]
Since = Annotated[str, typer.Option(metavar="DATE", help="Only published then or later: 2026, 2026-02 or 2026-02-27.")]
Until = Annotated[str, typer.Option(metavar="DATE", help="Only published then or before.")]


def chosen_documents(document: list[str] | None, publisher: list[str] | None, since: str, until: str) -> Filter | None:
    """What the options say together; None where none is given. Raises FilterError for what is no date."""
    from index.filters import Filter

    return Filter(tuple(document or ()), tuple(publisher or ()), since, until) or None
