"""Word documents to plain text, by mammoth: headings, lists, tables, notes and text boxes; deleted text is left out."""

from __future__ import annotations

import io

from lxml import html

from index.blocks import html_blocks
from index.package import core_properties, open_package, read_with
from index.readers import Raw

# What mammoth does not map by itself.
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => h2:fresh
p[style-name='Heading 7'] => h6:fresh
p[style-name='Heading 8'] => h6:fresh
p[style-name='Heading 9'] => h6:fresh
"""


def read_docx(data: bytes) -> Raw:
    """The text in its order. Raises SourceError where it is damaged or locked, MissingExtra without mammoth."""
    with read_with("formats", "Word document"):
        import mammoth

        title, author = core_properties(open_package(data))
        no_pictures = mammoth.images.img_element(lambda image: {})
        made = mammoth.convert_to_html(io.BytesIO(data), style_map=_STYLES, convert_image=no_pictures)
        text = html_blocks(html.document_fromstring(made.value)) if made.value.strip() else ""
        return Raw(text, title, author=author, whole=True)
