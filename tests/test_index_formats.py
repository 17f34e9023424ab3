"""Office files, books, mail and data: made by the libraries people's tools use, read, damaged, locked."""

from __future__ import annotations

import io
import random
import re
import sys
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_embedders import HashEmbedder
from index_files import (
    SCRIPTS,
    make_csv,
    make_docx,
    make_eml,
    make_epub,
    make_json,
    make_jsonl,
    make_pptx,
    make_rst,
    make_xlsx,
)

from index import Filter, Index, SourceError
from index.clean import clean
from index.errors import MissingExtra
from index.readers import Raw, read
from index.tables import table_lines, tabled


def slides(*lines: str) -> bytes:
    return make_pptx(("The night", list(lines)), ("The day", ["It was over."]), ("What next?", ["Dam", "Schools"]))


MAKERS: dict[str, Callable[..., bytes]] = {
    "a.docx": make_docx,
    "a.pptx": slides,
    "a.xlsx": make_xlsx,
    "a.csv": make_csv,
    "a.tsv": lambda *notes: make_csv(*notes, delimiter="\t"),
    "a.epub": make_epub,
    "a.eml": make_eml,
    "b.eml": lambda *paragraphs: make_eml(*paragraphs, html=True),
    "a.json": make_json,
    "a.jsonl": make_jsonl,
    "a.rst": make_rst,
}


def cleaned(name: str, data: bytes) -> str:
    return clean(read(Path(name), data))[0]


@pytest.mark.parametrize("name", MAKERS)
def test_characters_of_every_script_come_through(name: str) -> None:
    text = cleaned(name, MAKERS[name](*SCRIPTS))
    for words in SCRIPTS:
        assert words in text


def test_all_formats_become_passages_at_their_offsets(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    for name, make in MAKERS.items():
        (sources / name).write_bytes(make(*SCRIPTS))
    with Index.open(sources, embedder=HashEmbedder(), path=tmp_path / "index") as index:
        report = index.sync()
        assert (report.documents, report.failed) == (len(MAKERS), ())
        for document in index.documents():
            hits = index.search("words", 50, where=Filter(documents=[document.id]))
            passages = [hit.passage for hit in hits]
            assert {passage.document_id for passage in passages} == {document.id}
            for part in (*passages, *index.sentences(document.id)):
                assert document.text[part.start : part.end] == part.text
        assert index.document("a.docx").author == "Rita Holm"
        talk = index.document("a.pptx")
        assert [talk.page_at(talk.text.index(words)) for words in ("Say more of the night", "Dam")] == [1, 3]


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("a.docx", ("The storm report", None, None, "Rita Holm")),
        ("a.pptx", ("The storm in slides", None, None, None)),
        ("a.xlsx", ("Budget", None, None, "Rita Holm")),
        ("a.csv", (None, None, None, None)),
        ("a.epub", ("The storm book", "2021-03-04", "Harbour Press", "Rita Holm, Jan Vos")),
        ("a.eml", ("Roofs in Žilina", "2021-03-04", "Ríta Holm", None)),
        ("a.json", ("Repairs", "2021-03-04", None, "Rita Holm")),
        ("a.rst", ("The storm", "2021-03-04", None, "Rita Holm")),
    ],
)
def test_what_a_file_states_of_itself(name: str, stated: tuple[str | None, ...]) -> None:
    raw = read(Path(name), MAKERS[name]("Words."))
    assert (raw.title, raw.published, raw.publisher, raw.author) == stated


def test_word_documents_keep_headings_lists_and_tables() -> None:
    text = cleaned("a.docx", make_docx("It took 12 roofs.", "home"))
    assert text.startswith("# Damage\n\nIt took 12 roofs.\n\nhome\n\n## What next?\n\n- The dam is checked\n- Schools")
    assert "- Town: Oxley; Roofs: 12\n- Town: Naxos; Roofs: 40" in text


