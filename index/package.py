"""Zip packages, which .docx, .pptx, .xlsx and .epub files are: opened with care, and what they state of themselves."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.parsers.expat import ExpatError

from lxml import etree

from index.errors import MissingExtra, SourceError

_MOST_BYTES = 2_000_000_000  # unpacked: what no document needs, and a zip bomb does
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # begins Office files before 2007, and later ones under a password
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, etree.LxmlError, ExpatError, EOFError, OSError, SyntaxError, ValueError,
    LookupError, TypeError, AttributeError, ArithmeticError, struct.error, lzma.LZMAError, AssertionError,
    NotImplementedError, RecursionError, RuntimeError,
)  # fmt: skip


@contextmanager
def read_with(extra: str, kind: str) -> Iterator[None]:
    """Turns what a library raises over a damaged file into SourceError; `kind` is what the file should be.

    Libraries let through whatever their own code meets in a file whose structure is wrong. Where the library itself
    is missing, MissingExtra names the `extra` that brings it.
    """
    try:
        yield
    except SourceError:
        raise
    except ModuleNotFoundError as error:
        hint = f'Install it: pip install "corroborate[{extra}]".'
        raise MissingExtra(f"The package that reads it is not installed ({error.name}).", hint) from error
    except _DAMAGE as error:
        raise SourceError(f"It is damaged or no {kind}.", "Save it again from its origin.") from error


def open_package(data: bytes) -> zipfile.ZipFile:
    """The zip package in `data`. Raises SourceError where it is locked or too large, BadZipFile where it is none."""
    if data.startswith(_OLE):
        hint = "Save a copy without a password, in today's format."
        raise SourceError("It is locked by a password, or in the format before 2007.", hint)
    package = zipfile.ZipFile(io.BytesIO(data))
    if any(item.flag_bits & 1 for item in package.infolist()):
        raise SourceError("It is locked by a password.", "Save a copy without one.")
    if sum(item.file_size for item in package.infolist()) > _MOST_BYTES:
        raise SourceError("It unpacks to more than 2 GB.", "Divide it.")
    return package


def parse_xml(data: bytes) -> etree._Element:
    """The root element; entities and other files that it names are left alone. Raises etree.XMLSyntaxError."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def core_properties(package: zipfile.ZipFile) -> tuple[str | None, str | None]:
    """Title and author that an Office file states. When it was made is no date of publication, and is not asked."""
    if "docProps/core.xml" not in package.namelist():
        return None, None
    root = parse_xml(package.read("docProps/core.xml"))
    found = {etree.QName(child).localname: " ".join((child.text or "").split()) for child in root.iter("{*}*")}
    return found.get("title") or None, found.get("creator") or None
