"""What values a text holds: amounts, dates and names, and their kinds."""

from __future__ import annotations

import pytest

from rag.values import find, kind_of, names

# find


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("worth $110 billion (approximately RMB 754.4 billion).", ["$110 billion", "RMB 754.4 billion"]),
        ("a $20 - billion Series E, with €3.5m and US$1.2bn", ["$20 - billion", "€3.5m", "US$1.2bn"]),
        ("from $3-5 million to 12 percent", ["$3-5 million", "12 percent"]),
        ("On Friday, February 27, 2026 at 7:45 pm in 2019", ["Friday, February 27, 2026", "7:45 pm", "2019"]),
        ("智东西2026-02-28 09:02", ["2026-02-28", "09:02"]),
        ("the 2-gigawatt plant runs for seven years", ["2-gigawatt", "seven years"]),
        ("GPT-4, Trainium3, 36Kr, COVID-19, version 1.5.2 and 5G", []),
        ("One of the 3,559 people saw it [1][2, 3].", ["3,559"]),
        ("It may march on in May and fall in the 1990s", ["May", "1990s"]),
        ("between 10 and 20 people; it rose from 10 to 20", ["10 and 20", "10", "20"]),
        ("the third-party provider was the third to join", ["third"]),
        ("He won 3 medals and 5 billion won.", ["3", "5 billion won"]),
        ("1500 people died in 1500, in 2000 nobody", ["1500", "1500", "2000", "nobody"]),
        ("No one was killed, two were hurt, none badly, and none the wiser", ["No one", "two", "none"]),
        ("winds of 130 mph (209 km/h) and 920 mbar", ["130 mph", "209 km/h", "920 mbar"]),
        ("The dose was 5 mg/kg, p < 0.05, n = 1,204", ["5 mg/kg", "0.05", "1,204"]),
        ("1. First\n2. It cost £5", ["First", "£5"]),
        ("one person, half of them, two-thirds", ["half", "two-thirds"]),
        ("€1.234.567 and 1,10,000 rupees", ["€1.234.567", "1,10,000 rupees"]),
        ("sales grew 40% to 344 people", ["40%", "344"]),
        ("he led it from 1900 to 1904", ["1900 to 1904"]),
        (
            "At ten to seven, half past nine and noon, by ten to seven",
            ["ten to seven", "half past nine", "noon", "ten to seven"],
        ),
        ("at 6.30 pm, at 22.40, some 3 miles on", ["6.30 pm", "at 22.40", "3 miles"]),
        (
            "traded at 9.10, sold at 9.15 a share, at 9.20 points, at 5.25 percent",
            ["9.10", "9.15", "9.20", "5.25 percent"],
        ),
        ("Five to ten people came, and the vote was ten to seven", ["Five to ten", "ten", "seven"]),
        ("temperatures of −5 °C to 25C", ["−5 °C to 25C"]),
    ],
)
def test_find(text: str, expected: list[str]) -> None:
    assert [value.text for value in find(text)] == expected


@pytest.mark.parametrize(
    ("text", "key", "low", "high", "unit"),
    [
        ("$50 billion", "USD 50000000000", 5e10, 5e10, "USD"),
        ("12.5%", "percent 12.5", 12.5, 12.5, "percent"),
        ("2026-02-27", "date 2026-02-27", 739674, 739674, ""),
        ("seven years", "duration 7 year", 84, 84, "month"),
        ("five feet ten inches", "quantity 1.944444 yard", 70, 70, "inch"),
        ("a million and a half dollars", "USD 1500000", 1.5e6, 1.5e6, "USD"),
        ("2,000 MW", "quantity 2 gigawatt", 2e9, 2e9, "watt"),
        ("110", "count 110", 110, 110, ""),
        ("more than 100", "count >100", 100, 200, ""),
        ("Nobody", "count 0", 0, 0, ""),
        ("approximately $840 billion", "USD ~840000000000", 8.19e11, 8.61e11, "USD"),
        ("$3-5 million", "USD 3000000..5000000", 3e6, 5e6, "USD"),
        ("$20 a month", "USD 20/month", 20, 20, "USD/month"),
        ("third", "ordinal 3", 3, 3, ""),
        ("Feb 27", "date --02-27", 0, 0, ""),
        ("Q3 2025", "date 2025-07..09", 739433, 739524, ""),
    ],
)
def test_the_fields_of_a_value(text: str, key: str, low: float, high: float, unit: str) -> None:
    (value,) = find(text)
    assert (value.normalized, value.unit) == (key, unit)
    assert (value.low, value.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("$50 billion", "money"),
        ("a $38 - billion agreement", "money"),
        ("half", "percent"),
        ("October 2025", "date"),
        ("Friday", "date"),
        ("seven years", "duration"),
        ("2 GW of compute", "quantity"),
        ("3,559 people", "count"),
        ("one", "count"),
        ("the third", "ordinal"),
        ("Andy Jassy", "name"),
        ("xAI", "name"),
        ("the International Energy Agency", "name"),
        ("cloud services", "text"),
        ("Yes", "text"),
        ("", "text"),
        ("inference computing power and 2 of the many other things that matter here", "text"),
    ],
)
def test_kind_of(text: str, kind: str) -> None:
    assert kind_of(text) == kind


# names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Andy Jassy leads Amazon.com; J. K. Rowling does not.", ["Andy Jassy", "Amazon.com", "J. K. Rowling"]),
        ("However, the company grew. In January it sold xAI.", ["xAI"]),
        ("OpenAI CEO Sam Altman said so.", ["OpenAI", "Sam Altman"]),
        ("The company met the International Energy Agency.", ["International Energy Agency"]),
        ("Founded by Fei - Fei Li, World Labs grew in the U.S.", ["Fei - Fei Li", "World Labs", "U.S."]),
        ("Meanwhile Microsoft hired Dr. Jane O'Neill.", ["Microsoft", "Jane O'Neill"]),
        ("Bank of America and Johnson & Johnson fell.", ["Bank of America", "Johnson & Johnson"]),
        ("Results were good. Patients improved.", []),
        ("Ronaldo scored twice. Pfizer said it would.", ["Ronaldo", "Pfizer"]),
        ("What the Money Buys: Guaranteed Access to Power\nIt buys power from Arm.", ["Arm"]),
        ("Hurricane Katrina struck New Orleans on Monday, August 29.", ["Hurricane Katrina", "New Orleans"]),
        ("Amazon's Bedrock platform", ["Amazon", "Bedrock"]),
        ("They paid RMB 5 million for 2 GW on Friday.", []),
        ("São Paulo's Ángel Di María plays for Real Madrid.", ["São Paulo", "Ángel Di María", "Real Madrid"]),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    found = names(text)
    assert [name.text for name in found] == expected
    assert all(text[name.start : name.end] == name.text and name.kind == "name" for name in found)


@pytest.mark.parametrize("word", ["Explain", "Describe", "Summarise", "Compare", "Outline"])
def test_what_a_question_tells_to_do_is_no_name(word: str) -> None:
    assert [name.text for name in names(f"{word} which mill Lindt gave up.")] == ["Lindt"]
