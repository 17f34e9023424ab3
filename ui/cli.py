"""The terminal: `rag index`, `ask`, `chat`, `search`, `ui`, `eval`, `models`, `doctor`.

Whatever takes long to import is imported by the command that needs it, so that help comes at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ui.console import hear_ctrl_c, put, quiet, reported, say, show, syncing
from ui.options import Document, IndexDir, Json, Model, Publisher, Since, Sources, Until, Writer, chosen_documents

if TYPE_CHECKING:
    from rag.assistant import Assistant


def examples(*lines: str) -> str:
    """The examples under a command's help, each on a line of its own."""
    return "\n\n".join(("Examples:", *lines))


app = typer.Typer(
    help="Ask a folder of sources: cited answers that say when the sources disagree, and when they do not say.",
    epilog="Start with: rag ask --sources ~/reports 'Who paid for the bridge?'",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """The script `rag`."""
    quiet()
    hear_ctrl_c()
    app()


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        put(f"corroborate {version('corroborate')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of `rag` itself."""


def chosen(sources: Path | None) -> Path:
    """The folder that was named, or ./seeds; never another one that nobody named."""
    if sources is not None:
        return sources
    if Path("seeds").is_dir():
        return Path("seeds")
    raise typer.BadParameter("Name the folder of your sources: --sources DIR", param_hint="--sources")


@contextmanager
def opened(sources: Path | None, index: Path | None, model: str | None, writer: str | None) -> Iterator[Assistant]:
    """The assistant over the chosen folder, its index up to date."""
    folder = chosen(sources)
    from rag.assistant import Assistant
    from rag.settings import Settings

    settings = Settings.load({"model": model, "writer": writer})
    with syncing("Opening the sources and the model") as progress:
        assistant = Assistant.open(folder, settings, index_path=index, progress=progress)
    with assistant:
        yield assistant


@app.command(
    "index",
    epilog=examples(
        "rag index ~/reports",
        "rag index ~/reports --exclude drafts/ --exclude '*.log'",
        "rag index ~/reports --watch",
        "rag index --rebuild",
        "rag index ~/reports --json",
        "rag index ~/reports --store http://milvus:19530 --engine ray",
    ),
)
def index_command(
    path: Annotated[Path | None, typer.Argument(help="Folder of sources.", show_default=False)] = None,
    sources: Sources = None,
    index: IndexDir = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make it anew, by the settings in force.")] = False,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN", help="Leave out, as .gitignore does; may be repeated; remembered; '' for none."
        ),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and follow every change until Ctrl-C.")] = False,
    store: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Keep it in Milvus: a server's URL or FILE.db. RAG_STORE sets it for good."),
    ] = None,
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="What embeds: this process, or a pool of Ray's workers.")
    ] = "local",
    as_json: Json = False,
) -> None:
    """Bring the index up to date with the folder."""
    with reported():
        from index import Index
        from index.bulk import RayEngine
        from rag.settings import Settings
        from ui import syncs

        folder = chosen(path or sources)
        settings = Settings.load({"store": store})
        with Index.open(folder, settings, path=index, rebuild=rebuild) as held:
            embeds = RayEngine(settings, held.embedder) if engine == "ray" else None
            report = syncs.bring(held, exclude, embeds)
            syncs.tell(report, as_json, watch)
            if watch:
                syncs.follow(held, as_json, embeds)


@app.command(
    epilog=examples(
        "rag ask 'Who is the chair?'",
        "rag ask -s ~/reports --json 'When did it open?'",
        "rag ask --writer http://127.0.0.1:8080 'Why did it fail?'",
        "rag ask --document '2026/*.pdf' --publisher 'Harbour Gazette' 'Who paid?'",
    )
)
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.", show_default=False)],
    sources: Sources = None,
    index: IndexDir = None,
    model: Model = None,
    writer: Writer = None,
    document: Document = None,
    publisher: Publisher = None,
    since: Since = "",
    until: Until = "",
    as_json: Json = False,
) -> None:
    """Answer one question, with citations."""
    with reported():
        where = chosen_documents(document, publisher, since, until)
        with opened(sources, index, model, writer) as assistant:
            from ui import shapes, terminal

            answer = terminal.follow(assistant.stream(question, where=where))
            if as_json:
                put(shapes.dumps(shapes.answer_json(answer)))
            else:
                terminal.print_answer(assistant, answer, question)


