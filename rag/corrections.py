"""What a text says is not so: "in 2024, not 2023"; "we gave the length as 410 metres" in a correction."""

from __future__ import annotations

import regex

_DENIED = regex.compile(
    r"(?<!\bif |\bor |\bwhy )\b(?:not|instead of|rather than)\s+(?:(?:in|on|at|by|to|from|for|of|as|the|an?)\s+){0,2}$",
    regex.IGNORECASE,
)
_CORRECTION = regex.compile(
    r"\b(?:corrections?|corrected|clarifications?|corrigend(?:um|a)|errat(?:um|a))\b", regex.IGNORECASE
)
_REPORT = r"(?:article|report|story|caption|headline|table|chart|map|version|edition|issue|obituary|review)"
_WE_SAID = regex.compile(
    rf"\b(?:we|us|our|(?:the|this|that|same|earlier|previous|original|first) {_REPORT})\b"
    r".*\b(?:gave|given|said|stated|called|put|reported|wrote|written|named|described|spelled|spelt|misstated|misspelled)\b",
    regex.IGNORECASE,
)
_MENDED = regex.compile(
    r"\b(?:should|please read|instead|correct(?:ly)?|in fact|wrong|has been|(?:but|when) (?:it|he|she|they))\b",
    regex.IGNORECASE,
)


def taken_back(text: str, start: int, around: str) -> bool:
    """Whether the sentence `text` says that what begins at `start` is not so.

    It denies it ("not 2023", "instead of 27 percent"), or it repeats in a correction, as the title, the heading or the
    sentence before (`around`) call it, what was published: "In Friday's article we gave the length as 410 metres."
    """
    before = text[:start]
    if _DENIED.search(before):
        return True
    published = _WE_SAID.search(before) if _CORRECTION.search(around) else None
    return published is not None and not _MENDED.search(before)
