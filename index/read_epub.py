"""EPUB books to plain text: the chapters in reading order, and what the book states of itself."""

from __future__ import annotations

import html.entities
import posixpath
import re
import zipfile
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from index.blocks import html_blocks
from index.errors import SourceError
from index.package import open_package, parse_xml, read_with
from index.readers import Raw

_KEPT = frozenset(("amp", "lt", "gt", "quot", "apos"))


def read_epub(data: bytes) -> Raw:
    """The text of the spine's documents. Raises SourceError where it is damaged or under a copy lock."""
    with read_with("formats", "EPUB book"):
        package = open_package(data)
        container = parse_xml(package.read("META-INF/container.xml"))
        at = next((file.get("full-path", "") for file in container.iter("{*}rootfile")), "")
        book = parse_xml(package.read(at))
        chapters = _spine(book, posixpath.dirname(at))
        if set(chapters) & _locked(package):
            raise SourceError("It is locked by a copy protection.", "Supply a copy without one.")
        text = "\n\n".join(html_blocks(_tree(package.read(chapter))) for chapter in chapters)
        return Raw(text, _stated(book, "title"), _date(book), _stated(book, "publisher"), _authors(book), whole=True)


def _spine(book: etree._Element, folder: str) -> list[str]:
    """The paths of the documents in reading order, without the table of contents."""
    items = {item.get("id"): item for item in book.iterfind("{*}manifest/{*}item")}
    wanted = [items[reference.get("idref")] for reference in book.iterfind("{*}spine/{*}itemref")]
    texts = [item for item in wanted if "html" in item.get("media-type", "") and not _is_contents(item)]
    return [posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "")))) for item in texts]


def _is_contents(item: etree._Element) -> bool:
    return "nav" in item.get("properties", "").split()


def _locked(package: zipfile.ZipFile) -> set[str]:
    """The files that are encrypted; fonts often are, and do no harm."""
    if "META-INF/encryption.xml" not in package.namelist():
        return set()
    return {element.get("URI", "") for element in parse_xml(package.read("META-INF/encryption.xml")).iter("{*}*")}


def _tree(data: bytes) -> etree._Element:
    """A chapter's tree: as XHTML, which it should be, else as HTML."""
    try:
        return parse_xml(re.sub(rb"&(\w+);", _entity, data))
    except etree.XMLSyntaxError:
        if not data.strip():
            return lxml_html.document_fromstring("<p></p>")
        return lxml_html.document_fromstring(data, parser=lxml_html.HTMLParser(encoding="utf-8"))


def _entity(found: re.Match[bytes]) -> bytes:
    """HTML's named characters, which XML does not know."""
    name = found[1].decode("ascii", "replace")
    known = html.entities.name2codepoint.get(name)
    return found[0] if known is None or name in _KEPT else b"&#%d;" % known


def _stated(book: etree._Element, name: str) -> str | None:
    for element in book.iterfind(f"{{*}}metadata//{{http://purl.org/dc/elements/1.1/}}{name}"):
        if words := " ".join("".join(map(str, element.itertext())).split()):
            return words
    return None


def _authors(book: etree._Element) -> str | None:
    found = book.iterfind("{*}metadata//{http://purl.org/dc/elements/1.1/}creator")
    names = [" ".join("".join(map(str, element.itertext())).split()) for element in found]
    return ", ".join(filter(None, names)) or None


def _date(book: etree._Element) -> str | None:
    """The date of publication; tools write the year 101 where they know none."""
    for element in book.iterfind("{*}metadata//{http://purl.org/dc/elements/1.1/}date"):
        event = next((value for name, value in element.items() if str(name).endswith("event")), "publication")
        date = re.match(r"[12]\d{3}(?:-\d{2}(?:-\d{2})?)?(?!\d)", (element.text or "").strip())
        if date and event == "publication":
            return date[0]
    return None
