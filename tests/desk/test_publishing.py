"""Publishing and withdrawing: what is refused, and what is written to the record."""

import pytest
from django.urls import reverse

from kb.desk.models import Citation
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, publish_all, withdraw
from kb.desk.verbs.saving import StaleVersion
from kb.record.documents import digest, documents_json_schema
from kb.record.models import AppendOnly, Entry, Epoch, Facet, Revision
from kb.record.vocabulary import Change
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


def current(thing):
    return Revision.objects.current().get(public_id=thing.public_id)


def test_first_publication_adds_revision_and_entry():
    event = make_event("The checks begin")
    result = publish(event, by=None)
    assert result.revision.number == 1
    assert result.revision.change == Change.FIRST
    assert result.revision.sha256 == digest(result.revision.document)
    event.refresh_from_db()
    assert event.state == "published"
    assert Entry.objects.get().public_id == event.public_id


def test_event_without_supporting_citation_is_refused():
    event = make_event(cited=False)
    with pytest.raises(ActionRefused) as refusal:
        publish(event, by=None)
    assert "supporting citation is missing" in refusal.value.reasons[0]
    Citation.objects.create(event=event, source=make_source(), bearing="disputes")
    with pytest.raises(ActionRefused):
        publish(event, by=None)
    assert not Revision.objects.exists()
    assert not Epoch.objects.exists()


def test_stale_version_is_refused():
    event = make_event()
    with pytest.raises(StaleVersion, match="Someone else"):
        publish(event, by=None, version=event.version + 1)
    assert not Revision.objects.exists()


def test_unpublished_dependencies_are_published_too():
    publisher = make_actor("The Daily")
    source = make_source(publisher=publisher)
    event = make_event(source=source)
    carried = publish(event, by=None).carried
    assert {row.public_id for row in carried} == {publisher.public_id, source.public_id}
    assert Revision.objects.current().count() == 3


def test_publishing_unchanged_row_adds_no_revision():
    event = published(make_event())
    assert publish(event, by=None).revision is None
    assert Revision.objects.filter(public_id=event.public_id).count() == 1


def test_correction_needs_a_note_and_supersedes():
    event = published(make_event("It hapened"))
    event.title = "It happened"
    event.save()
    with pytest.raises(ActionRefused):
        publish(event, by=None, change=Change.CORRECTION)
    publish(event, by=None, change=Change.CORRECTION, note="A letter was missing.")
    first, second = Revision.objects.filter(public_id=event.public_id)
    assert first.superseded_at == second.published_at
    assert (second.change, second.note) == ("correction", "A letter was missing.")


def test_documents_leave_out_unpublished_entries_and_their_ids():
    draft = make_event("A draft")
    statement = published(make_statement(about=(draft,)))
    assert draft.public_id not in str(current(statement).document)
    publish(draft, by=None)
    linked = current(statement)
    assert linked.change == Change.LINK
    assert linked.document["about"] == [draft.public_id]


def test_link_revision_has_no_unpublished_edits():
    draft = make_event("A draft")
    statement = published(make_statement("We did it.", about=(draft,)))
    statement.text = "We did not do it."
    statement.save()
    publish(draft, by=None)
    assert current(statement).document["text"] == "We did it."


def test_withdrawal_adds_a_tombstone_and_removes_the_entry():
    event = published(make_event())
    statement = published(make_statement(about=(event,)))
    with pytest.raises(ActionRefused):
        withdraw(event, by=None, note=" ")
    withdraw(event, by=None, note="It was another company.")
    assert current(event).change == Change.WITHDRAWAL
    assert not Entry.objects.filter(public_id=event.public_id).exists()
    assert current(statement).document["about"] == []


def test_sole_source_of_an_entry_cannot_be_withdrawn():
    source = make_source()
    event = published(make_event("Alone", source=source))
    source.refresh_from_db()
    with pytest.raises(ActionRefused, match="Alone"):
        withdraw(source, by=None, note="It was retracted.")
    Citation.objects.create(event=event, source=published(make_source()), exact="too")
    publish(event, by=None)
    withdraw(source, by=None, note="It was retracted.")
    assert source.public_id not in str(current(event).document)


def test_revisions_cannot_be_edited_or_deleted():
    event = published(make_event())
    revision = current(event)
    revision.title = "Another"
    with pytest.raises(AppendOnly):
        revision.save()
    with pytest.raises(AppendOnly):
        revision.delete()
    with pytest.raises(AppendOnly):
        Revision.objects.all().delete()
    with pytest.raises(AppendOnly):
        Revision.objects.update(title="Another")


