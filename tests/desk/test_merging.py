"""Merging two rows moves related rows, and the old address redirects."""

import pytest

from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.transfers.merge import merge
from kb.record.models import Facet, Revision
from kb.record.vocabulary import Change
from tests.make import make_actor, make_event, make_statement, published

pytestmark = pytest.mark.django_db


def test_merge_moves_related_rows_and_leaves_a_tombstone():
    target, duplicate = published(make_actor("Acme")), make_actor("Acme Inc.")
    event = published(make_event(actors=((duplicate, "acted"),)))
    duplicate.refresh_from_db()
    merge(duplicate, into=target, by=None, note="The same company.")
    tombstone = Revision.objects.current().get(public_id=duplicate.public_id)
    assert tombstone.change == Change.MERGE
    assert tombstone.document["tombstone"]["into"] == target.public_id
    document = Revision.objects.current().get(public_id=event.public_id).document
    assert document["actors"] == [{"actor": target.public_id, "role": "acted"}]
    assert Facet.objects.get(name="actor").value == target.public_id
    assert event.participations.get().actor == target


def test_merge_drops_duplicate_participations():
    target, duplicate = published(make_actor()), make_actor()
    event = published(make_event(actors=((target, "acted"), (duplicate, "acted"))))
    duplicate.refresh_from_db()
    merge(duplicate, into=target, by=None, note="The same.")
    assert event.participations.count() == 1


def test_merge_moves_addressees():
    target, duplicate = published(make_actor()), published(make_actor())
    statement = make_statement()
    statement.addressees.add(duplicate)
    merge(duplicate, into=target, by=None, note="The same.")
    assert list(statement.addressees.all()) == [target]


@pytest.mark.parametrize("note", ["", "  "])
def test_merge_needs_a_note_and_another_record(note):
    actor = published(make_actor())
    with pytest.raises(ActionRefused) as refusal:
        merge(actor, into=actor, by=None, note=note)
    assert len(refusal.value.reasons) == 2


def test_old_address_redirects_to_the_target(reader):
    target, duplicate = published(make_actor(slug="acme")), published(make_actor(slug="acme-inc"))
    merge(duplicate, into=target, by=None, note="The same.")
    response = reader.get("/actors/acme-inc/")
    assert (response.status_code, response["Location"]) == (301, "/actors/acme/")
    assert "max-age=0" in response["Cache-Control"], "a merge may be undone"
