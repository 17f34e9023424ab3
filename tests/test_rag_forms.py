"""Whether a value has the form that a question asks for."""

import pytest

from rag.forms import fits
from rag.question import understand


@pytest.mark.parametrize(
    ("question", "value", "expected"),
    [
        ("How long was the trial?", "40 mg", False),
        ("How long was the trial?", "52 weeks", True),
        ("How long is the bridge?", "2.4 km", True),
        ("How far is it to the coast?", "12 miles", True),
        ("How far is it to the coast?", "12 knots", False),
        ("How far is it to the coast?", "two hours", True),
        ("How far did the shares fall?", "4%", True),
        ("How tall is the mast?", "7 tonnes", False),
        ("How tall is the mast?", "30 feet", True),
        ("How fast does it go?", "40 knots", True),
        ("How fast does it go?", "40 litres", False),
        ("How much does the bell weigh?", "2 tonnes", True),
        ("How much does the bell weigh?", "2 metres", False),
        ("How hot did it get?", "104 °F", True),
        ("How many degrees Celsius was it?", "104 °F", True),
        ("How many extra megawatts were promised?", "2 GW", True),
        ("How many extra megawatts were promised?", "300 km", False),
        ("How many square kilometres burnt?", "40 hectares", True),
        ("How many square kilometres burnt?", "40 km", False),
        ("How many people came?", "300 km", True),
        ("How many litres per day?", "40 litres a day", True),
        ("How much was lost?", "300 km", True),
    ],
)
def test_a_quantity_measures_what_is_asked_for(question: str, value: str, expected: bool) -> None:
    assert fits(value, 0, len(value), understand(question)) is expected


@pytest.mark.parametrize(
    ("question", "text", "value", "expected"),
    [
        ("How deep is the tunnel?", "The tunnel will be 2.4 km long and have four lanes.", "2.4 km", False),
        ("How deep is the tunnel?", "At 2.4 kilometres it will be the longest in the region.", "2.4 kilometres", False),
        ("How deep is the tunnel?", "The tunnel runs 2.4 km under the harbour.", "2.4 km", True),
        ("How long is the tunnel?", "The tunnel will be 2.4 km long and 11 m wide.", "2.4 km", True),
        ("How long is the tunnel?", "The tunnel will be 2.4 km long and 11 m wide.", "11 m", False),
        ("What is the width of the longest tunnel?", "The longest tunnel measures 11 m across.", "11 m", True),
        ("How high did the water stand?", "The water was 2 m deep.", "2 m", True),
        ("How thick is the ice?", "The rink has a length of 60 metres.", "60 metres", False),
        ("How long did the longest stage take?", "The stage took two hours, with a 20 m high ramp.", "two hours", True),
    ],
)
def test_what_is_called_long_is_no_depth(question: str, text: str, value: str, expected: bool) -> None:
    start = text.index(value)
    assert fits(text, start, start + len(value), understand(question)) is expected
