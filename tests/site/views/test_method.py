"""`/method/`: how the record is made, printed from what the code applies."""

import pytest

from kb.dates import RULES
from kb.record.vocabulary import (
    Bearing,
    Change,
    Derivation,
    Position,
    Reliability,
    StatementForm,
    StatementOutcome,
    Wording,
)
from kb.site.pages.glossary import CHANGES, VOCABULARIES

pytestmark = pytest.mark.django_db


def test_every_rule_for_dates_is_printed(reader):
    text = reader.get("/method/dates/").content.decode()
    assert all(f">{rule.id}<" in text for rule in RULES)


def test_the_index_leads_to_every_part(reader):
    text = reader.get("/method/").content.decode()
    for part in ("dates", "words", "corrections"):
        assert f'href="/method/{part}/"' in text
        assert 'href="/method/"' in reader.get(f"/method/{part}/").content.decode()


def test_every_word_has_a_meaning_and_a_place(reader):
    text = reader.get("/method/words/").content.decode()
    for one in VOCABULARIES:
        assert set(one.words) == set(one.meanings), one.anchor
        assert all(f'id="{row["id"]}"' in text for row in one.rows())


def test_the_words_are_those_that_the_desk_can_choose():
    explained = {one.anchor: set(one.words) for one in VOCABULARIES}
    assert explained["standing"] == {*Reliability.values, "contested"}
    assert explained["form"] == set(StatementForm.values)
    assert explained["wording"] == set(Wording.values)
    assert explained["outcome"] == {*StatementOutcome.values} - {"said"}
    assert explained["position"] == set(Position.values)
    assert explained["bearing"] == set(Bearing.values)
    assert explained["derivation"] == {*Derivation.values, ""}


def test_every_kind_of_change_is_explained(reader):
    assert set(CHANGES) == set(Change)
    text = reader.get("/method/corrections/").content.decode()
    assert all(f'id="{one.value}"' in text for one in Change)


@pytest.mark.parametrize("contact", ["", "desk@example.org"])
def test_whom_to_write_to_stands_only_where_somebody_is_named(reader, settings, contact):
    settings.SECURITY_CONTACT = contact
    text = reader.get("/method/corrections/").content.decode()
    assert ("Write to" in text) is bool(contact)
