"""Real files of the formats, made with the libraries that people's own tools use: shared by the tests of the index."""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from email.message import EmailMessage

import docx
import openpyxl
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

# Words whose characters must come through as they are.
SCRIPTS = (
    "Η καταιγίδα έπληξε τη Νάξο την Τρίτη.",
    "风暴在星期二袭击了这座城市。",
    "ضربت العاصفة المدينة يوم الثلاثاء.",
    "Žluťoučký kůň cost €3.5m – “twice” the plan.",
)

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
BOOK = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The storm book</dc:title>
<dc:creator>Rita Holm</dc:creator><dc:creator>Jan Vos</dc:creator><dc:publisher>Harbour Press</dc:publisher>
<dc:date>2021-03-04T00:00:00Z</dc:date></metadata>
<manifest><item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
<item id="two" href="text/two%20.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="n"/><itemref idref="one"/><itemref idref="two"/></spine></package>"""


def make_docx(*paragraphs: str) -> bytes:
    made = docx.Document()
    made.core_properties.title, made.core_properties.author = "The storm report", "Rita Holm"
    made.add_heading("Damage", level=1)
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    made.add_heading("What next?", level=2)
    made.add_paragraph("The dam is checked", style="List Bullet")
    made.add_paragraph("Schools open on Monday", style="List Bullet")
    table = made.add_table(rows=3, cols=2)
    for row, cells in zip(table.rows, (("Town", "Roofs"), ("Oxley", "12"), ("Naxos", "40")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    return saved(made)


def make_pptx(*slides: tuple[str, list[str]]) -> bytes:
    made = Presentation()
    made.core_properties.title = "The storm in slides"
    for title, lines in slides:
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(lines)
        slide.notes_slide.notes_text_frame.text = f"Say more of {title.lower()}."
    data = CategoryChartData()
    data.categories = ["2020", "2021"]
    data.add_series("Roofs lost", (3, 12.5))
    place = (Inches(1), Inches(4), Inches(5), Inches(3))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)
    return saved(made)


def make_xlsx(*notes: str) -> bytes:
    made = openpyxl.Workbook()
    made.properties.title, made.properties.creator = "Budget", "Rita Holm"
    sheet = made.active
    sheet.title = "Repairs"
    sheet.append(["Repairs after the storm"])
    sheet.append([])
    sheet.append(["Town", "Cost", "Share", "Done", "On", "Note"])
    for number, note in enumerate(notes, start=1):
        sheet.append(["Oxley", 1234.5 * number, 0.255, True, datetime.date(2021, 3, number), note])
        row = sheet.max_row
        sheet.cell(row, 2).number_format, sheet.cell(row, 3).number_format = '"$"#,##0.00', "0.0%"
    hidden = made.create_sheet("Secret")
    hidden.append(["not", "shown"])
    hidden.sheet_state = "hidden"
    return saved(made)


def make_csv(*notes: str, delimiter: str = ",") -> bytes:
    made = io.StringIO()
    writer = csv.writer(made, delimiter=delimiter)
    writer.writerow(["Town", "Cost", "Note"])
    writer.writerows(["Oxley", "$3.5 million", note] for note in notes)
    return made.getvalue().encode()


def make_epub(*paragraphs: str, encrypted: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", CONTAINER)
        if encrypted:
            book.writestr("META-INF/encryption.xml", f'<encryption><CipherReference URI="{encrypted}"/></encryption>')
        book.writestr("OEBPS/book.opf", BOOK)
        book.writestr("OEBPS/nav.xhtml", _chapter("<nav><ol><li>Contents here</li></ol></nav>"))
        inside = "".join(f"<p>{text.replace('&', '&amp;')}</p>" for text in paragraphs)
        book.writestr("OEBPS/one.xhtml", _chapter(f"<h1>The night</h1>{inside}"))
        book.writestr("OEBPS/text/two .xhtml", _chapter("<h2>The day</h2><p>It&nbsp;was<br/>over &amp; done.</p>"))
    return made.getvalue()


def _chapter(body: str) -> str:
    head = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/>'
    return f"{head}<style>p {{color: red}}</style></head><body>{body}</body></html>"


def make_eml(*paragraphs: str, html: bool = False) -> bytes:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = "Roofs in Žilina", "Ríta Holm <rita@example.org>", "jan@example.org"
    made["Date"] = "Thu, 04 Mar 2021 10:30:00 +0100"
    if html:
        made.set_content("".join(f"<p>{text}</p>" for text in paragraphs), subtype="html")
    else:
        made.set_content("\n\n".join(paragraphs))
    made.add_attachment(b"%PDF-1.4 secret words", maintype="application", subtype="pdf", filename="roofs.pdf")
    return made.as_bytes()


def make_json(*notes: str) -> bytes:
    records = [{"town": "Oxley", "cost": 3.50, "open": True, "where": {"lat": "52.1"}, "note": note} for note in notes]
    value = {"title": "Repairs", "date": "2021-03-04", "author": "Rita Holm", "none": None, "repairs": records}
    return json.dumps(value, ensure_ascii=False).encode()


def make_jsonl(*notes: str) -> bytes:
    return b"".join(json.dumps({"note": note, "tags": ["a", 1]}).encode() + b"\n" for note in notes)


def make_rst(*paragraphs: str) -> bytes:
    body = "\n\n".join(paragraphs)
    return f"""The storm
=========

:Author: Rita Holm
:Date: 2021-03-04

{body}

Damage
------

See :ref:`the map <map>` and ``roofs``; **twelve** were
lost in the `old town <https://example.org>`_.

* first
* second

.. include:: /etc/hostname

.. versionadded:: 2.0

   The dam held.

=====  =====
Town   Roofs
=====  =====
Oxley  12
=====  =====
""".encode()


def saved(made: object) -> bytes:
    data = io.BytesIO()
    made.save(data)  # type: ignore[attr-defined]
    return data.getvalue()