def test_slides_are_pages_with_tables_charts_and_notes() -> None:
    text, starts = clean(read(Path("a.pptx"), slides("It came at night", "and left.")))
    assert [text[start:].split("\n")[0] for start in starts] == ["# The night", "# The day", "# What next?"]
    assert "- It came at night\n- and left." in text
    assert "Notes: Say more of the day." in text[starts[1] : starts[2]]
    assert "- Category: 2021; Roofs lost: 12.5" in text[starts[2] :]


def test_sheets_are_lines_that_read_by_themselves() -> None:
    text = cleaned("a.xlsx", make_xlsx("first", "second"))
    assert text.split("\n")[:3] == ["# Repairs", "", "- Repairs after the storm"]
    assert "- Town: Oxley; Cost: $2,469.00; Share: 25.5%; Done: yes; On: 2021-03-02; Note: second" in text
    assert "Secret" not in text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_told_apart(delimiter: str) -> None:
    text = cleaned("a.csv", make_csv("calm, then; wind", 'a "quoted"\nword', delimiter=delimiter))
    assert text == (
        "- Town: Oxley; Cost: $3.5 million; Note: calm, then; wind\n"
        '- Town: Oxley; Cost: $3.5 million; Note: a "quoted" word'
    )


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Final account, million euros", "Amount: 48 million euros; Staff: 7; 2024: 12 million euros"),
        ("Results (EUR m)", "Amount: EUR 48m; Staff: 7; 2024: EUR 12m"),
        ("Costs in thousands of dollars", "Amount: 48 thousand dollars; Staff: 7; 2024: 12 thousand dollars"),
        ("All figures in $ million.", "Amount: $48 million; Staff: 7; 2024: $12 million"),
        ("Sites of the firm", "Amount: 48; Staff: 7; 2024: 12"),
    ],
)
def test_a_unit_in_the_title_of_a_table_goes_to_its_sums(title: str, told: str) -> None:
    lines = table_lines([[title], ["Item", "Amount", "Staff", "2024"], ["Depot", "48", "7", "12"]])
    assert lines == f"- {title}\n- Item: Depot; {told}"


def test_a_single_column_of_figures_has_the_unit_of_the_title() -> None:
    assert table_lines([["Stock, tonnes"], ["Site", "Now"], ["Oxley", "12"]]).endswith("- Site: Oxley; Now: 12")
    assert table_lines([["Stock in thousand tonnes"], ["Site", "Now"], ["Oxley", "12"]]).endswith(
        "Now: 12 thousand tonnes"
    )


def test_tables_without_a_header_and_with_years_in_it() -> None:
    assert table_lines([["Oxley", "12"], ["Naxos", "40"]]) == "- Oxley; 12\n- Naxos; 40"
    assert table_lines([["Town", "2020"], ["Naxos", "40"], ["", ""]]) == "- Town: Naxos; 2020: 40"
    assert table_lines([["one"], ["two"]]) == "- one\n- two"


def test_the_header_has_a_line_only_where_a_name_would_be_lost() -> None:
    assert table_lines([["Town", "Roofs"], ["Naxos", "40"]]) == "- Town: Naxos; Roofs: 40"
    assert table_lines([["Town", "Roofs"], ["Naxos", ""], ["Oxley", ""]]).startswith("- Town; Roofs\n- Town: Naxos\n")
    assert table_lines([]) == ""


@pytest.mark.parametrize(
    ("header", "value", "line"),
    [
        ("Sales ($ million)", "1,402", "Sales: $1,402 million"),
        ("Sales ($m)", "402", "Sales: $402m"),
        ("Sales (million crowns)", "402", "Sales: 402 million crowns"),
        ("Sales (EUR bn)", "4.02", "Sales: EUR 4.02bn"),
        ("Cost (€)", "17,000", "Cost: €17,000"),
        ("Nausea (%)", "13.5", "Nausea: 13.5%"),
        ("Rain in 24 h [mm]", "142", "Rain in 24 h: 142 mm"),
        ("Highest gust km/h", "151", "Highest gust: 151 km/h"),
        ("Sales, $m", "402", "Sales: $402m"),
        ("Share %", "13", "Share: 13%"),
        ("Year in m", "402", "Year in m: 402"),
        ("km", "402", "km: 402"),
        ("Sales ($ million)", "not known", "Sales ($ million): not known"),
        ("Patients (phase 3)", "402", "Patients (phase 3): 402"),
    ],
)
def test_a_unit_in_the_header_goes_to_the_numbers(header: str, value: str, line: str) -> None:
    assert table_lines([["Year", header], ["2029", value]]).endswith(f"- Year: 2029; {line}")


