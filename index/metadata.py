"""Title and date of publication, from what the first lines of a cleaned text state."""

from __future__ import annotations

import datetime
import re

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ISO = r"(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})"
_DATE = re.compile(
    "|".join(
        (
            rf"(?<!\d){_ISO}",
            rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})".replace("P<", "P<a_"),
            rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH},? (?P<year>\d{{4}})".replace("P<", "P<b_"),
        )
    ),
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:publication |publish(?:ed)? |release )?date|published(?: on| at)?|posted(?: on)?", re.IGNORECASE
)
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?(?: ?[A-Z]{2,4}\b)?", re.IGNORECASE)
TITLE_LENGTH = 120


def split_dateline(text: str) -> str:
    """`text` with a labelled date that opens its first sentence ("date 2026-02-27 The ...") on a line of its own."""
    label = _LABEL.match(text)
    if not label:
        return text
    date = _DATE.match(text, label.end() + len(text[label.end() :]) - len(text[label.end() :].lstrip(" :")))
    if not date or text[date.end() : date.end() + 1] != " ":
        return text
    return text[: date.end()] + "\n\n" + text[date.end() + 1 :]


def stated_date(text: str) -> str | None:
    """The ISO date of a line of the first six that is little else: a date, perhaps a label, a time, a name."""
    for line in text.split("\n", 12)[:12]:
        date = _DATE.search(line)
        if not date or len(line) > 70 or line.endswith((".", "!", "?")):
            continue
        rest = _TIME.sub("", _LABEL.sub("", line[: date.start()] + " " + line[date.end() :]))
        if len(rest.split()) <= 4 and (iso := _iso(date)):
            return iso
    return None


def _iso(date: re.Match[str]) -> str | None:
    parts = {name.removeprefix("a_").removeprefix("b_"): value for name, value in date.groupdict().items() if value}
    name = parts.get("month", "")[:3].lower()
    month = int(parts["number"]) if "number" in parts else 1 + [each[:3] for each in _MONTHS].index(name)
    try:
        return datetime.date(int(parts["year"]), month, int(parts["day"])).isoformat()
    except ValueError:
        return None


def stated_title(text: str) -> str | None:
    """The first heading marked as one near the top, else the first line where it is short and more text follows."""
    lines = [line for line in text.split("\n", 20)[:20] if line.strip() and not _is_date(line)]
    marked = [line.lstrip("# ") for line in lines if line.startswith("#")]
    if marked:
        return marked[0]
    return lines[0] if len(lines) > 1 and len(lines[0]) <= TITLE_LENGTH and lines[0][0].isalnum() else None


def _is_date(line: str) -> bool:
    return stated_date(line) is not None
