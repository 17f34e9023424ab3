"""The prompt that the reader and its adapter were trained on, to the letter.

ChatML; the markers are control tokens, everything between them is plain text, so that nothing a
source or a question says can end its turn or open another.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.llm import Piece

INSTRUCTION = "Answer with words copied from the numbered text, or none."
NONE = "none"


def reading(question: str, sentences: Sequence[str]) -> list[Piece]:
    """The prompt that shows `sentences` under the labels 1, 2, ... and asks `question`."""
    numbered = "".join(f"[{label}] {_one_line(text)}\n" for label, text in enumerate(sentences, start=1))
    return [
        Piece("<|im_start|>", control=True),
        Piece(f"system\n{INSTRUCTION}"),
        Piece("<|im_end|>", control=True),
        Piece("\n"),
        Piece("<|im_start|>", control=True),
        Piece(f"user\n{numbered}Question: {_one_line(question)}"),
        Piece("<|im_end|>", control=True),
        Piece("\n"),
        Piece("<|im_start|>", control=True),
        Piece("assistant\n"),
    ]


def reply(label: int, words: str) -> str:
    """What the reader answers when `words` of sentence `label` are the answer."""
    return f"[{label}] {_one_line(words)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
