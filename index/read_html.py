"""HTML to plain text: the article without its page, and what the page states about itself."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping

import trafilatura
from lxml import etree, html

from index.errors import SourceError
from index.readers import Raw, decode
from index.tables import table_lines

# What it cannot use it reports through logging; what matters of that becomes an error of ours.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

_PUBLISHED = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//meta[translate(@name, 'DATE', 'date')='date']/@content",
    "//meta[@name='pubdate']/@content",
    "//meta[@name='dc.date' or @name='DC.date' or @name='DC.date.issued']/@content",
    "//time[@pubdate or @itemprop='datePublished']/@datetime",
)
_TITLE = ("//meta[@property='og:title']/@content", "//head/title/text()", "//title/text()", "//h1//text()")
_AUTHOR = ("//meta[@name='author']/@content", "//meta[@property='author']/@content")
_PUBLISHER = ("//meta[@property='og:site_name']/@content", "//meta[@name='publisher']/@content")
_MOST = 0.7
_STATED = {"title": _TITLE, "published": _PUBLISHED, "publisher": _PUBLISHER, "author": _AUTHOR}


def read_html(data: bytes) -> Raw:
    """The main text by trafilatura (Barbaresi 2021, ACL demo); where it finds none, all the visible text.

    Title, publisher and date are taken only from what the page states, never guessed from its words.
    Raises SourceError where there is no HTML in `data`.
    """
    text = _decoded(data)
    try:
        tree = html.document_fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError("It holds no HTML that can be read.", "Save the page again.") from error
    stated = {name: _first(tree, paths) for name, paths in _STATED.items()}
    date = re.match(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", stated["published"] or "")
    body = _main_text(_framed(tree)) or _visible_text(tree)
    return Raw(body, stated["title"], date[0] if date else None, stated["publisher"], stated["author"])


def _decoded(data: bytes) -> str:
    """The page as text: in the encoding that it declares, else as any text is decoded."""
    declared = re.search(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", data[:4096], re.I)
    try:
        text = data.decode(declared[1].decode() if declared else "utf-8")
    except (UnicodeDecodeError, LookupError):
        text = decode(data)
    return re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text)


def _first(tree: html.HtmlElement, paths: tuple[str, ...]) -> str | None:
    for path in paths:
        for value in tree.xpath(path):
            if text := " ".join(str(value).split()):
                return text
    return None


def _framed(tree: html.HtmlElement) -> str:
    """The page, its text inside an <article> where it marks none: else trafilatura drops headings and lists.

    The article is the smallest element that holds most of what stands in paragraphs.
    """
    lengths = {paragraph: len(paragraph.text_content()) for paragraph in tree.xpath("//body//p")}
    if not lengths or tree.xpath("//article|//main|//*[@role='main']"):
        return str(html.tostring(tree, encoding="unicode"))
    home = tree.find("body")
    while (inner := _fullest(home, lengths)) is not None:
        home = inner
    article = html.Element("article")
    article.extend(list(home))
    home.append(article)
    return str(html.tostring(tree, encoding="unicode"))


def _fullest(home: html.HtmlElement, lengths: Mapping[html.HtmlElement, int]) -> html.HtmlElement | None:
    """The child that holds most of what stands in paragraphs, if there is one that is no paragraph."""
    enough = _MOST * sum(lengths.values())
    children = (child for child in home.iterchildren(tag=etree.Element) if child.tag != "p")
    return next((c for c in children if sum(lengths.get(inner, 0) for inner in c.iter("p")) >= enough), None)


def _main_text(text: str) -> str:
    extracted = trafilatura.extract(text, output_format="xml", include_comments=False, include_tables=True)
    if not extracted:
        return ""
    main = etree.fromstring(extracted.encode("utf-8")).find("main")
    return "" if main is None else "\n\n".join(block for block in _blocks(main) if block.strip())


def _blocks(main: etree._Element) -> Iterator[str]:
    for element in main:
        if element.tag == "head":
            level = re.sub(r"\D", "", element.get("rend", "")) or "2"
            yield "#" * min(int(level), 6) + " " + _words(element)
        elif element.tag == "list":
            yield "\n".join("- " + _words(item) for item in element.iter("item"))
        elif element.tag == "table":
            yield table_lines([[_words(cell) for cell in row.iter("cell")] for row in element.iter("row")])
        else:
            yield _words(element)


def _words(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext()).split())


def _visible_text(tree: html.HtmlElement) -> str:
    for element in tree.xpath("//script|//style|//head|//noscript|//template"):
        element.drop_tree()
    for element in tree.xpath("//p|//div|//br|//li|//tr|//h1|//h2|//h3|//h4|//h5|//h6|//section|//article"):
        element.text = "\n\n" + (element.text or "")
        element.tail = "\n\n" + (element.tail or "")
    return str(tree.text_content())
