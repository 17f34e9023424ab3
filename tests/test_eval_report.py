"""The tables, and the page: complete, self-contained, and safe from what sources say."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from eval_scripted import CASES, ENGINEER, OPENED, RIGHT, Scripted, answer, position

from eval import plots
from eval.cases import Corpus
from eval.report import failures, html, tables
from eval.run import Result, combine, run

EVIL = "<script>alert('1940')</script> & \"1940\""


def result(name: str = "made") -> Result:
    said = RIGHT | {
        OPENED.question: answer(EVIL, positions=(position(EVIL, "river.txt", confidence=0.3),)),
        ENGINEER.question: answer("a secret of the test split"),
    }
    return run(Corpus(name, Path(), CASES), Scripted(said))


class Fetches(HTMLParser):
    """Everything in a page that a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ("script", "link", "iframe", "img", "object", "embed", "base"):
            self.found.append(tag)
        self.found += [
            f"{key}={value}" for key, value in attrs if key in ("src", "href", "srcset", "xlink:href", "data")
        ]


def test_tables_are_rectangular_and_hold_the_figures() -> None:
    figures, by_kind = tables(result())
    assert figures.columns == ("", "dev", "test", "all")
    assert all(len(row) == 4 for table in (figures, by_kind) for row in table.rows)
    rows = {row[0]: row[1:] for row in figures.rows}
    assert rows["Accuracy (95 % interval)"][2].startswith("0.600 (")
    assert rows["Abstention recall"] == ("–", "1.000", "1.000")
    assert rows["Disagreements found"][0] == "1.000"
    kinds = {row[0]: row[1:] for row in by_kind.rows}
    assert kinds["single"][2].startswith("0.000")
    assert kinds["absent"][0] == "–"


def test_every_retrieval_row_is_of_its_own_depth() -> None:
    shelf_misses = result()
    ranked = tuple(replace(r, ranks=(4,) if r.ranks else ()) for r in shelf_misses.records)
    rows = {row[0]: row[-1] for row in tables(replace(shelf_misses, records=ranked))[0].rows}
    assert [rows[f"Retrieval recall@{k}"] for k in (1, 3, 5, 10)] == ["0.000", "0.000", "1.000", "1.000"]


def test_one_split_alone_is_not_shown_twice() -> None:
    one = result()
    only = replace(one, records=tuple(r for r in one.records if r.split == "dev"))
    assert tables(only)[0].columns == ("", "dev")


def test_several_corpora_have_a_table() -> None:
    both = tables(combine([result("one"), result("two")]))
    assert [row[0] for row in both[-1].rows] == ["one", "two"]


def test_failures_are_those_of_dev_unless_asked() -> None:
    assert [r.id for r in failures(result())] == ["opened"]
    assert {r.id for r in failures(result(), show_test=True)} == {"opened", "engineer"}


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    page = html(result())
    reader = Fetches()
    reader.feed(page)
    assert reader.found == []
    assert not re.search(r"https?://|@import|url\(", page)
    assert reader.tags.count("svg") == 4
    assert {"table", "details", "style"} <= set(reader.tags)


def test_the_page_shows_failures_escaped_and_withholds_the_test_split() -> None:
    page = html(result())
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "lacks &#39;1931&#39;" in page
    assert "a secret of the test split" not in page
    assert "1 more of the test split" in page
    assert "a secret of the test split" in html(result(), show_test=True)


def test_the_page_of_an_empty_run_stands() -> None:
    assert "0 cases" in html(replace(result(), records=()))


def test_plots_are_xml_that_shows_what_it_is_given() -> None:
    drawn = [
        plots.bars([plots.Bar("a<b>", 0.5, 0.4, 0.6, "1 of 2")]),
        plots.histogram([0.0, 1.0, 1.0, 4.0]),
        plots.histogram([]),
        plots.reliability([(0.3, 0.5, 2), (0.9, 1.0, 8)]),
        plots.curve([(1.0, 0.5), (10.0, 0.9)]),
        plots.curve([]),
        plots.alone(plots.lines({"a<b>": [(0.0, 0.5), (1.0, 0.9)], "none": []}, "step 9")),
    ]
    trees = [ElementTree.fromstring(svg) for svg in drawn]
    assert trees[0].findtext("text") == "a<b>"
    assert [title.text for title in trees[1].iter("title")].count("2") == 1
    assert len(trees[3].findall("circle")) == 2
    big, small = (float(circle.get("r", 0)) for circle in reversed(trees[3].findall("circle")))
    assert big > small
    assert trees[2].findtext("text") == trees[5].findtext("text") == "nothing to show"