@app.command(epilog=examples("rag chat", "rag chat -s ~/reports", "rag chat --json < questions.txt"))
def chat(
    sources: Sources = None,
    index: IndexDir = None,
    model: Model = None,
    writer: Writer = None,
    as_json: Json = False,
) -> None:
    """Ask one question after another; a question may lean on the ones before ("and the old one?")."""
    with reported(), opened(sources, index, model, writer) as assistant:
        from ui import terminal

        terminal.converse(assistant, as_json)


@app.command(
    epilog=examples(
        "rag search 'computing power'", "rag search -k 20 --json bridge", "rag search --since 2026-02 bridge"
    )
)
def search(
    query: Annotated[str, typer.Argument(help="Words, or a question.", show_default=False)],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    sources: Sources = None,
    index: IndexDir = None,
    document: Document = None,
    publisher: Publisher = None,
    since: Since = "",
    until: Until = "",
    as_json: Json = False,
) -> None:
    """Show the passages nearest to some words, without an answer."""
    with reported():
        where = chosen_documents(document, publisher, since, until)
        from index import Index
        from rag.settings import Settings
        from ui import render, shapes

        folder = chosen(sources)
        with syncing() as progress, Index.open(folder, Settings.load(), path=index) as held:
            held.sync(progress)
            hits = held.search(query, k, where=where)
        if as_json:
            put(shapes.dumps(shapes.hits_json(query, hits)))
        else:
            show(render.hits_terminal(hits), render.hits_plain(hits))


@app.command("ui", epilog=examples("rag ui", "rag ui -s ~/reports --port 7861 --no-browser"))
def ui_command(
    sources: Sources = None,
    index: IndexDir = None,
    model: Model = None,
    writer: Writer = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: the first free from 7860.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")] = True,
) -> None:
    """Open the page, on this machine only."""
    with reported(), opened(sources, index, model, writer) as assistant:
        from ui import starters, web

        first = starters.questions(assistant.index.source, assistant.index.documents())
        web.serve(assistant, first, port, browser, say)


@app.command("eval", epilog=examples("rag eval", "rag eval --kind disagree --limit 20", "rag eval --fail-under 0.75"))
def eval_command(
    corpus: Annotated[
        list[str] | None, typer.Option(help="A known corpus, or a folder with a cases.toml; may be repeated.")
    ] = None,
    split: Annotated[str | None, typer.Option(help="dev or test.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind of case.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="So many cases, spread evenly.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the result there.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a report there.")] = None,
    fail_under: Annotated[float | None, typer.Option(min=0, max=1, help="Exit 1 below this accuracy.")] = None,
    benchmark: Annotated[str | None, typer.Option(help="A published benchmark; needs --data.")] = None,
    data: Annotated[Path | None, typer.Option(metavar="FILE", help="The benchmark's data.")] = None,
    sources: Sources = None,
    index: IndexDir = None,
    model: Model = None,
    writer: Writer = None,
) -> None:
    """Measure accuracy, citations, disagreement, abstention and speed on known facts."""
    if (benchmark is None) != (data is None):
        raise typer.BadParameter("--benchmark and --data go together.")
    with reported():
        from ui import measure

        wanted = measure.Wanted(tuple(corpus or ("seeds",)), split, kind, limit, sources, index, model, writer)
        if benchmark and data:
            passed = measure.published(benchmark, data, wanted, json_file)
        else:
            passed = measure.known_facts(wanted, json_file, html_file, fail_under)
    if not passed:
        raise typer.Exit(1)


@app.command(epilog=examples("rag models", "rag models --json"))
def models(as_json: Json = False) -> None:
    """List the models that are on this machine."""
    with reported():
        from rag.models import available
        from rag.settings import Settings
        from ui import render, shapes

        held = available(Settings.load().cache_dir)
        put(shapes.dumps(shapes.models_json(held)) if as_json else render.models_plain(held))


@app.command("doctor", epilog=examples("rag doctor", "rag doctor -s ~/reports --json"))
def doctor_command(
    sources: Sources = None,
    index: IndexDir = None,
    model: Model = None,
    writer: Writer = None,
    as_json: Json = False,
) -> None:
    """Check what is installed, and say what to do about what is not."""
    with reported():
        from ui import doctor, shapes

        checks = doctor.examine(sources, index, model, writer)
        if as_json:
            put(shapes.dumps([check.as_json() for check in checks]))
        else:
            doctor.print_checks(checks)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
