"""RemoteWriter against real HTTP servers on the loopback device, well-behaved and not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from rag_server import Handler, Server, serving

from rag.errors import ModelError
from rag.llm import Message, Writer
from rag.remote import RemoteWriter

ASK = [Message("system", "Be brief."), Message("user", "Which storm?")]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


def written(url: str, **options: Any) -> str:
    grammar = options.pop("ask_grammar", None)
    with closing(RemoteWriter(url, **options)) as writer:
        return "".join(writer.write(ASK, grammar, max_tokens=9))


def test_streams_the_reply_and_asks_for_a_repeatable_one(server: Server) -> None:
    assert written(server.url, model="m") == "The storm Ödön."
    path, key, body = server.seen[-1]
    assert (path, key) == ("/v1/chat/completions", None)
    assert body == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Which storm?"}],
        "max_tokens": 9,
        "temperature": 0,
        "seed": 0,
        "stream": True,
    }


def test_picks_the_first_model_the_server_lists_and_asks_once(server: Server) -> None:
    with closing(RemoteWriter(f"{server.url}/v1/")) as remote:
        writer: Writer = remote
        assert writer.name == f"small-model at 127.0.0.1:{server.server_port}"
        assert "".join(writer.write(ASK)) == "The storm Ödön."
    assert [path for path, _, _ in server.seen] == ["/v1/models", "/v1/chat/completions"]
    assert server.seen[-1][2]["model"] == "small-model"


def test_sends_the_key_of_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_API_KEY", "sesame")
    written(server.url)
    assert [key for _, key, _ in server.seen] == ["Bearer sesame"] * 2


@pytest.mark.parametrize("takes", [True, False])
def test_sends_a_grammar_only_where_the_server_takes_one(server: Server, takes: bool) -> None:
    written(server.url, model="m", grammar=takes, ask_grammar='root ::= "yes"')
    assert server.seen[-1][2].get("grammar") == ('root ::= "yes"' if takes else None)


def test_closing_the_stream_early_ends_the_request(server: Server) -> None:
    gone = threading.Event()

    def endless(handler: Handler) -> None:
        handler.stream("word ", done=False)
        try:
            while True:
                handler.wfile.write(b'data: {"choices": [{"delta": {"content": "x"}}]}\n\n' * 1000)
        except OSError:
            gone.set()

    server.reply = endless
    with closing(RemoteWriter(server.url, "m")) as writer:
        stream = writer.write(ASK)
        assert next(stream) == "word "
        stream.close()  # type: ignore[attr-defined]
        assert gone.wait(5)


def one_line(url: str, **options: Any) -> str:
    with pytest.raises(ModelError) as raised:
        written(url, **options)
    text = str(raised.value)
    assert "\n" not in text
    assert raised.value.hint
    return text


@pytest.mark.parametrize(
    ("code", "content", "says"),
    [
        (401, "", "refuses the key"),
        (403, "", "RAG_API_KEY"),
        (404, '{"error": {"message": "model `m` not found"}}', "model `m` not found"),
        (500, '{"error": {"message": "out of\\nmemory\\u001b[31m"}}', "failed with 500: out of memory[31m."),
        (503, "<html>busy</html>", "failed with 503"),
    ],
)
def test_a_refusal_is_one_line(server: Server, code: int, content: str, says: str) -> None:
    server.reply = lambda handler: handler.plain(code, content)
    assert says in one_line(server.url, model="m")


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (lambda handler: handler.stream("half", done=False), "broke off in the middle"),
        (lambda handler: handler.events({"error": {"message": "context full"}}), "failed: context full"),
        (lambda handler: handler.events({"surprise": 1}), "does not reply as OpenAI's do"),
        (lambda handler: handler.events([]), "does not reply as OpenAI's do"),
        (lambda handler: handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\ndata: {half\n\n"), "no JSON"),
        (lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"), "broke off"),
    ],
)
def test_a_broken_stream_is_one_line(server: Server, reply: Callable[[Handler], None], says: str) -> None:
    server.reply = reply
    assert says in one_line(server.url, model="m")


def test_a_server_without_models_is_one_line(server: Server) -> None:
    server.models = {"data": []}
    assert "lists no model" in one_line(server.url)


def test_a_silent_server_is_given_up(server: Server) -> None:
    let_go = threading.Event()

    def silent(handler: Handler) -> None:
        let_go.wait(10)

    server.reply = silent
    try:
        assert "takes too long" in one_line(server.url, model="m", silence=0.2)
    finally:
        let_go.set()


def test_a_proxy_is_not_asked_for_this_machine(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert written(server.url, model="m") == "The storm Ödön."


def test_nobody_there_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    assert f"No server answers at {url}/v1" in one_line(url, model="m")


@pytest.mark.parametrize("url", ["http://[", "http://host:port", "http:// /"])
def test_an_address_that_is_none_is_one_line(url: str) -> None:
    one_line(url, model="m")


@pytest.mark.parametrize(("owner", "takes"), [("llamacpp", True), ("vllm", False)])
def test_a_server_of_llama_cpp_is_sent_the_grammar(server: Server, owner: str, takes: bool) -> None:
    server.models = {"data": [{"id": "small-model", "owned_by": owner}]}
    with closing(RemoteWriter.at(f"{server.url}#other-model")) as writer:
        assert "".join(writer.write(ASK, 'root ::= "yes"')) == "The storm Ödön."
        assert writer.name.startswith("other-model at ")
    body = server.seen[-1][2]
    assert (body["model"], "grammar" in body) == ("other-model", takes)