@pytest.mark.parametrize("mark", [",", ";", "\t", " | "])
def test_tables_in_plain_text_are_told_from_prose(mark: str) -> None:
    rows = [["Station", "Gust"], ["Naxos", "151"], ["Oxley", "87"]]
    table = "\n".join(mark.join(row) for row in rows)
    prose = "It cost 1,200,\nnot 1,500,\nthey said.\n\nCalm,\nthen; wind\n\nFarrow,Ann\nWeller,Tom\nStrand,Orla\n"
    assert tabled(f"{prose}\n\n{table}\n{prose}") == f"{prose}\n\n{table_lines(rows)}\n{prose}"


def test_a_table_in_plain_text_loses_the_rule_under_its_header() -> None:
    text = "| Station | Gust |\n|---|---:|\n| Naxos | 151 |\n| Oxley | |"
    assert tabled(text) == "- Station: Naxos; Gust: 151\n- Station: Oxley"


@given(st.text(alphabet='a1,;|\t\n "', max_size=80))
def test_no_word_of_a_table_in_plain_text_is_lost(text: str) -> None:
    assert set(re.findall("[a1]+", text)) == set(re.findall("[a1]+", tabled(text)))


def test_books_are_read_in_the_order_of_reading() -> None:
    text = cleaned("a.epub", make_epub("It came."))
    assert text == "# The night\n\nIt came.\n\n## The day\n\nIt was\nover & done."


def test_mail_says_who_wrote_and_what_was_quoted() -> None:
    text = cleaned("a.eml", make_eml("Twelve roofs.", "> How many roofs\n> are gone?", "Yours\n-- \nR. Holm, Oxley"))
    assert text.startswith(
        "# Roofs in Žilina\n\n- From: Ríta Holm <rita@example.org>\n- To: jan@example.org\n- Sent: 2021"
    )
    assert "> How many roofs\nare gone?" in text
    assert text.endswith("Yours\n\n- Attached, not read: roofs.pdf")
    assert "secret" not in text


def test_mail_in_two_forms_is_read_once_and_strange_mail_at_all() -> None:
    made = EmailMessage()
    made["From"] = "a@example.org"
    made.set_content("The plain words.")
    made.add_alternative("<p>The rich words.</p>", subtype="html")
    assert "rich" not in cleaned("a.eml", made.as_bytes())
    strange = b"From: =?x-none?q?A?= <a@b\nDate: yesterday\nContent-Type: text/plain; charset=x-none\n\nWords stay.\n"
    assert "Words stay." in cleaned("a.eml", strange)


def test_json_keeps_keys_and_figures_as_written() -> None:
    long = "A long text that is a paragraph. " * 10
    text = cleaned(
        "a.json", b'{"a": {"b": 1.50, "c": [1, "x"]}, "d": [{"e": true}, {"e": null, "f": "' + long.encode() + b'"}]}'
    )
    assert text == f"- a b: 1.50; a c: 1, x\n\n- d e: yes\n\nd f: {long.strip()}"
    assert cleaned("a.jsonl", b'"one"\n\n{"two": 2}\n[3, 4]\n') == "- one\n\n- two: 2\n\n- 3, 4"


def test_rst_loses_its_marks_and_includes_nothing() -> None:
    text = cleaned("a.rst", make_rst("It came."))
    assert "See the map and roofs; twelve were lost in the old town." in text
    assert "# The storm" in text
    assert "## Damage\n\nSee" in text
    assert "- first\n- second" in text
    assert "The dam held." in text
    assert "- Town: Oxley; Roofs: 12" in text
    for marks in ("::", "**", "``", "`_", "include", "hostname"):
        assert marks not in text


