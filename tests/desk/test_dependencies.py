"""What goes along when a row is published: what its public document names, and nothing else."""

import pytest

from kb.desk.models import Affiliation, Source
from kb.desk.verbs.dependencies import unpublished_dependencies
from kb.desk.verbs.publishing import publish, withdraw
from kb.record.models import Revision
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    """A claim with two public positions, on a public incident."""
    claim = make_proposition(incident=published(make_incident()))
    for position in ("asserts", "denies"):
        make_stance(claim, position, statement=published(make_statement()))
    return claim


def test_rows_that_a_carried_row_names_go_along():
    owner = make_actor("Owner")
    publisher = make_actor("The Daily", part_of=owner)
    origin = make_source(publisher=publisher)
    source = make_source(derives_from=origin)
    event = make_event(source=source)
    assert set(unpublished_dependencies([event])) == {source, origin, publisher, owner}


def test_speaker_of_a_draft_position_does_not_go_along(claim):
    draft = make_statement(on_behalf_of=make_actor("Unknown to readers"))
    make_stance(claim, "confirms", statement=draft)
    assert unpublished_dependencies([claim]) == []
    assert publish(claim, by=None).carried == []
    document = Revision.objects.current().get(public_id=claim.public_id).document
    assert len(document["accounts"]) == 2
    assert draft.on_behalf_of.public_id not in str(document)


def test_source_of_a_position_goes_along_with_its_publisher(claim):
    source = make_source(publisher=make_actor("The Daily"))
    make_stance(claim, "reports", source=source)
    assert set(publish(claim, by=None).carried) == {source, source.publisher}


def test_publisher_of_a_withdrawn_source_does_not_go_along(claim):
    source = published(make_source())
    withdraw(source, by=None, note="Printed in error.")
    publisher = make_actor("Unknown to readers")
    Source.objects.filter(pk=source.pk).update(publisher=publisher)
    make_stance(claim, "reports", source=source)
    assert unpublished_dependencies([claim]) == []


def test_draft_named_in_two_fields_goes_along_for_the_one_that_remains(claim):
    voice = make_actor("Voice")
    make_stance(claim, "confirms", statement=make_statement(on_behalf_of=voice))
    source = make_source(publisher=make_actor("The Daily", part_of=voice))
    make_stance(claim, "reports", source=source)
    assert voice in unpublished_dependencies([claim])


def test_what_a_draft_event_names_does_not_go_along_with_a_statement_about_it():
    event = make_event(actors=((make_actor("Unknown to readers"), "acted"),))
    source = published(make_source())
    speaker = published(make_actor(actor_kind="person"))
    statement = make_statement(about=(event,), source=source, speaker=speaker)
    assert unpublished_dependencies([statement]) == []


def test_organisation_of_a_role_goes_along():
    person, firm = make_actor(actor_kind="person"), make_actor("Acme")
    Affiliation.objects.create(person=person, organisation=firm, title="head")
    assert unpublished_dependencies([person]) == [firm]
