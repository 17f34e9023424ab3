"""The page in a real browser: scripted answers for how it behaves, the real models for the whole way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import ui_answers as made

from ui import web

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need playwright: pip install playwright"
)

# The page is served from this process, and what Gradio's own dependencies warn of would end its threads.
pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 120_000  # milliseconds: a busy machine is no failure


def browser_path() -> str | None:
    """The browser of this machine."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(MAC) if MAC.exists() else None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a window. Skips where there is none, unless RAG_REQUIRE_BROWSER says that one must be there."""
    path = browser_path()
    if path is None:
        reason = "no Chromium or Chrome on this machine (apt install chromium)"
        if os.environ.get("RAG_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_api.sync_playwright() as play:
        launched = play.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@contextmanager
def served(host: web.Host, examples: list[str]) -> Iterator[str]:
    """The address at which the page over `host` is, for as long as the context lasts."""
    page = web.build(host, examples)
    _, address, _ = page.launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, footer_links=[], **web.look()
    )
    try:
        yield address
    finally:
        page.close(verbose=False)


@contextmanager
def visiting(browser: Any, address: str, **look: Any) -> Iterator[Any]:
    """The opened page; fails where it asked anything of another machine or a script of it failed."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, **look)
    page.set_default_timeout(PATIENCE)
    elsewhere: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url) if not _own(request.url) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.wait_for_selector("#ask textarea")
    page.wait_for_selector("#panel h2", state="attached")
    try:
        yield page
        assert elsewhere == []
        assert errors == []
    finally:
        page.close()


def _own(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))


def ask(page: Any, question: str) -> Any:
    """Asks, waits for the whole answer, gives its place on the page."""
    before = page.locator("#log .answer .status").count()
    page.fill("#ask textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('#log .answer .status').length > {before}")
    return page.locator("#log .answer").last


def in_view(page: Any, selector: str) -> bool:
    """Whether the element stands inside the window."""
    box = page.locator(selector).bounding_box()
    size = page.viewport_size
    return bool(box and 0 <= box["y"] < size["height"] and 0 <= box["x"] < size["width"])


def wait_in_view(page: Any, selector: str) -> None:
    """Waits until the element stands inside the window: the panel scrolls a moment after its text has come."""
    for _ in range(PATIENCE // 200):
        if in_view(page, selector):
            return
        page.wait_for_timeout(200)
    pytest.fail(f"{selector} did not come into view")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A page that plays three answers."""
    filler = "\n\n".join(f"Paragraph {number} of the filling." for number in range(200))
    long = made.Document("long.txt", "Long", f"{filler}\n\nThe tide turned.\n\n{filler}", None, None, "0" * 64)
    shelf = made.Shelf(made.DOCUMENTS | {long.id: long})
    tide = made.answer(
        "answered", "The tide turned [1].", [made.citation(1, long, "turned")], question="What did it do?"
    )
    with served(made.Scripted([made.conflict(), tide, made.silent()], 0.01, shelf), ["How many?", "Who?"]) as found:
        yield found


def test_a_citation_opens_the_source_at_the_words(browser: Any, address: str) -> None:
    with visiting(browser, address) as page:
        answer = ask(page, "How many?")
        assert answer.locator(".status").inner_text().casefold() == "the sources disagree"
        assert answer.locator("table.said tbody tr").count() == 3
        answer.locator("a.cite").nth(1).click()
        page.wait_for_selector("#panel mark.words")
        assert page.locator("#panel mark.words").inner_text() == "1,200 people"
        assert page.locator("#panel h2").inner_text() == "Council counts the cost"
        assert (
            "".join(page.locator("#panel mark").all_inner_texts())
            == "The council speaks of 1,200 people who had to leave."
        )
        ask(page, "And the tide?").locator("a.quote").click()
        page.wait_for_function("document.querySelector('#panel mark.words')?.textContent === 'turned'")
        wait_in_view(page, "#panel mark.words")
        assert in_view(page, "#panel nav"), "the way back stays in view"
        assert in_view(page, "#fresh"), "the page itself has not scrolled"
        assert in_view(page, "#ask textarea")


