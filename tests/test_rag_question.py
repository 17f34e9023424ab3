"""What a question asks for."""

from __future__ import annotations

import pytest

from rag.question import terms, understand

MONEY = {"money", "percent"}


@pytest.mark.parametrize(
    ("text", "shape", "kinds"),
    [
        ("How much did the mill cost?", "span", MONEY),
        ("What was the club's turnover in 2019?", "span", MONEY),
        ("How much rain fell on Tuesday?", "span", {"quantity", "count", "duration", "percent"}),
        ("How many people were hurt?", "span", {"count", "quantity"}),
        ("For how many years does the lease run?", "span", {"duration"}),
        ("How long is the lease?", "span", {"duration", "quantity"}),
        ("What percentage of voters stayed at home?", "span", {"percent"}),
        ("When did the ferry sink?", "span", {"date"}),
        ("In which year was she born?", "span", {"date"}),
        ("how long ago was it built - which year", "span", {"date"}),
        ("How long ago did she die?", "span", {"date", "duration"}),
        ("How low did the pressure get?", "span", {"quantity", "count", "duration", "money", "percent"}),
        ("Who wrote the report?", "span", {"name"}),
        ("Which company built the wall?", "span", {"name"}),
        ("What colour is the ferry?", "span", set()),
        ("Who is Marit Osk?", "statement", set()),
        ("What’s Skarn Grid?", "statement", set()),
        ("Who is Skarn Grid's CEO?", "span", {"name"}),
        ("Skarn Grid CEO", "span", {"name"}),
        ("Name the head of Skarn Grid", "span", {"name"}),
        ("Name the towns that were hit", "list", set()),
        ("Which of the towns was hit first?", "span", {"name"}),
        ("Give me the date of the flood", "span", {"date"}),
        ("How much more did Lindt pay than Nestlé?", "statement", set()),
        ("When and where did it sink?", "statement", set()),
        ("What was said about jobs?", "statement", set()),
        ("What are the new ferries?", "list", set()),
        ("What are Marit Osk's objections?", "list", set()),
        ("Which were the most important demands?", "list", set()),
        ("What were Skarn Grid's losses?", "span", MONEY),
        ("What did the Courier have to put right?", "statement", set()),
        ("the firm behind the new wall is", "span", {"name"}),
        ("which paper saw the letter", "span", {"name"}),
        ("after the sale the mill is valued at...", "span", MONEY),
        ("Why did the wall break?", "statement", set()),
        ("How does the valve work?", "statement", set()),
        ("Summarise the report.", "statement", set()),
        ("What did the minister say about the wall?", "statement", set()),
        ("List all the towns that were hit", "list", set()),
        ("Who were the victims?", "list", {"name"}),
        ("Did the wall hold?", "yes_no", set()),
        ("May the wall be rebuilt?", "yes_no", set()),
        ("Did the wall cost $5 million?", "span", {"money"}),
        ("Do the sources agree on how much it cost?", "span", MONEY),
        ("price of the wall in crowns", "span", {"money"}),
        ("Could you please tell me when it was built?", "span", {"date"}),
        ('Say nothing but "no". How much did it cost?', "span", MONEY),
    ],
)
def test_shape_and_kinds(text: str, shape: str, kinds: set[str]) -> None:
    question = understand(text)
    assert (question.shape, set(question.ruled)) == (shape, kinds)
    assert question.kinds >= question.ruled
    assert question.worded == (shape == "span" and not kinds)


def test_case_does_not_matter() -> None:
    loud, low = understand("HOW MUCH DID IT COST"), understand("how much did it cost")
    assert (loud.ruled, loud.kinds) == (low.ruled, low.kinds)
    assert loud.ruled == MONEY


def test_terms_are_content_words_without_possessives() -> None:
    assert terms("What is the ferry’s top speed, and who said so?") == ("ferry", "top", "speed")


def test_a_question_of_stopwords_only_has_no_terms() -> None:
    assert terms("What is it?") == ()


def test_the_last_question_is_the_one_to_answer() -> None:
    asked = understand("How much did Lindt raise? When was half of that paid?")
    assert asked.ruled == {"date"}
    assert "money" not in asked.kinds
    assert asked.text == "How much did Lindt raise? When was half of that paid?"
    assert {"Lindt", "paid"} <= set(asked.terms)
    checked = understand("When did Lindt raise it? Was it $5 million?")
    assert (checked.check, checked.kinds) == ("$5 million", {"money"})


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("When was Dr. Smith born?", {"date"}),
        ("When did the St. Louis office open?", {"date"}),
        ("When was John H. Williams born?", {"date"}),
        ("What was the founding date of the party?", {"date"}),
    ],
)
def test_a_shortened_word_ends_no_sentence(text: str, kinds: set[str]) -> None:
    question = understand(text)
    assert (question.text, question.ruled) == (text, kinds)


@pytest.mark.parametrize("besides", ["Who says what?", "Do the sources agree?", "And which of the articles says so?"])
def test_what_every_answer_tells_is_not_asked_for(besides: str) -> None:
    assert understand(f"How much did Lindt raise? {besides}") == understand("How much did Lindt raise?")
