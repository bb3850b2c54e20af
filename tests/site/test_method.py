"""`/method/dates/`: the table of rules, as the code applies it."""

import pytest

from kb.dates import RULES

pytestmark = pytest.mark.django_db


def test_it_works(reader):
    text = reader.get("/method/dates/").content.decode()
    assert all(f">{rule.id}<" in text for rule in RULES)
