"""The rows of lists hold what their records say, after each kind of publication."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb.desk.verbs.publishing import publish, withdraw
from kb.record import listed_search, name_texts
from kb.record.apps import fill_new_lists
from kb.record.list_rebuild import rebuild_steps
from kb.record.listed_claims import claims_of_incident, contested_counts
from kb.record.listed_records import list_totals
from kb.record.listed_search import ListSearch, _ListedTexts
from kb.record.models import ListedClaim, ListedRecord, ListTotal, SourceParent
from kb.record.name_texts import live_names
from kb.record.rebuild import rebuild_index
from kb.record.source_parents import derived_sources
from tests.lists import LIST_MODELS, list_rows
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_relation,
    make_source,
    make_stance,
    make_statement,
    published,
)
from tests.migrating import migrated_back

pytestmark = pytest.mark.django_db


def entries_of(record):
    return ListedRecord.objects.get(public_id=record.public_id).entries


def hits(kind, q):
    """What a search finds, by keys, along the list and as a number."""
    rows = ListSearch(kind, q).records().order_by("name_key")
    titles = list(rows.values_list("revision__title", flat=True))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(listed_search, "MAX_KEYS", -1)
        along = ListSearch(kind, q).records().order_by("name_key")
        assert list(along.values_list("revision__title", flat=True)) == titles
    assert ListSearch(kind, q).counts_by_kind().total() == len(titles)
    return titles


def titles_derived_from(*sources):
    revisions = derived_sources([source.public_id for source in sources])
    return sorted(revisions.values_list("title", flat=True))


def contested_claim(incident, events=()):
    claim = make_proposition(incident=incident, events=events)
    for position in ("asserts", "denies"):
        make_stance(claim, position, statement=published(make_statement()))
    return published(claim)


def test_entries_are_counted_when_published_changed_and_withdrawn():
    acme, zeta = published(make_actor("Acme")), published(make_actor("Zeta"))
    source = published(make_source())
    event = published(make_event(actors=((acme, "acted"), (acme, "affected")), source=source))
    published(make_event(actors=((acme, "acted"),), source=source))
    assert [entries_of(record) for record in (acme, zeta, source)] == [2, 0, 2]
    event.participations.all().delete()
    event.participations.create(actor=zeta, role="acted")
    event.refresh_from_db()
    publish(event, by=None, change="correction", note="It was another one.")
    assert [entries_of(record) for record in (acme, zeta, source)] == [1, 1, 2]
    event.refresh_from_db()
    withdraw(event, by=None, note="It did not happen.")
    assert [entries_of(record) for record in (acme, zeta, source)] == [1, 0, 1]


def test_entries_of_a_record_that_comes_back_are_counted():
    story = published(make_incident("Story"))
    event = make_event()
    event.incidents.add(story)
    published(event)
    story.refresh_from_db()
    withdraw(story, by=None, note="It was no story.")
    assert not ListedRecord.objects.filter(public_id=story.public_id).exists()
    story.refresh_from_db()
    published(story)
    assert entries_of(story) == 1


def test_totals_follow_the_kind_of_a_record():
    actors = [published(make_actor(actor_kind="person")) for _ in range(3)]
    published(make_incident())
    assert list_totals() == {"actor": 3, "incident": 1}
    actors[0].refresh_from_db()
    actors[0].actor_kind = "group"
    actors[0].save()
    publish(actors[0], by=None)
    actors[1].refresh_from_db()
    withdraw(actors[1], by=None, note="Unknown.")
    totals = ListTotal.objects.exclude(records=0).values_list("kind", "own_kind", "records")
    assert sorted(totals) == [("actor", "group", 1), ("actor", "person", 1), ("incident", "", 1)]


def test_source_is_found_by_the_new_name_of_its_publisher_at_once():
    paper = published(make_actor("The Paper"))
    published(make_source("First report", publisher=paper, byline="R. Example"))
    published(make_source("Paper of another"))
    paper.refresh_from_db()
    paper.name = "The Gazette"
    paper.save()
    publish(paper, by=None)
    assert hits("source", "gazette") == ["First report"]
    assert hits("source", "paper") == ["Paper of another"]
    assert hits("source", "report gazette example") == ["First report"]
    assert hits("source", '"report gazette"') == []
    assert hits("actor", "gaz*") == ["The Gazette"]
    assert hits("source", "…") == []


def _texts(collection):
    return [text[1:-1] for text in collection._whole.split("\n")]


def test_list_in_memory_has_the_texts_of_its_rows():
    actor = make_actor("字节跳动", summary="A company.")
    actor.other_names.create(name="ByteDance", language="en", name_kind="original")
    published(actor)
    published(make_source("First report", publisher=actor, byline="R. Example"))
    published(make_incident("GPT-4 inquiry", summary="About Łódź."))
    ids = dict.fromkeys(ListedRecord.objects.values_list("public_id", flat=True))
    names, (first, changed) = live_names(), live_names().parts
    assert len(ids) >= 3
    assert not changed.names.records
    for kind in ("actor", "source", "incident"):
        listed = _ListedTexts(first.names, kind)
        rows = ListedRecord.objects.filter(kind=kind).order_by()
        columns = rows.values_list("public_id", "own_kind", "initial", "search_text")
        in_memory = {
            public_id: (*key, text)
            for public_id, key, text in zip(
                listed.public_ids, listed.keys, _texts(listed.texts), strict=True
            )
        }
        assert in_memory == {public_id: tuple(values) for public_id, *values in columns}
    owners = {record.title: record.owner for record in names}
    assert owners["First report"] == actor.public_id
    assert owners["字节跳动"] == ""


def test_list_is_searched_after_publications_without_reading_it_again(monkeypatch):
    paper = published(make_actor("The Paper"))
    sources = [published(make_source(f"Report {n}", publisher=paper)) for n in range(3)]
    name_texts._names.clear()
    assert len(hits("source", "report")) == 3
    monkeypatch.setattr(name_texts, "_read_all", None)
    paper.refresh_from_db()
    paper.name = "The Gazette"
    paper.save()
    publish(paper, by=None, change="correction", note="Another name.")
    sources[0].refresh_from_db()
    withdraw(sources[0], by=None, note="It was no source.")
    published(make_source("Report 3"))
    assert hits("source", "report") == ["Report 1", "Report 2", "Report 3"]
    assert hits("source", "gazette") == ["Report 1", "Report 2"]
    assert hits("source", "paper") == hits("actor", "paper") == []
    assert hits("source", "report -gazette") == hits("source", "-gazette") == ["Report 3"]
    assert hits("actor", "-paper") == ["The Gazette"]
    counts = ListSearch("source", "report").counts_by_kind("r")
    assert counts.total() == 3
    assert not ListSearch("source", "report").counts_by_kind("a")


def test_search_that_was_made_before_costs_one_query_and_its_rows():
    published(make_source("Report"))
    assert hits("source", "report") == ["Report"]
    with CaptureQueriesContext(connection) as queries:
        search = ListSearch("source", "report")
        assert search.counts_by_kind().total() == len(search.records()) == 1
    assert len(queries) == 2


def test_names_are_ordered_without_case_and_accents():
    for name in ("zeta", "Éclair", "Eclipse", "acme"):
        published(make_actor(name))
    actors = ListedRecord.objects.filter(kind="actor").order_by("name_key")
    names = list(actors.values_list("revision__title", flat=True))
    assert names == ["acme", "Éclair", "Eclipse", "zeta"]


def test_contested_claims_are_counted_by_incident():
    story, other = published(make_incident()), published(make_incident())
    claim = contested_claim(story)
    published(make_proposition(incident=story))
    contested_claim(other, (published(make_event()),))
    ids = [story.public_id, other.public_id]
    assert contested_counts(ids) == dict.fromkeys(ids, 1)
    assert claims_of_incident(story.public_id).count() == 2
    claim.refresh_from_db()
    withdraw(claim, by=None, note="It was no question.")
    assert contested_counts(ids) == {other.public_id: 1}


def test_publishing_without_other_facets_counts_nothing():
    event = published(make_event())
    event.refresh_from_db()
    event.title = "Another title"
    event.save()
    with CaptureQueriesContext(connection) as queries:
        publish(event, by=None)
    assert not [query for query in queries if "listedrecord" in query["sql"]]


def test_rebuilding_corrects_wrong_rows_and_leaves_right_ones():
    paper = published(make_actor("The Paper"))
    source = published(make_source(publisher=paper))
    story = published(make_incident())
    event = make_event(source=source)
    event.incidents.add(story)
    published(event)
    contested_claim(story)
    rows = list_rows()
    assert list(rebuild_steps()) == []
    ListedRecord.objects.filter(public_id=source.public_id).update(entries=7, search_text="")
    ListedRecord.objects.filter(public_id=paper.public_id).update(public_id="gone")
    ListTotal.objects.update(records=5)
    ListedClaim.objects.update(contested=False, incident="")
    ListedClaim.objects.create(claim="gone", incident=story.public_id, contested=True)
    rebuild_index(in_batches=True)
    assert list_rows() == rows


def test_empty_lists_are_filled_after_a_migration():
    source = published(make_source(publisher=published(make_actor())))
    story = published(make_incident())
    published(make_event(source=source))
    contested_claim(story)
    rows = list_rows()
    for model in LIST_MODELS:
        model.objects.all().delete()
    fill_new_lists(using="default")
    assert not ListedRecord.objects.exists()  # after flush
    fill_new_lists(using="default", apps=apps)
    assert list_rows() == rows


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_tables_can_be_removed_and_created_again():
    contested_claim(published(make_incident()))
    rows = list_rows()
    with migrated_back(("record", "0018_fill_claim_actors")) as models:
        fill_new_lists(using="default", apps=models)
        assert "record_listedrecord" not in connection.introspection.table_names()
    fill_new_lists(using="default", apps=apps)
    assert list_rows() == rows


def test_parents_of_sources_follow_their_documents():
    news, wire = published(make_source("News")), published(make_source("Wire"))
    copy = make_source("Copy", derives_from=news, derivation="translation")
    published(copy)
    assert titles_derived_from(news, wire) == ["Copy"]
    make_relation(copy, wire, "quotes")
    copy.refresh_from_db()
    publish(copy, by=None, change="correction", note="It quotes another.")
    relations = {(copy.public_id, parent.public_id) for parent in (news, wire)}
    assert set(SourceParent.objects.values_list("source", "parent")) == relations
    assert titles_derived_from(wire) == ["Copy"]
    copy.refresh_from_db()
    withdraw(copy, by=None, note="It was no source.")
    assert not SourceParent.objects.exists()


def test_rebuilding_corrects_wrong_parents_of_sources():
    news = published(make_source())
    published(make_source(derives_from=news, derivation="rewrite"))
    rows = list_rows()
    SourceParent.objects.update(parent="wrong")
    SourceParent.objects.create(source="gone", parent=news.public_id)
    rebuild_index(in_batches=True)
    assert list_rows() == rows
    assert list(rebuild_steps()) == []


@pytest.mark.parametrize(
    ("document", "parents"),
    [
        ({"derives_from": "a", "derivation": "rewrite"}, {"a"}),
        ({"derives_from": "a", "parents": [{"source": "a"}, {"source": "b"}]}, {"a", "b"}),
        ({"derives_from": None}, set()),
    ],
    ids=["edition 1", "edition 2", "none"],
)
def test_migration_reads_the_parents_of_every_edition(document, parents):
    migration = import_module("kb.record.migrations.0023_fill_source_parents")
    assert migration.parents_of(document) == parents


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_migration_stores_the_parents_of_sources():
    news = published(make_source())
    published(make_source(derives_from=news, derivation="rewrite"))
    rows = list_rows()
    with migrated_back(("record", "0021_add_fold_edition")):
        assert "record_sourceparent" not in connection.introspection.table_names()
    assert list_rows() == rows
