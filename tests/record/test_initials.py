"""The letter under which a list has a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.initials import INITIALS, initial_of
from kb.text.normalise import fold_name


@pytest.mark.parametrize(
    ("name", "initial"),
    [
        ("ByteDance", "b"), ("Éclair", "e"), ("“The Verge”", "t"), ("=Acme", "a"), ("Łódź", "l"),
        ("Ørsted", "o"), ("3M", "0-9"), ("字节跳动", "other"), ("Яндекс", "other"), ("٣", "0-9"),
        ("…", "other"), ("", "other"), ("²", "0-9"),
    ],
)  # fmt: skip
def test_name_is_listed_under_its_first_letter(name, initial):
    assert initial_of(fold_name(name)) == initial


@given(st.text())
def test_every_name_has_a_place_in_the_list(name):
    assert initial_of(fold_name(name)) in INITIALS