def flagged(data: bytes) -> bytes:
    """The zip file with the mark of encryption on its entries."""
    at, made = data.find(b"PK\x01\x02"), bytearray(data)
    while at >= 0:
        made[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(made)


ENCRYPTED_MAIL = b"From: a@b.org\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\nabc\n--x--\n"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.docx", b"no zip", "damaged or no Word document"),
        ("a.docx", make_xlsx("x"), "damaged or no Word document"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "password"),
        ("a.xlsx", flagged(make_xlsx("x")), "password"),
        ("a.xlsx", make_docx("x"), "damaged or no Excel"),
        ("a.pptx", b"", "damaged or no PowerPoint"),
        ("a.epub", make_docx("x"), "damaged or no EPUB"),
        ("a.epub", make_epub("x", encrypted="OEBPS/one.xhtml"), "copy protection"),
        ("a.eml", b"just words, no headers", "no e-mail headers"),
        ("a.eml", ENCRYPTED_MAIL, "encrypted"),
        ("a.json", b'{"a": ', "no JSON"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.jsonl", b'{"a": 1}\n{"a": \n', "Line 2 is no JSON"),
        ("a.csv", b"\n\n", "no text"),
        ("a.csv", b"\0\1\2", "binary"),
        ("a.rst", b"", "no text"),
    ],
)
def test_what_cannot_be_read_is_one_line(name: str, data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as raised:
        read(Path(name), data)
    assert "\n" not in str(raised.value)
    assert raised.value.hint


def test_fonts_that_are_locked_do_no_harm() -> None:
    assert "It came." in cleaned("a.epub", make_epub("It came.", encrypted="OEBPS/font.otf"))


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "a.tsv"])
def test_damaged_files_are_read_or_refused_and_nothing_else(name: str) -> None:
    data, chance = MAKERS[name](*SCRIPTS), random.Random(name)
    refused: list[str] = []
    for number in range(24):
        damaged = bytearray(data[: chance.randrange(len(data))] if number % 2 else data)
        for _ in range(chance.randrange(1, 40)):
            if damaged:
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            assert isinstance(read(Path(name), bytes(damaged)), Raw)
        except SourceError as error:
            refused.append(str(error))
    assert refused or not name.endswith(("x", "epub"))
    assert not any("\n" in line for line in refused)


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx", "a.epub"])
def test_packages_with_a_damaged_part_are_read_or_refused(name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(MAKERS[name]("Words."))) as package:
        parts = {part: package.read(part) for part in package.namelist()}
    seen = set()
    for part, data in parts.items():
        if "theme" in part or "slideLayout" in part:
            continue
        for damaged in (None, b"", data[: len(data) // 2], re.sub(rb'(?<= )(Target|Id|r:id|ref)="[^"]*"', b"", data)):
            made = io.BytesIO()
            with zipfile.ZipFile(made, "w") as package:
                for other, held in (parts | ({part: damaged} if damaged is not None else {})).items():
                    if damaged is not None or other != part:
                        package.writestr(other, held)
            try:
                seen.add(type(read(Path(name), made.getvalue())))
            except SourceError as error:
                seen.add(type(error))
    assert seen == {Raw, SourceError}


def test_a_missing_extra_is_named_and_found_when_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "a.txt").write_text("The words of a.")
    (sources / "b.docx").write_bytes(make_docx("The words of b."))
    with Index.open(sources, embedder=HashEmbedder(), path=tmp_path / "index") as index:
        with monkeypatch.context() as without:
            without.setitem(sys.modules, "mammoth", None)
            with pytest.raises(MissingExtra, match=r'pip install "corroborate\[formats\]"'):
                read(Path("b.docx"), (sources / "b.docx").read_bytes())
            report = index.sync()
            assert report.documents == 1
            assert [(one.path, "corroborate[formats]" in one.error) for one in report.failed] == [("b.docx", True)]
        assert index.sync().added == 1
