"""A model behind an OpenAI-compatible server (llama-server, vLLM, Ollama and the like): writes prose."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import httpx

from rag.errors import ModelError
from rag.llm import Message

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 120.0
KEY = "RAG_API_KEY"
LLAMA_SERVER = "llamacpp"
# What is asked of this machine must not take the way over a proxy that the environment names.
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class RemoteWriter:
    """A `Writer` that asks the server at `url`, with or without the `/v1` at its end. Threads may share it.

    model: the server's name for it; by default the first that the server lists.
    key: sent as a bearer token; by default the environment's `RAG_API_KEY`.
    grammar: whether the server takes a GBNF grammar; by default, whether it calls itself llama.cpp's when it lists
        its models. Without, a grammar is not sent.
    silence: seconds without a word from the server after which it is given up.
    """

    def __init__(
        self,
        url: str,
        model: str | None = None,
        *,
        key: str | None = None,
        grammar: bool | None = None,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        self._base = url.rstrip("/").removesuffix("/v1") + "/v1"
        self._model = model
        self._grammar = grammar
        key = os.environ.get(KEY) if key is None else key
        try:
            address = httpx.URL(self._base)
            self._client = httpx.Client(
                headers={"Authorization": f"Bearer {key}"} if key else {},
                timeout=httpx.Timeout(silence, connect=CONNECT_SECONDS),
                trust_env=address.host not in _LOOPBACK,
            )
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise ModelError(f"{url} is no address of a server: {error}.", "Write http://HOST:PORT.") from error
        self._host = address.netloc.decode("ascii")

    @classmethod
    def at(cls, address: str) -> Self:
        """The server at `URL` or `URL#MODEL`, once it has listed its models. Raises ModelError where it does not."""
        url, _, model = address.partition("#")
        writer = cls(url, model or None)
        writer._list()
        return writer

    @property
    def name(self) -> str:
        """The model and where it runs. Asks the server when no model was named. Raises ModelError."""
        return f"{self._chosen()} at {self._host}"

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def write(self, messages: Sequence[Message], grammar: str | None = None, max_tokens: int = 256) -> Iterator[str]:
        """The reply in pieces (temperature 0). To close the iterator ends the request. Raises ModelError."""
        body: dict[str, Any] = {
            "model": self._chosen(),
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "max_tokens": max_tokens,
            "temperature": 0,
            "seed": 0,
            "stream": True,
        }
        if grammar is not None and self._grammar:
            body["grammar"] = grammar
        with self._asked("POST", "/chat/completions", body) as response:
            yield from self._pieces(response)

    def _chosen(self) -> str:
        return self._model or self._list()

    def _list(self) -> str:
        """The model to be asked for, after the server's list has told its first one and whose server it is."""
        with self._asked("GET", "/models") as response:
            listed = _json(response.read())
        try:
            first = listed["data"][0]
            self._model = self._model or str(first["id"])
            if self._grammar is None:
                self._grammar = first.get("owned_by") == LLAMA_SERVER
        except (KeyError, IndexError, TypeError, AttributeError):
            raise ModelError(
                f"The server at {self._host} lists no model.", "Load one, or name it: URL#MODEL."
            ) from None
        return self._model

    @contextmanager
    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> Iterator[httpx.Response]:
        """The open response to a request that the server took. Turns all that can go wrong into ModelError."""
        try:
            with self._client.stream(method, self._base + path, json=body) as response:
                if response.status_code != httpx.codes.OK:
                    raise self._refusal(response, response.read())
                yield response
        except httpx.ConnectError as error:
            raise ModelError(f"No server answers at {self._base}.", "Start it, or name another address.") from error
        except httpx.TimeoutException as error:
            raise ModelError(f"The server at {self._host} takes too long.", "Try again, or a smaller model.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = _line(str(error)) or type(error).__name__
            raise ModelError(f"The server at {self._host} broke off: {reason}.", "Try again.") from error

    def _refusal(self, response: httpx.Response, content: bytes) -> ModelError:
        code = response.status_code
        if code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return ModelError(f"The server at {self._host} refuses the key ({code}).", f"Set {KEY} to a valid one.")
        reason = _reason(content)
        if code == httpx.codes.NOT_FOUND:
            hint = "Check the address and the model's name."
            return ModelError(
                f"The server at {self._host} does not know {response.url.path} or the model{reason}.", hint
            )
        return ModelError(f"The server at {self._host} failed with {code}{reason}.", "Look at its log, then try again.")

    def _pieces(self, response: httpx.Response) -> Iterator[str]:
        """The contents of a stream of server-sent events, which must come to its end."""
        finished = False
        for line in response.iter_lines():
            data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
            if data == "[DONE]":
                return
            if data:
                piece, ends = self._piece(_json(data))
                finished = finished or ends
                if piece:
                    yield piece
        if not finished:
            raise ModelError(f"The server at {self._host} broke off in the middle of its reply.", "Try again.")

    def _piece(self, event: Any) -> tuple[str, bool]:
        if isinstance(event, dict) and "error" in event:
            reason = _reason(json.dumps(event).encode())
            raise ModelError(f"The server at {self._host} failed{reason}.", "Look at its log, then try again.")
        try:
            choices = event["choices"]
            if not choices:
                return "", False
            return choices[0]["delta"].get("content") or "", bool(choices[0].get("finish_reason"))
        except (KeyError, IndexError, TypeError, AttributeError):
            raise ModelError(
                f"The server at {self._host} does not reply as OpenAI's do.", "Check its address."
            ) from None


def _json(content: str | bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise ModelError(f"The server replied with no JSON: {_line(content)!r}.", "Check its address.") from None


def _reason(content: bytes) -> str:
    """What an error reply says, after a colon; nothing where it does not say."""
    try:
        error = json.loads(content)["error"]
        said = error["message"] if isinstance(error, dict) else error
    except (ValueError, KeyError, TypeError):
        return ""
    return f": {_line(str(said)).rstrip('.')}"


def _line(text: str | bytes) -> str:
    """`text` fit for one line of a terminal: at most 160 characters, none of them a control character."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:160]
