"""Cleaning: damage and page furniture go, whatever letters and words they are made of; the meaning stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clean import clean, mend_hyphens, unwrap
from index.furniture import find_furniture
from index.metadata import split_dateline, stated_date, stated_title
from index.quotes import mend_quotes
from index.readers import PAGE, Raw, read

SEEDS = Path(__file__).parent.parent / "seeds"
DAMAGED = (
    "The riverQs bank gave way. It wasnQt the first time, Qand it wonQt be the last,Q the mayor said. QWeQre tired.Q "
    "She said the farmersQ fields were lost. A Qmajor errorQ was made."
)
MENDED = (
    "The river’s bank gave way. It wasn’t the first time, “and it won’t be the last,” the mayor said. “We’re tired.” "
    "She said the farmers’ fields were lost. A “major error” was made."
)
REAL_GREEK = (
    "The β-blocker lowered it (β = 0.05). TGF-β and IL-1β rose; α and β particles differ. 5 μm is not 3 μg. "
    "NFκB and IFNγ were seen, ERβs and TGFβs too. The subunits α,β,γ and the word λόγος stay. Call it β. Or γ, β."
)


def cleaned(text: str) -> str:
    return clean(Raw(text))[0]


def seed(name: str) -> str:
    path = next(SEEDS.glob(f"{name}_*.txt"))
    return clean(read(path, path.read_bytes()))[0]


@pytest.mark.parametrize("letter", ["β", "њ", "Ж", "ת", "θ", "ア", "क"])
def test_a_letter_in_place_of_quotation_marks_is_mended_whichever_it_is(letter: str) -> None:
    assert mend_quotes(DAMAGED.replace("Q", letter)) == MENDED


def test_different_letters_for_opening_and_closing_marks() -> None:
    text = "УThe storm weakened,Ф he said. ItХs over. УGood,Ф she said. DonХt go. УFine.Ф"
    assert mend_quotes(text) == "“The storm weakened,” he said. It’s over. “Good,” she said. Don’t go. “Fine.”"


@pytest.mark.parametrize(
    "text",
    [
        REAL_GREEK,
        "Пришло письмо. Он сказал «да». В 1990 году.",
        "He wrote λόγος and said it’s fine. Call it α.",
        "Once onlyβs a slip.",
        "Η Ελλάδα κέρδισε 2-1. Το γκολ μπήκε στο 90’.",
        "Le cœur d’été, l’Œuvre; ø and å and ß stay.",
    ],
)
def test_letters_that_belong_stay(text: str) -> None:
    assert mend_quotes(text) == text
    assert cleaned(text) == text


def test_damage_and_real_letters_in_one_text() -> None:
    text = "The clinicβs β-blocker wasnβt new. βTGF-β rose,β Dr. Li said. βIt didnβt fall.β Interleukin-1β too."
    mended = "The clinic’s β-blocker wasn’t new. “TGF-β rose,” Dr. Li said. “It didn’t fall.” Interleukin-1β too."
    assert mend_quotes(text) == mended


def test_a_quotation_of_several_paragraphs_opens_each() -> None:
    text = "She didnжt stop. жYes,ж she wrote.\nжWe go on. It isnжt over.\nжNever.ж"
    assert mend_quotes(text).split("\n")[1] == "“We go on. It isn’t over."


def test_the_article_with_damaged_quotation_marks() -> None:
    text = seed("004")
    assert "β" not in text
    assert "“We’re super excited about this deal.” Sam also said, “AI is going to happen everywhere.”" in text
    assert text.count("“") == text.count("”") == 15


def test_menu_labels_before_a_text_go() -> None:
    text = "Menu\nSkip to content\nHome > World > Asia\n\nTyphoon hits the coast\n\nIt hit at noon. It rained."
    assert cleaned(text) == "Typhoon hits the coast\n\nIt hit at noon. It rained."
    assert seed("001").startswith("Just now, OpenAI has raked in")


def test_what_stands_below_a_text_goes_and_says_why() -> None:
    article = "The storm hit the coast.\nIt rained for days.\n\n"
    below = "Subscribe to our newsletter and never miss what matters to you.\nShare\nTwitter\n\n\nDeutsch (Schweiz)"
    reasons = [cut.reason for cut in find_furniture(article + below)]
    assert [reason.split()[0] for reason in reasons] == ["appeal", "menu", "menu", "language"]
    assert cleaned(article + below) == article.strip()
    assert seed("004").endswith("but we are committed to it.”")


@pytest.mark.parametrize(
    "text",
    [
        "YouTube\n\nYouTube is a site for video.\nIt began in 2005.",
        "News\n\nNew rules apply from today.\nThey are strict.",
        "Contact\n\nThe film is from 1997.\nIt was praised.",
        "Dear all,\nWe will meet soon.\n\nDo you want to join us? Bring your own lunch to our place.",
        "You can win. We mean it.\nRead on.\n\nSubscribe to our letter and you will see.",
        "The will was read.\nIt was short.\n\n\n\n\nJane Doe",
        "Original title\nThe Wave\n\nLanguage\n\nEnglish",
        "The play ends.\nAll leave.\n\nCurtain",
        "The plan is set.\nIt is bold.\n\nWhat comes next is anyone’s guess.",
    ],
)
def test_titles_and_last_paragraphs_stay(text: str) -> None:
    assert find_furniture(text) == []


def test_mojibake_controls_and_spaces() -> None:
    assert (
        cleaned("It\u00e2\u20ac\u2122s na\u00c3\u00afve\x00\x07, co\u00adoperate\u200b.\r\nA\u00a0B")
        == "It’s naïve, cooperate.\nA B"
    )
    assert cleaned("“Keep these,” she said – ‘please’…") == "“Keep these,” she said – ‘please’…"
    assert cleaned("a\n\n\n\n\nb  c \n") == "a\n\nb c"
    assert cleaned("全角，标点。１") == "全角，标点。１"


def test_torn_compounds_are_joined_where_certain() -> None:
    text = seed("001")
    for joined in ("$38-billion", "$20-billion", "multi-year", "third-party cloud provider", "Fei-Fei Li"):
        assert joined in text
    assert "are doing just that - cooperating hand in hand" in text


def test_dashes_stay_in_texts_that_tear_nothing() -> None:
    text = (
        "It was late - very late. A well-known, long-term plan - a bold one - failed. He - a multi - year man - left."
    )
    assert mend_hyphens(text) == text
    assert mend_hyphens("one - two") == "one - two"


def test_lines_broken_at_a_width_become_paragraphs() -> None:
    text = (
        "The committee met in Geneva and decided to raise the budget by three mil-\n"
        "lion euros, which the director called a long-overdue correction. The vice-\n"
        "president was away. Every president had been there before, she said, and no-\n"
        "body knew why.\n\n- first item\n- second item\n"
    )
    lines = unwrap(text).split("\n")
    assert lines[0].startswith("The committee met in Geneva and decided to raise the budget by three million euros")
    assert "The vice-president was away." in lines[0]
    assert lines[0].endswith("nobody knew why.")
    assert lines[2:4] == ["- first item", "- second item"]


@pytest.mark.parametrize(
    "text",
    [
        "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate\nRough winds do shake",
        "Alpha City\nBeta Town\nGamma Village\nDelta Place\nEpsilon",
        "Name | Wind of the storm in km/h\nEta | 240 at its height, then less\nIota | 260 at its height, then less",
    ],
)
def test_verse_lists_and_tables_keep_their_lines(text: str) -> None:
    assert unwrap(text) == text


def test_pages_begin_where_they_are_said_to() -> None:
    text, starts = clean(Raw(f"One page.\n\n{PAGE}Two pages and\n{PAGE}the sentence goes on.\n{PAGE}", paged=True))
    assert text == "One page.\n\nTwo pages and the sentence goes on."
    assert [text[start:][:3] for start in starts] == ["One", "Two", "the", ""]


def test_date_and_title_that_a_text_states() -> None:
    text = split_dateline("date 2026-02-27 The round is closed. It was large.")
    assert text == "date 2026-02-27\n\nThe round is closed. It was large."
    assert stated_date(text) == "2026-02-27"
    assert stated_date("Storm hits\nBy Ann Lee\nPublished March 3, 2021 at 10:05\n\nIt hit.") == "2021-03-03"
    assert stated_date("Storm hits\n3 Sept. 2020\n\nIt hit.") == "2020-09-03"
    assert stated_date("The storm of 3 May 2020 hit the coast hard and long.\nIt hit.") is None
    assert stated_title("2020-05-01\n\nStorm hits coast\n\nIt hit.") == "Storm hits coast"
    assert stated_title("# The storm\n\nIt hit.") == "The storm"
    assert stated_title("It hit. " * 30 + "\n\nMore.") is None


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_cleaning_twice_changes_nothing_more_in_spaces(text: str) -> None:
    once = cleaned(text)
    assert once == once.strip()
    assert not re.search(r"\n{3}|[\x00-\x08\x0b-\x1f]", once)


@given(st.text(alphabet="abcdefg ,.\n", max_size=400))
def test_plain_words_are_never_lost(text: str) -> None:
    letters = re.sub(r"[\s-]", "", text)
    assert re.sub(r"[\s-]", "", cleaned(text)) == letters
