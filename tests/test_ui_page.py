"""The page's own logic, on scripted conversations: what the log shows at each moment, what a click opens."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import ui_answers as made

from index.errors import CorroborateError
from index.types import Document
from rag.errors import QuestionError
from rag.types import STAGES, Event
from ui import markup, starters, web


@dataclass
class Failing:
    """A conversation that cannot answer."""

    message: str

    def stream(self, question: str) -> Iterator[Event]:
        yield Event("stage", "understand")
        raise QuestionError(self.message)


def test_the_log_shows_the_question_each_stage_the_text_and_the_answer() -> None:
    states = list(web.converse(made.Script([made.conflict()]), made.Shelf(), "How many?"))
    assert all("How many?" in state[0]["content"] for state in states)
    titles = [state[1]["metadata"]["title"] for state in states]
    assert titles[0] == "Waiting for the model"
    assert len(dict.fromkeys(titles)) == 1 + len(STAGES) + 1
    assert all(state[1]["metadata"]["status"] == "pending" for state in states[:-1])
    lengths = [len(state[2]["content"]) for state in states if len(state) == 3]
    assert lengths == sorted(lengths), "the text grows"
    last = states[-1]
    assert last[1]["metadata"]["status"] == "done"
    assert "Aldermoor Gazette" in last[2]["content"]
    assert 'class="said"' in last[2]["content"]


def test_an_error_is_shown_as_one_line_in_the_log() -> None:
    states = list(web.converse(Failing("It has <b>no</b> words. Ask something."), made.Shelf(), " "))
    assert "It has &lt;b&gt;no&lt;/b&gt; words. Ask something." in states[-1][-1]["content"]
    assert "metadata" not in states[-1][-1]


def test_a_reader_who_asked_to_stop_sees_that_it_stopped() -> None:
    script = made.Script([made.conflict()])
    moments = iter([False, False, True])
    states = list(web.converse(script, made.Shelf(), "How many?", lambda: next(moments)))
    assert states[-1][1]["metadata"] == {"title": "Stopped", "status": "done"}
    assert len(states) == 4


def test_a_very_long_question_is_shown_cut() -> None:
    first = next(web.converse(Failing("Too long."), made.Shelf(), "x" * 100_000))
    assert len(first[0]["content"]) < web.TYPED + 100


def test_a_click_opens_the_document_at_the_words() -> None:
    held = made.conflict().citations[0]
    href = re.search(r'href="#([^"]+)"', markup.link(held.document_id, start=held.start, end=held.end))
    assert href
    html = web.open_source(made.Shelf(), {"document": held.document_id, "start": str(held.start), "end": str(held.end)})
    assert f"<mark>{held.quote}</mark>" in html


@pytest.mark.parametrize(
    "wanted",
    [
        {"document": "radio.txt", "start": "-1", "end": "x", "first": None, "last": [1]},
        {"document": "radio.txt", "start": "999999999999", "end": "1"},
        {"document": "radio.txt"},
    ],
)
def test_a_click_that_names_no_place_opens_the_document_unmarked(wanted: dict[str, object]) -> None:
    html = web.open_source(made.Shelf(), wanted)
    assert "Good morning." in html
    assert "<mark" not in html


def test_a_click_on_what_is_not_there_says_so_and_one_on_the_list_shows_it() -> None:
    assert "There is no document" in web.open_source(made.Shelf(), {"document": "<i>../../etc/passwd"})
    assert web.open_source(made.Shelf(), {"sources": ""}) == ""
    assert web.open_source(made.Shelf(), {"document": 5}) == ""


def test_the_list_of_sources_says_how_many_it_leaves_out() -> None:
    assert "3 sources" in markup.library_html(made.DOCUMENTS.values(), 3)
    assert "The first 3 are listed" in markup.library_html(made.DOCUMENTS.values(), 4)


def test_styles_and_script_fetch_nothing_from_elsewhere() -> None:
    for file in ("page.css", "page.js"):
        text = (web.HERE / file).read_text("utf-8")
        assert not re.search(r"https?://|//[a-z]|@import|url\(", text)


def test_questions_to_start_from_are_those_that_the_folder_states(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('examples = ["Who?", " ", "When?"]\n["a.txt"]\ntitle = "A"\n', "utf-8")
    assert starters.questions(tmp_path, []) == ["Who?", "When?"]


@pytest.mark.parametrize("text", ['examples = "Who?"', "examples = [1]", "not toml", ""])
def test_else_they_are_about_what_the_documents_share(tmp_path: Path, text: str) -> None:
    (tmp_path / "sources.toml").write_text(text, "utf-8")
    said = [
        "Yesterday the Harbour Board met Ada Lund.",
        "The papers of the Harbour Board name Ada Lund.",
        "So did Per.",
    ]
    documents = [Document(str(n), "t", line, None, None, "0") for n, line in enumerate(said)]
    asked = starters.questions(tmp_path, documents)
    assert asked[:2] == ["What do the sources say about Harbour Board?", "What do the sources say about Ada Lund?"]
    assert len(asked) <= starters.MOST


def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CorroborateError, match="--port"):
            web.serve(made.Scripted([made.agreed()]), [], taken.getsockname()[1], False, print)
