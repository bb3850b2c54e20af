"""Bylines as the people whom they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.bylines import byline_names


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Rosa Example", ("Rosa Example",)),
        ("By Rosa Example and Bo Li", ("Rosa Example", "Bo Li")),
        (
            "Ann Bell, Bob Cole, and Carol van der Dee",
            ("Ann Bell", "Bob Cole", "Carol van der Dee"),
        ),
        ("Ann Bell & Bob Cole", ("Ann Bell", "Bob Cole")),
        ("Bell, Ann; Cole, Bob", ("Bell, Ann", "Cole, Bob")),
        ("王伟、李娜", ("王伟", "李娜")),
        ("王伟，李娜", ("王伟", "李娜")),
        ("王和平", ("王和平",)),
        # What cannot be divided safely stays whole.
        ("Bell, Ann", ("Bell, Ann",)),
        ("Ann Bell, staff writer", ("Ann Bell, staff writer",)),
        ("Bell and Sons", ("Bell and Sons",)),
        ("John Cole, Jr.", ("John Cole, Jr.",)),
        ("Ann and Bob Bell", ("Ann and Bob Bell",)),
        ("", ()),
        (" ; ", ()),
    ],
)
def test_byline_names_each_person(byline, names):
    assert byline_names(byline) == names


@given(st.text())
def test_no_letter_of_a_byline_is_invented(byline):
    for name in byline_names(byline):
        assert name
        assert name in " ".join(byline.split())