def test_event_is_contested_while_accounts_differ():
    event = published(make_event())
    proposition = make_proposition(events=(event,), incident=make_incident())
    yes = published(make_statement("It is so."))
    make_stance(proposition, "asserts", statement=yes)
    published(proposition)
    contested = Facet.objects.filter(name="standing", value="contested")
    assert not contested.exists()
    make_stance(proposition, "denies", statement=published(make_statement("It is not so.")))
    publish(proposition, by=None)
    assert contested.get().entry.public_id == event.public_id
    withdraw(proposition, by=None, note="The question was badly put.")
    assert not contested.exists()


def test_publication_raises_the_version_once():
    published(make_event())
    assert Epoch.objects.get().number == 1
    publish_all([make_event(), make_event()], by=None)
    assert Epoch.objects.get().number == 2


@pytest.mark.slow
def test_documents_match_the_schema():
    import jsonschema

    event = make_event(actors=((make_actor(), "acted"),))
    proposition = make_proposition(events=(event,))
    statements = [make_statement(about=(event,)), make_statement()]
    for statement in statements:
        make_stance(proposition, "denies", statement=statement)
    publish_all([event, *statements, proposition], by=None)
    schema = documents_json_schema()
    for revision in Revision.objects.all():
        jsonschema.validate(revision.document, schema)


def test_rebuilt_index_equals_the_incremental_one():
    from kb.record.rebuild import rebuild_index

    def rows():
        return (
            sorted(
                Entry.objects.values_list("public_id", "sort_key", "known_since", "search_text")
            ),
            sorted(Facet.objects.values_list("entry__public_id", "name", "value")),
        )

    actor = make_actor("Before")
    event = published(make_event(actors=((actor, "acted"),)))
    statement = published(make_statement(about=(event,)))
    proposition = make_proposition(events=(event,))
    make_stance(proposition, "asserts", statement=statement)
    make_stance(proposition, "denies", statement=published(make_statement("No.")))
    publish(proposition, by=None)
    actor.refresh_from_db()
    actor.name = "After"
    actor.save()
    publish(actor, by=None)
    incremental = rows()
    rebuild_index()
    assert rows() == incremental


# --- Positions of a claim --------------------------------------------------------------------


def claim_with(*statements):
    claim = make_proposition(incident=published(make_incident()))
    for statement in statements:
        make_stance(claim, "asserts", statement=statement)
    return claim


def test_claim_with_one_public_position_is_refused():
    claim = claim_with(published(make_statement()), make_statement("A draft."))
    with pytest.raises(ActionRefused) as refusal:
        publish(claim, by=None)
    assert "see 1 of the 2 positions" in refusal.value.reasons[0]
    assert "Publish at least two statements that take a position" in refusal.value.reasons[0]
    assert not Revision.objects.filter(public_id=claim.public_id).exists()


def test_claim_and_its_statements_can_be_published_together():
    statements = [make_statement("Yes."), make_statement("No.")]
    claim = claim_with(*statements)
    publish_all([claim, *statements], by=None)
    assert len(current(claim).document["accounts"]) == 2


def test_position_of_a_draft_source_counts_because_the_source_goes_along():
    claim = claim_with(published(make_statement()))
    make_stance(claim, "reports", source=make_source())
    assert publish(claim, by=None).revision is not None


def test_claim_remains_correctable_after_a_statement_was_withdrawn():
    first, second = published(make_statement("Yes.")), published(make_statement("No."))
    claim = published(claim_with(first, second))
    withdraw(second, by=None, note="Not their words.")
    assert len(current(claim).document["accounts"]) == 1
    claim.text = "Is it so, in other words?"
    claim.save()
    publish(claim, by=None, change=Change.CORRECTION, note="It was not neutral.")
    assert current(claim).title == "Is it so, in other words?"
    claim.stances.all().delete()
    with pytest.raises(ActionRefused):
        publish(claim, by=None)


def test_review_page_says_that_a_claim_lacks_positions(editor):
    claim = claim_with(published(make_statement()))
    page = editor.get(reverse("admin:desk_proposition_review", args=[claim.pk]))
    assert "Cannot be published yet" in page.text
    assert "see 1 of the 2 positions" in page.text
