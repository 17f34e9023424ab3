"""Asking in the terminal: the stages while it works, the answer, a conversation."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.text import Text

from index.types import Document
from rag.assistant import Assistant
from rag.errors import QuestionError
from rag.types import Answer, Event
from ui.console import err, fail, out, put, show
from ui.render import one_line, plain, terminal
from ui.shapes import answer_json, dumps
from ui.stages import described, involved

LEAVE = {"exit", "quit", ":q"}


def follow(events: Iterator[Event]) -> Answer:
    """The answer that ends a stream; the stage under way is shown on stderr where that is a terminal."""
    answer = None
    with err.status("Starting") as status:
        for event in events:
            if event.kind == "stage":
                status.update(Text(one_line(described(event))))
            answer = event.answer
    assert answer is not None, "a stream ends with its answer"
    return answer


def print_answer(assistant: Assistant, answer: Answer, typed: str) -> None:
    """The answer on stdout; the question too, where it was understood as another one than was typed."""
    if one_line(answer.question) != one_line(typed):
        err.print(Text(f"Understood as: {one_line(answer.question)}", style="dim italic"))
    documents: dict[str, Document] = involved(assistant.index, answer)
    show(terminal(answer, documents), plain(answer, documents))


def converse(assistant: Assistant, json_lines: bool) -> None:
    """Asks for question after question until the input ends. One that cannot be asked does not end it."""
    chat = assistant.chat()
    for typed in questions():
        try:
            answer = follow(chat.stream(typed))
        except QuestionError as error:
            fail(str(error))
            continue
        if json_lines:
            put(dumps(answer_json(answer), indent=None))
        else:
            print_answer(assistant, answer, typed)
            out.print()


def questions() -> Iterator[str]:
    """The lines typed, or those of a file on stdin; empty ones are passed over."""
    if not sys.stdin.isatty():
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    err.print(Text("Ask. An empty line changes nothing; Ctrl-D or “exit” ends.", style="dim"))
    while True:
        try:
            typed = input("? ").strip()
        except EOFError:
            return
        if typed.lower() in LEAVE:
            return
        if typed:
            yield typed
