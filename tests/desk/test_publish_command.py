"""``manage.py publish --all``: in batches, with filters, and going on after what is refused."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kb.desk.models import ImportBatch, ImportedRow
from kb.desk.models.base import WorkflowState
from kb.desk.verbs import bulk_publishing
from kb.desk.verbs.bulk_publishing import DraftRows, publish_drafts
from kb.desk.verbs.reviewing import approve
from kb.record.models import Entry, Epoch, Revision
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(bulk_publishing, "SECONDS_OF_PAUSE", 0)


def published_titles():
    return set(Entry.objects.values_list("revision__title", flat=True))


def run(*arguments):
    call_command("publish", "--all", *arguments)


def test_everything_is_published_with_what_it_names(capsys):
    event = make_event("Launch", actors=((make_actor(), "acted"),))
    claim = make_proposition(events=(event,))
    make_stance(claim, "asserts")
    make_stance(claim, "denies")
    run()
    claim.refresh_from_db()
    assert claim.state == WorkflowState.PUBLISHED
    assert "Published" in capsys.readouterr().out


def test_what_cannot_be_published_is_listed_and_the_rest_goes_on(capsys):
    make_event("Good")
    make_event("Bad", cited=False)
    make_event("Also good")
    with pytest.raises(CommandError, match="1 records were not published"):
        run()
    assert published_titles() == {"Good", "Also good"}
    error = capsys.readouterr().err
    assert error.count("event “Bad”: A supporting citation is missing.") == 1
    assert "Good" not in error


def test_claim_waits_for_statements_of_the_same_run():
    claim = make_proposition()
    for _ in range(2):
        make_stance(claim, "asserts", statement=make_statement())
    run()
    document = Revision.objects.live().get(public_id=claim.public_id).document
    assert len(document["accounts"]) == 2


def test_dry_run_saves_nothing(capsys):
    make_event("Good")
    make_event("Bad", cited=False)
    claim = make_proposition()
    for _ in range(2):
        make_stance(claim, "asserts", statement=make_statement())
    with pytest.raises(CommandError, match="1 records were not published"):
        run("--dry-run")
    assert not Revision.objects.exists()
    assert not Epoch.objects.filter(number__gt=0).exists()
    assert "Would publish" in capsys.readouterr().out


def test_dry_run_says_the_number_that_is_then_published(capsys):
    make_event("One", actors=((make_actor(), "acted"),))
    make_statement()
    run("--dry-run")
    foretold = capsys.readouterr().out.split()[2]
    run()
    assert f"Published {foretold} documents." in capsys.readouterr().out


def test_filter_by_incident():
    incident, other = make_incident(slug="fire"), make_incident()
    make_event("In it").incidents.add(incident)
    make_event("In another").incidents.add(other)
    make_proposition(incident=other)
    run("--incident", "fire")
    assert published_titles() == {"In it"}


def test_filter_by_source():
    source = make_source(slug="report")
    make_event("Cites it", source=source)
    make_event("Cites another")
    run("--source", "report")
    assert published_titles() == {"Cites it"}


def test_filter_by_import():
    batch = ImportBatch.objects.create(origin="x", name="x.csv", sha256="")
    event = make_event("Imported")
    ImportedRow.objects.create(
        batch=batch, origin="x", external_id="1", kind="event", public_id=event.public_id,
        version=1, digest="", is_new=True,
    )  # fmt: skip
    make_event("Typed")
    run("--import", str(batch.pk))
    assert published_titles() == {"Imported"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--incident", "no"), "Incident no does not exist"),
        (("--source", "no"), "Source no does not exist"),
        (("--import", "7"), "Import 7 does not exist"),
    ],
)
def test_filter_that_selects_nothing_that_exists_is_refused(arguments, message):
    with pytest.raises(CommandError, match=message):
        run(*arguments)


def test_draft_without_approval_stays_a_draft_where_two_persons_are_needed(
    settings, editor_user, django_user_model, capsys
):
    settings.TWO_PERSONS = True
    author = django_user_model.objects.create(username="author")
    approved = make_actor("Approved", created_by=author, updated_by=author)
    make_actor("Waiting", created_by=author, updated_by=author)
    approve(approved, by=editor_user, version=approved.version)
    with pytest.raises(CommandError):
        run()
    titles = set(Revision.objects.live().values_list("title", flat=True))
    assert titles == {"Approved"}
    assert "“Waiting”: This needs approval" in capsys.readouterr().err


def test_entry_is_refused_with_a_draft_that_lacks_approval(
    settings, editor_user, django_user_model
):
    settings.TWO_PERSONS = True
    author = django_user_model.objects.create(username="author")
    event = make_event(actors=((make_actor(), "acted"),), created_by=author, updated_by=author)
    approve(event, by=editor_user, version=event.version)
    with pytest.raises(CommandError):
        run()
    assert not Entry.objects.exists()


def test_each_batch_is_a_publication_version_of_its_own(monkeypatch):
    monkeypatch.setattr(bulk_publishing, "MAX_BATCH", 2)
    monkeypatch.setattr(bulk_publishing, "MIN_BATCH", 2)
    actors = [make_actor() for _ in range(5)]
    done = []
    result = publish_drafts({"actor": [actor.pk for actor in actors]}, progress=done.append)
    assert result.published == 5
    assert done == [2, 4, 5]
    assert Epoch.objects.get().number == 3


def test_row_that_was_published_meanwhile_is_left_alone():
    actor = make_actor()
    rows = iter(DraftRows({"actor": [actor.pk]}, 10))
    actor.state = WorkflowState.PUBLISHED
    actor.save()
    assert list(rows) == [[]]
