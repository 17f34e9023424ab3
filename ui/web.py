"""The page: a chat whose citations open the source, beside it, at the very words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from socket import socket
from threading import Event as Flag
from time import monotonic
from typing import Any, Protocol

from index.errors import CorroborateError
from index.types import Document
from rag.types import Event
from ui import markup
from ui.stages import described, involved

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported
import gradio as gr

HERE = Path(__file__).parent
LISTED = 200  # sources listed beside the chat
LOCALHOST = "127.0.0.1"  # nobody else's machine reaches the page
TYPED = 2_000  # characters of a question that are shown

Message = dict[str, Any]


class Conversation(Protocol):
    """What was asked before in one tab, so that follow-ups are understood."""

    def stream(self, question: str) -> Iterator[Event]: ...


class Library(Protocol):
    """The documents that can be opened. `document` raises CorroborateError for one that is not there."""

    def documents(self) -> Sequence[Document]: ...

    def document(self, document_id: str) -> Document: ...


class Host(Protocol):
    """What the page needs of `rag.Assistant`; all tabs share it and take turns."""

    @property
    def index(self) -> Library: ...

    @property
    def model(self) -> str: ...

    def chat(self) -> Conversation: ...


@dataclass(frozen=True, slots=True)
class Tab:
    """What one browser tab has of its own: its conversation, and whether its reader asked to stop."""

    chat: Conversation
    halt: Flag = field(default_factory=Flag)


def serve(host: Host, examples: Sequence[str], port: int | None, browser: bool, say: Callable[[str], None]) -> None:
    """Serves the page on 127.0.0.1 until interrupted. `port` None takes the first free one from 7860.

    Raises CorroborateError where the port is taken.
    """
    try:
        with socket() as tried:
            tried.bind((LOCALHOST, port or 0))
        page = build(host, examples)
        _, address, _ = page.launch(
            server_name=LOCALHOST,
            server_port=port,
            inbrowser=browser,
            share=False,
            quiet=True,
            show_error=True,
            footer_links=[],
            prevent_thread_lock=True,
            **look(),
        )
    except OSError as error:
        raise CorroborateError(f"The page cannot be served: {error}.", "Name a free port with --port.") from error
    say(f"Corroborate is at {address} (Ctrl-C stops it)")
    try:
        Flag().wait()
    finally:
        page.close(verbose=False)


def look() -> dict[str, Any]:
    """Theme and styles. Fonts are the machine's own (named in page.css), so that nothing is fetched from elsewhere."""
    sans, mono = gr.themes.Font("sans-serif"), gr.themes.Font("monospace")
    theme = gr.themes.Base(primary_hue="teal", neutral_hue="stone", font=sans, font_mono=mono)
    return {"theme": theme, "css_paths": [HERE / "page.css"]}


def build(host: Host, examples: Sequence[str] = ()) -> Any:
    """The page over `host`; `examples` are questions to start from."""
    documents = host.index.documents()
    shelf = markup.library_html(islice(documents, LISTED), len(documents))

    def reply(typed: str, log: list[Message], tab: Tab | None) -> Iterator[tuple[Any, ...]]:
        if not typed.strip():
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        tab = tab or Tab(host.chat())
        tab.halt.clear()
        for shown in converse(tab.chat, host.index, typed, tab.halt.is_set):
            yield *_busy(), [*log, *shown], tab
        yield *_ready(), gr.skip(), tab

    def pick(event: gr.SelectData, log: list[Message], tab: Tab | None) -> Iterator[tuple[Any, ...]]:
        yield from reply(event.value["text"], log, tab)

    def opened(event: gr.EventData) -> str:
        return open_source(host.index, event._data or {}) or shelf

    with gr.Blocks(title="Corroborate", analytics_enabled=False, fill_width=True, fill_height=True) as page:
        tab = gr.State(None)
        with gr.Row(elem_id="head"):
            gr.HTML(markup.header_html(len(documents), host.model), elem_id="brand")
            fresh = gr.Button("New conversation", elem_id="fresh", size="sm", variant="secondary")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                log = _log(examples, len(documents))
                box = gr.Textbox(label="Your question", placeholder="Ask the sources…", elem_id="ask", **_BOX)
            panel = gr.HTML(shelf, elem_id="panel", js_on_load=(HERE / "page.js").read_text("utf-8"))
        shown = [box, fresh, log, tab]
        for asked in (
            box.submit(reply, [box, log, tab], shown, **_RUN),
            log.example_select(pick, [log, tab], shown, **_RUN),
        ):
            asked.failure(_ready, None, [box, fresh], queue=False, api_visibility="private")
        box.stop(_halt, tab, None, queue=False, api_visibility="private")
        fresh.click(lambda: ([], None), None, [log, tab], queue=False, api_visibility="private")
        panel.click(opened, None, panel, queue=False, show_progress="hidden", api_visibility="private")
    return page