def test_each_question_comes_into_view_until_the_reader_scrolls(browser: Any, address: str) -> None:
    with visiting(browser, address) as page:
        for question in ("How many?", "And the tide?", "Who won the regatta?"):
            ask(page, question)
            wait_in_view(page, f"#log .asked >> text={question}")
        page.locator("#log").hover()
        page.mouse.wheel(0, -5000)
        wait_in_view(page, "#log .asked >> text=How many?")
        page.wait_for_timeout(400)
        assert in_view(page, "#log .asked >> text=How many?"), "it stays where the reader went"


def test_citations_can_be_reached_and_opened_by_keyboard(browser: Any, address: str) -> None:
    with visiting(browser, address) as page:
        ask(page, "How many?").locator("a.cite").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#panel mark.words")
        assert page.evaluate("document.activeElement.closest('#panel') !== null")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.className") == "cite"


def test_the_stages_are_visible_while_it_works_and_it_can_be_stopped(browser: Any) -> None:
    with served(made.Unending(), []) as address, visiting(browser, address) as page:
        page.fill("#ask textarea", "How many?")
        page.keyboard.press("Enter")
        page.wait_for_selector("#log .stages li >> text=Reading each source: How many?")
        assert page.locator("#fresh").is_disabled()
        page.locator("[data-testid=stop-button]").click()
        page.wait_for_selector("#log >> text=Stopped")
        assert page.locator("#log .answer .status").count() == 0
        page.wait_for_selector("#fresh:enabled")
        page.locator("#fresh").click()
        page.wait_for_selector("#log .welcome")


def test_what_the_reader_types_is_shown_and_not_run(browser: Any, address: str) -> None:
    typed = "<img src=x onerror='document.title=1'> **How** $many$?"
    with visiting(browser, address) as page:
        ask(page, typed)
        assert page.locator("#log .asked").inner_text() == typed
        assert page.title() == "Corroborate"


def test_tabs_have_conversations_of_their_own_and_silence_is_worded(browser: Any, address: str) -> None:
    with visiting(browser, address) as one, visiting(browser, address) as other:
        for _ in range(2):
            ask(one, "More?")
        assert "disagree" in ask(other, "How many?").locator(".status").inner_text().casefold()
        silent = ask(one, "Who won the regatta?")
        assert silent.locator(".status").inner_text().casefold() == "the sources do not say"
        assert one.locator("#log .asked").count() == 3
        assert other.locator("#log .asked").count() == 1


def test_an_example_is_asked_by_a_click(browser: Any, address: str) -> None:
    with visiting(browser, address) as page:
        page.locator("#log .example").first.click()
        page.wait_for_selector("#log .answer .status")
        assert page.locator("#log .asked").inner_text() == "How many?"


def test_on_a_phone_the_source_covers_the_page_and_can_be_closed(browser: Any, address: str) -> None:
    with visiting(browser, address, color_scheme="dark") as page:
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        answer = ask(page, "How many?")
        assert not page.locator("#panel").is_visible()
        answer.locator("a.cite").last.click()
        page.wait_for_selector("#panel mark.words", state="visible")
        page.locator("#panel .close").click()
        assert not page.locator("#panel").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_address_that_names_a_place_opens_it(browser: Any, address: str) -> None:
    with visiting(browser, f"{address}#document=radio.txt&start=0&end=13") as page:
        page.wait_for_selector("#panel mark")
        assert page.locator("#panel mark").inner_text() == "Good morning."


def test_the_real_models_answer_over_the_articles(browser: Any, tmp_path: Path) -> None:
    from rag import Assistant
    from ui import starters

    source = ROOT / "seeds"
    with Assistant.open(source) as assistant:
        examples = starters.questions(source, assistant.index.documents())
        with served(assistant, examples) as address, visiting(browser, address) as page:
            answer = ask(page, "How much did Amazon invest in OpenAI?")
            assert "$50 billion" in answer.locator(".text").inner_text()
            answer.locator("a.cite").first.click()
            page.wait_for_selector("#panel mark.words")
            marked = "".join(page.locator("#panel mark").all_inner_texts())
            assert page.locator("#panel mark.words").first.inner_text() in marked
            assert "50" in marked
            wait_in_view(page, "#panel mark.words >> nth=0")
            for place in filter(None, (str(tmp_path / "page.png"), os.environ.get("RAG_SCREENSHOT"))):
                page.screenshot(path=place)
            assert (tmp_path / "page.png").stat().st_size > 10_000
            assert in_view(page, "#ask textarea"), "the page itself has not scrolled"
            assert in_view(page, "#fresh")
