"""PDF to plain text with page starts; what is printed on page after page (running heads, page numbers) goes."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Sequence

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from index.errors import SourceError
from index.readers import PAGE, Raw

# Its warnings about a file go nowhere; what makes a file useless is raised.
logging.getLogger("pypdf").addHandler(logging.NullHandler())

_NO_TITLE = re.compile(r"untitled|microsoft word|\.(?:docx?|pptx?|xlsx?|indd|tex|dvi|pdf)\b", re.IGNORECASE)


def read_pdf(data: bytes) -> Raw:
    """The text of every page by pypdf. Raises SourceError where it is damaged, locked, or scanned without text."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceError("It is locked by a password.", "Save a copy without one.")
        pages = [page.extract_text() for page in reader.pages]
        title, author = (reader.metadata.title, reader.metadata.author) if reader.metadata else (None, None)
    # pypdf lets these through where a file's own structure is wrong
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise SourceError("It is damaged or no PDF.", "Save it again from its origin.") from error
    if not any(char.isalnum() for page in pages for char in page):
        raise SourceError("It has no text, only pictures of pages.", "Run OCR on it first, for example with ocrmypdf.")
    title = None if not title or _NO_TITLE.search(title) else title.strip()
    return Raw(PAGE.join(page + "\n" for page in without_running_lines(pages)), title, author=author, paged=True)


def without_running_lines(pages: Sequence[str]) -> list[str]:
    """The pages without first and last lines that most pages share (digits aside). Needs at least three pages."""
    split = [page.replace(PAGE, "\n").strip().split("\n") for page in pages]
    seen = Counter(line for lines in split for line in {_shape(lines[0]), _shape(lines[-1])})
    running = {line for line, count in seen.items() if len(pages) >= 3 and count > len(pages) / 2}
    return ["\n".join(_trimmed(lines, running)) for lines in split]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _trimmed(lines: list[str], running: set[str]) -> list[str]:
    start = 1 if _shape(lines[0]) in running else 0
    end = len(lines) - 1 if len(lines) > start and _shape(lines[-1]) in running else len(lines)
    return lines[start:end]
