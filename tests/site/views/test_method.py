"""`/method/`: the rules and terms as the code applies them."""

import pytest

from kb.dates import RULES
from kb.record.vocabulary import (
    Bearing,
    Change,
    Derivation,
    Position,
    Reliability,
    RequestOutcome,
    StatementForm,
    Wording,
)
from kb.site.pages.glossary import CHANGES, VOCABULARIES

pytestmark = pytest.mark.django_db


def test_every_rule_for_dates_is_printed(reader):
    text = reader.get("/method/dates/").content.decode()
    assert all(f">{rule.id}<" in text for rule in RULES)
    assert "from a source of 18 December 2023" in text


def test_method_page_links_to_every_part(reader):
    text = reader.get("/method/").content.decode()
    for part in ("dates", "words", "corrections"):
        assert f'href="/method/{part}/"' in text
        assert 'href="/method/"' in reader.get(f"/method/{part}/").content.decode()


def test_every_term_has_meaning_and_anchor(reader):
    text = reader.get("/method/words/").content.decode()
    for vocabulary in VOCABULARIES:
        assert set(vocabulary.words) == set(vocabulary.meanings), vocabulary.anchor
        assert all(f'id="{row["id"]}"' in text for row in vocabulary.rows())


def test_terms_match_choices_of_desk_models():
    explained = {vocabulary.anchor: set(vocabulary.words) for vocabulary in VOCABULARIES}
    assert explained["standing"] == {*Reliability.values, "contested"}
    assert explained["form"] == set(StatementForm.values)
    assert explained["wording"] == set(Wording.values)
    assert explained["outcome"] == set(RequestOutcome.values)
    assert explained["position"] == set(Position.values)
    assert explained["bearing"] == set(Bearing.values)
    assert explained["derivation"] == {*Derivation.values, ""}


def test_every_kind_of_change_is_explained(reader):
    assert set(CHANGES) == set(Change)
    text = reader.get("/method/corrections/").content.decode()
    assert all(f'id="{change.value}"' in text for change in Change)


@pytest.mark.parametrize("contact", ["", "desk@example.org"])
def test_contact_is_shown_only_if_set(reader, settings, contact):
    settings.SECURITY_CONTACT = contact
    text = reader.get("/method/corrections/").content.decode()
    assert ("You can also write to" in text) is bool(contact)
