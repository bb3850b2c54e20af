"""Two rows for one thing become one, and no address dies."""

import pytest

from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.transfers.merge import merge
from kb.record.models import Facet, Revision
from kb.record.vocabulary import Change
from tests.make import make_actor, make_event, make_statement, published

pytestmark = pytest.mark.django_db


def test_it_works():
    kept, double = published(make_actor("Acme")), make_actor("Acme Inc.")
    event = published(make_event(actors=((double, "acted"),)))
    double.refresh_from_db()
    merge(double, into=kept, by=None, note="The same company.")
    tombstone = Revision.objects.current().get(public_id=double.public_id)
    assert tombstone.change == Change.MERGE
    assert tombstone.document["tombstone"]["into"] == kept.public_id
    document = Revision.objects.current().get(public_id=event.public_id).document
    assert document["actors"] == [{"actor": kept.public_id, "role": "acted"}]
    assert Facet.objects.get(name="actor").value == kept.public_id
    assert event.participations.get().actor == kept


def test_a_part_that_both_had_is_kept_once():
    kept, double = published(make_actor()), make_actor()
    event = published(make_event(actors=((kept, "acted"), (double, "acted"))))
    double.refresh_from_db()
    merge(double, into=kept, by=None, note="The same.")
    assert event.participations.count() == 1


def test_addressees_move_too():
    kept, double = published(make_actor()), published(make_actor())
    statement = make_statement()
    statement.addressees.add(double)
    merge(double, into=kept, by=None, note="The same.")
    assert list(statement.addressees.all()) == [kept]


@pytest.mark.parametrize("note", ["", "  "])
def test_it_needs_a_reason_and_another_record(note):
    actor = published(make_actor())
    with pytest.raises(ActionRefused) as refusal:
        merge(actor, into=actor, by=None, note=note)
    assert len(refusal.value.reasons) == 2


def test_the_old_address_sends_readers_on(reader):
    kept, double = published(make_actor(slug="acme")), published(make_actor(slug="acme-inc"))
    merge(double, into=kept, by=None, note="The same.")
    answer = reader.get("/actors/acme-inc/")
    assert (answer.status_code, answer["Location"]) == (301, "/actors/acme/")
    assert "max-age=0" in answer["Cache-Control"], "a merge may be undone"
