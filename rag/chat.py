"""Chat messages to a prompt, by the template that a model brings along; no message can act as the template."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from rag.errors import ModelError
from rag.llm import Message, Piece

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def render(template: str, messages: Sequence[Message], bos: str, eos: str) -> list[Piece]:
    """The prompt that the Jinja `template` makes of `messages`, ending where the assistant's turn begins.

    The template sees a random mark in place of each content, so that whatever a message holds stays a plain piece.
    A template that takes no system message gets it at the head of the first user message.
    Raises ModelError when the template fails.
    """
    mark = f"mark{secrets.token_hex(8)}x"
    turns = [{"role": message.role, "content": f"{mark}{i}{mark}"} for i, message in enumerate(messages)]
    try:
        text = _fill(template, turns, bos, eos)
    except TemplateError as error:
        if len(turns) < 2 or turns[0]["role"] != "system":
            raise ModelError(f"The model's chat template fails: {' '.join(str(error).split())}.") from error
        return render(template, _joined(messages), bos, eos)
    parts = text.split(mark)
    return [
        Piece(messages[int(part)].content) if i % 2 else Piece(part, control=True)
        for i, part in enumerate(parts)
        if part
    ]


def _joined(messages: Sequence[Message]) -> list[Message]:
    system, first, *rest = messages
    return [Message(first.role, f"{system.content}\n\n{first.content}"), *rest]


def _fill(template: str, turns: Sequence[dict[str, str]], bos: str, eos: str) -> str:
    """A template comes from a file that anyone may have made: it runs in Jinja's sandbox."""

    def refuse(message: str) -> NoReturn:
        raise TemplateError(message)

    def today(form: str) -> str:
        return datetime.now().strftime(form)

    jinja = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"], autoescape=False
    )
    return jinja.from_string(template).render(
        messages=turns,
        bos_token=bos,
        eos_token=eos,
        add_generation_prompt=True,
        enable_thinking=False,
        raise_exception=refuse,
        strftime_now=today,
    )
