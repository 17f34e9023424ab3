"""E-mail to plain text: who wrote to whom and when, and the message; attachments are named, not read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import groupby

from lxml import html

from index.blocks import html_blocks
from index.errors import SourceError
from index.package import read_with
from index.readers import Raw

_SHOWN = ("From", "To", "Cc")
_QUOTED = re.compile(r"(?:> ?)*")


def read_eml(data: bytes) -> Raw:
    """Subject as title, the day it was sent as date, the sender as publisher; the HTML part where there is no other.

    Raises SourceError where it is no message or encrypted.
    """
    with read_with("formats", "e-mail"):
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes(data)
        if not any(message.get(name) for name in ("From", "Date", "Subject", "Received")):
            raise SourceError("It has no e-mail headers.", "Save the message again as .eml.")
        if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
            raise SourceError("It is encrypted.", "Save it decrypted.")
        subject, sent = _header(message, "Subject"), _sent(message)
        parts = [f"# {subject}" if subject else "", _envelope(message, sent), _body(message), _attached(message)]
        text = "\n\n".join(filter(None, parts))
        return Raw(text, subject, sent.date().isoformat() if sent else None, _sender(message), whole=True)


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        return " ".join(str(message.get(name) or "").split()) or None
    except (MessageError, ValueError, IndexError):  # a header that the parser of the standard library trips over
        return None


def _sent(message: EmailMessage) -> datetime.datetime | None:
    try:
        return getattr(message.get("Date"), "datetime", None)
    except (MessageError, ValueError, IndexError):
        return None


def _sender(message: EmailMessage) -> str | None:
    addresses = getattr(message.get("From"), "addresses", ())
    return (addresses[0].display_name or addresses[0].addr_spec) if addresses else _header(message, "From")


def _envelope(message: EmailMessage, sent: datetime.datetime | None) -> str:
    lines = [f"- {name}: {value}" for name in _SHOWN if (value := _header(message, name))]
    return "\n".join([*lines, f"- Sent: {sent.isoformat(' ', 'minutes')}"] if sent else lines)


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        content = part.get_content()
    except LookupError:  # a character set that nobody knows
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    if part.get_content_type() == "text/html":
        return html_blocks(html.document_fromstring(content)) if content.strip() else ""
    return _plain(content, part.get_param("format") == "flowed")


def _plain(text: str, flowed: bool) -> str:
    """Text with one mark before each stretch that is quoted, so that its lines can be joined like others.

    Where it is `flowed` (RFC 3676), a space at the end of a line says that the paragraph goes on.
    """
    text = re.split(r"(?m)^-- $", text.replace("\r\n", "\n"), maxsplit=1)[0]
    if flowed:
        text = re.sub(r"(?<=\S) \n(?![>\n])", " ", text)
    return "\n\n".join(_stretches(text))


def _stretches(text: str) -> Iterator[str]:
    marked = [(found[0].replace(" ", ""), line[found.end() :]) for line in text.split("\n")
              if (found := _QUOTED.match(line))]  # fmt: skip
    for marks, lines in groupby(marked, key=lambda pair: pair[0]):
        words = "\n".join(line for _, line in lines).strip("\n")
        if words.strip():
            yield f"{marks} {words}" if marks else words


def _attached(message: EmailMessage) -> str:
    names = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    return f"- Attached, not read: {', '.join(names)}" if names else ""
