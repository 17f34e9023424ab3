"""Follow-ups become standalone; what stands alone is left alone."""

from __future__ import annotations

import pytest

from rag.followup import Turn, standalone

COST = Turn("How much did the Orrin Bay wall cost?", "€4 million")
HEAD = Turn("Who is the head of Skarn Grid?", "Marit Osk")


@pytest.mark.parametrize(
    ("turn", "asked", "expected"),
    [
        (Turn("How much did Lindt pay?"), "And Nestlé?", "How much did Nestlé pay?"),
        (Turn("How much did Lindt pay?"), "What about Nestlé?", "How much did Nestlé pay?"),
        (Turn("How much did Lindt pay?"), "Sorry, I meant Nestlé.", "How much did Nestlé pay?"),
        (Turn("How much did Lindt pay?"), "No, Nestlé", "How much did Nestlé pay?"),
        (Turn("How many cows were in the infected herd?"), "And who spotted it?", "Who spotted the infected herd?"),
        (Turn("Where were the injured taken?"), "And the dead?", "Where were the dead taken?"),
        (Turn("Who is the CEO of Lindt?"), "And of Nestlé?", "Who is the CEO of Nestlé?"),
        (Turn("Who is the CEO of Lindt?"), "And the chairman?", "Who is the chairman of Lindt?"),
        (Turn("Who has to mend the wall?"), "and the harbour gate?", "Who has to mend the harbour gate?"),
        (
            Turn("How much does Hallow Bank claim from the mill?"),
            "What about the town?",
            "How much does the town claim from the mill?",
        ),
        (Turn("How long is the Lantern Bridge?"), "No, I meant the old one.", "How long is the old Lantern Bridge?"),
        (
            Turn("How many died because of the outbreak?"),
            "Sorry, I meant the earlier epidemic, in 2009.",
            "How many died because of the earlier epidemic, in 2009?",
        ),
        (
            Turn("Who is the mayor of Orrin Bay?"),
            "Which party does she belong to?",
            "Which party does the mayor of Orrin Bay belong to?",
        ),
        (
            Turn("Who is mayor of Orrin Bay?"),
            "How old is he?",
            "How old is the mayor of Orrin Bay?",
        ),
        (Turn("Who is Tilda Menck?"), "Where did she study?", "Where did Tilda Menck study?"),
        (
            Turn("Who sold the cows to Upper Fallow?"),
            "When was he arrested?",
            "Who sold the cows to Upper Fallow? When was he arrested?",
        ),
        (
            Turn("Who runs the bakery in Wickholm?"),
            "How old is she?",
            "Who runs the bakery in Wickholm? How old is she?",
        ),
        (
            Turn("How many homes were damaged in Wickholm?"),
            "And in Orrin Bay?",
            "How many homes were damaged in Orrin Bay?",
        ),
        (Turn("What were the sales in 2027?"), "And in 2028?", "What were the sales in 2028?"),
        (Turn("How much did Lindt pay for Russell?"), "And when?", "When did Lindt pay for Russell?"),
        (Turn("How large was the first lease?"), "For how long?", "For how long was the first lease?"),
        (HEAD, "What did she study?", "What did Marit Osk study?"),
        (HEAD, "What is her salary?", "What is Marit Osk’s salary?"),
        (
            Turn("Where is Skarn Grid based?", "Sarrow"),
            "How many people does it employ?",
            "How many people does Skarn Grid employ?",
        ),
        (Turn("When did the ferry sink?"), "Where was it built?", "Where was the ferry built?"),
        (Turn("When did Osk send the letter to her staff?"), "Which paper saw it?", "Which paper saw the letter?"),
        (Turn("When did the ferry leave Sarrow?"), "How many people were on it?", "How many people were on the ferry?"),
        (Turn("How much did Lindt raise?"), "Who took part in it?", "How much did Lindt raise? Who took part in it?"),
        (Turn("How much did Lindt pay?"), "How much is that in euros?", "How much did Lindt pay in euros?"),
        (Turn("Which tunnels will Skarn Grid use?"), "How deep are they?", "How deep are the tunnels?"),
        (Turn("Who is the CEO of Lindt?"), "What about Nestlé's?", "Who is the CEO of Nestlé?"),
        (
            Turn("How much did Lindt raise? Who took part in it?"),
            "For how long?",
            "How much did Lindt raise? Who took part in it? For how long?",
        ),
        (
            Turn("How much did Lindt raise? Who took part in it? For how long?"),
            "Who else?",
            "How much did Lindt raise? For how long? Who else?",
        ),
        (
            Turn("How much did Lindt raise? How much of that was paid first?"),
            "And when?",
            "How much did Lindt raise? How much of that was paid first? When?",
        ),
        (HEAD, "Different topic: when did the ferry sink?", "When did the ferry sink?"),
    ],
)
def test_a_follow_up_is_completed(turn: Turn, asked: str, expected: str) -> None:
    assert standalone(asked, [turn]) == expected


@pytest.mark.parametrize(
    "asked",
    ["Who wrote the report on Grell Island?", "How many people died in Wickholm?", "When did Lindt buy Russell?"],
)
def test_what_stands_alone_is_left_alone(asked: str) -> None:
    assert standalone(asked, [COST, HEAD]) == asked
    assert standalone(asked, []) == asked


def test_the_whole_is_not_asked_of_the_part() -> None:
    asked = "So how much is that in total for the whole wall?"
    assert standalone(asked, [Turn("How much did Lindt pay?")]) == asked


def test_without_history_even_a_fragment_is_left_alone() -> None:
    assert standalone("And SoftBank?", []) == "And SoftBank?"


def test_a_question_that_points_back_says_what_at() -> None:
    assert standalone("How much was agreed before that?", [Turn("How much is Lindt adding to its lease?")]) == (
        "How much is Lindt adding to its lease? How much was agreed before that?"
    )