_BOX: dict[str, Any] = {
    "show_label": False,
    "container": False,
    "submit_btn": True,
    "autofocus": True,
    "max_lines": 6,
}
_RUN: dict[str, Any] = {"concurrency_limit": None, "show_progress": "hidden", "api_visibility": "private"}


def _log(examples: Sequence[str], count: int) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="log",
        label="Conversation",
        show_label=False,
        container=False,
        layout="panel",
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        allow_tags=False,
        autoscroll=False,
        height="100%",
        placeholder=markup.welcome_html(count),
        examples=[{"text": text} for text in examples],
    )


def _busy() -> tuple[Any, Any]:
    """The question box and the button for a new conversation while an answer is on its way."""
    return gr.update(value="", submit_btn=False, stop_btn=True), gr.update(interactive=False)


def _ready() -> tuple[Any, Any]:
    return gr.update(submit_btn=True, stop_btn=False), gr.update(interactive=True)


def _halt(tab: Tab | None) -> None:
    if tab:
        tab.halt.set()


def converse(
    chat: Conversation, library: Library, typed: str, halted: Callable[[], bool] = lambda: False
) -> Iterator[list[Message]]:
    """What the log shows for one question, from the first moment to the whole answer, or to where it was halted."""
    asked = {"role": "user", "content": markup.question_html(_short(typed))}
    began, stages, text = monotonic(), ["Waiting for the model"], ""
    yield [asked, _step(stages)]
    try:
        for event in chat.stream(typed):
            if halted():
                yield [asked, _step(stages, "Stopped")]
                return
            if event.kind == "stage":
                stages = [*stages, described(event)]
                yield [asked, _step(stages)]
            elif event.kind == "text":
                text += event.text
                yield [asked, _step(stages), _said(markup.partial_html(text))]
            elif event.answer:
                whole = markup.answer_html(event.answer, typed, involved(library, event.answer))
                yield [asked, _step(stages, f"Worked for {monotonic() - began:.1f} s"), _said(whole)]
    except CorroborateError as error:
        yield [asked, _said(markup.error_html(str(error)))]


def _short(text: str) -> str:
    return text if len(text) <= TYPED else f"{text[:TYPED]}…"


def _said(content: str) -> Message:
    return {"role": "assistant", "content": content}


def _step(stages: Sequence[str], over: str = "") -> Message:
    """The steps so far, folded under a title: the one under way, or `over`, how it ended."""
    metadata = {"title": over, "status": "done"} if over else {"title": stages[-1], "status": "pending"}
    return _said(markup.stages_html(stages[1:])) | {"metadata": metadata}


def open_source(library: Library, wanted: dict[str, Any]) -> str:
    """The document that was clicked, as HTML; empty when the click asked for the list of all sources."""
    if not isinstance(wanted.get("document"), str):
        return ""
    try:
        document = library.document(wanted["document"])
    except CorroborateError as error:
        return markup.error_html(str(error))
    marks = {key: int(value) for key, value in wanted.items() if key in markup.MARKS and str(value).isdecimal()}
    return markup.source_html(document, marks)
