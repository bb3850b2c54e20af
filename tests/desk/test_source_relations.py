"""A source derives from several others, in no circle; entries count their independent origins."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import pytest
from django.core.management import CommandError, call_command

from kb.desk import backup
from kb.desk.models import Citation, Source, SourceRelation
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import citing_entries, publish
from kb.desk.verbs.transfers.merge import merge
from kb.record.models import Entry, Facet, Revision
from kb.record.rebuild import rebuild_index
from tests.desk.admin_forms import add_url, change_url, fields_of, text_of
from tests.make import (
    make_actor,
    make_event,
    make_relation,
    make_source,
    make_statement,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def with_parents(fields, *parents):
    """The fields of a source's form, with these new earlier sources: (source, derivation)."""
    first = int(fields["parents-TOTAL_FORMS"])
    fields["parents-TOTAL_FORMS"] = first + len(parents)
    for number, (parent, derivation) in enumerate(parents, start=first):
        fields |= {
            f"parents-{number}-parent": parent.pk,
            f"parents-{number}-derivation": derivation,
        }
    return fields


def add_source(editor, title, *parents, publisher=None):
    fields = fields_of(editor.get(add_url("source"))) | {
        "title": title,
        "source_kind": "article",
        "published": "2023-12-15",
        "publisher": publisher.pk if publisher else "",
    }
    response = editor.post(add_url("source"), with_parents(fields, *parents))
    assert response.status_code == 302, text_of(response)
    return Source.objects.get(title=title)


def add_citations(editor, event, *citations, account):
    """Cite sources for an event, the account of one of them, through its form: (source, via)."""
    fields = fields_of(editor.get(change_url(event)))
    first = int(fields["citations-TOTAL_FORMS"])
    fields["citations-TOTAL_FORMS"] = first + len(citations)
    fields |= {"according_to-TOTAL_FORMS": "1", "according_to-0-source": account.pk}
    for number, (source, via) in enumerate(citations, start=first):
        fields |= {
            f"citations-{number}-source": source.pk,
            f"citations-{number}-via": via.pk if via else "",
            f"citations-{number}-bearing": "supports",
        }
    response = editor.post(change_url(event), fields)
    assert response.status_code == 302, text_of(response)


def origins(reader, event):
    return reader.get(f"/events/{event.slug}.json").json()["origins"]


def load(tmp_path, rows):
    path = tmp_path / "story.json"
    path.write_text(json.dumps(rows))
    call_command("loaddata", str(path), verbosity=0)


def fixture_rows(relations, citations):
    """A fixture with an event, the sources that these name, relations and citations.

    The event is the account of the first source that is cited and was read.
    """
    times = {"created_at": "2026-11-24T00:00:00Z", "updated_at": "2026-11-24T00:00:00Z"}
    names = sorted({name for row in (*relations, *citations) for name in row[:2] if name})
    rows = [
        {"model": "desk.source", "fields": {
            "public_id": f"sbcdfg{number:02d}", "slug": name, "title": name,
            "source_kind": "article", "published": "2023-12-15", **times}}
        for number, name in enumerate(names, start=10)
    ]  # fmt: skip
    rows += [
        {"model": "desk.sourcerelation", "pk": number, "fields": {
            "source": [source], "parent": [parent], "derivation": derivation}}
        for number, (source, parent, derivation) in enumerate(relations, start=1)
    ]  # fmt: skip
    rows.append({"model": "desk.event", "fields": {
        "public_id": "kbcdfghj", "slug": "event", "title": "It happened", "happened": "2023-12",
        "standing": "reported", **times}})  # fmt: skip
    rows += [
        {"model": "desk.citation", "pk": number, "fields": {
            "event": ["event"], "source": [source], "via": [via] if via else None}}
        for number, (source, via) in enumerate(citations, start=1)
    ]  # fmt: skip
    account = next(source for source, via in citations if not via)
    rows.append({"model": "desk.accountof", "pk": 1, "fields": {
        "event": ["event"], "source": [account]}})  # fmt: skip
    return rows


# --- Circles -------------------------------------------------------------------------------------


def test_form_refuses_a_circle_with_both_names(editor):
    first = make_source("First")
    middle = make_source("Middle", derives_from=first)
    last = make_source("Last", derives_from=middle)
    fields = with_parents(fields_of(editor.get(change_url(first))), (last, "rewrite"))
    page = text_of(editor.post(change_url(first), fields))
    assert "“Last” derives from “First” through other sources" in page
    assert SourceRelation.objects.count() == 2


def test_fixture_with_a_circle_is_refused(tmp_path):
    relations = [("a", "b", "rewrite"), ("b", "c", "quotes"), ("c", "a", "own_reporting")]
    with pytest.raises(CommandError, match="“a” derives from “c” through other sources"):
        load(tmp_path, fixture_rows(relations, [("a", "")]))
    assert not Source.objects.exists()


def test_publishing_refuses_a_circle():
    first = make_source("First")
    second = make_source("Second", derives_from=first)
    make_relation(first, second)
    with pytest.raises(ActionRefused, match="“Second” derives from “First”, so"):
        publish(first, by=None)


def test_backup_with_a_circle_is_refused():
    first = make_source("First")
    make_relation(first, make_source("Second", derives_from=first))
    lines = list(backup.dump_lines())
    SourceRelation.objects.all().delete()
    Source.objects.all().delete()
    with pytest.raises(backup.BackupError, match="in a circle: “First” → “Second” → “First”"):
        backup.load_lines(lines)
    assert not Source.objects.exists()


# --- Situation 16: six sources, one origin -------------------------------------------------------


def check_six_sources(reader, event):
    assert origins(reader, event) == {"read": 6, "origins": 1, "relayed": 0}
    page = reader.get("/timeline/").text
    assert "6 sources," in page and "1 origin" in page and f"/events/{event.slug}/#origins" in page
    table = reader.get("/timeline.csv?raw=1").getvalue().decode()
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["sources_read"], row["origins"]) == ("6", "1")
    assert len(reader.get("/timeline.json?origins=1").json()["entries"]) == 1
    assert reader.get("/timeline.json?origins=2").json()["entries"] == []
    (origin,) = reader.get(f"/events/{event.slug}/").context["origins"]
    assert origin["is_origin"] and len(origin["below"]) == 3


def test_six_sources_have_one_origin_through_forms(editor, reader):
    planet = add_source(editor, "Planet")
    wire = add_source(editor, "Wire", (planet, "wire_copy"))
    gazette = add_source(editor, "Gazette", (planet, "rewrite"))
    city = add_source(editor, "City", (planet, "translation"), (gazette, "quotes"))
    bugle = add_source(editor, "Bugle", (wire, "wire_copy"))
    shopper = add_source(editor, "Shopper", (city, "translation"))
    event = make_event(cited=False)
    sources = (planet, wire, gazette, city, bugle, shopper)
    add_citations(editor, event, *((source, None) for source in sources), account=planet)
    publish(event, by=None)
    check_six_sources(reader, event)


def test_six_sources_have_one_origin_through_a_fixture(tmp_path, reader):
    relations = [
        ("wire", "planet", "wire_copy"),
        ("gazette", "planet", "rewrite"),
        ("city", "planet", "translation"),
        ("bugle", "wire", "wire_copy"),
        ("shopper", "city", "translation"),
    ]
    names = ("planet", "wire", "gazette", "city", "bugle", "shopper")
    load(tmp_path, fixture_rows(relations, [(name, "") for name in names]))
    check_six_sources(reader, Entry.objects.get().revision)


# --- Situation 11: A relays B and C --------------------------------------------------------------


def check_relays(reader, event):
    assert origins(reader, event) == {"read": 1, "origins": 1, "relayed": 2}
    page = reader.get("/timeline/").text
    assert "1 source read," in page and "1 origin" in page
    (origin,) = reader.get(f"/events/{event.slug}/").context["origins"]
    assert [node["words"] for node in origin["below"]] == ["cited there, not read by us"] * 2
    assert reader.get("/timeline.json?origins=2").json()["entries"] == []


def test_relayed_sources_count_for_nothing_through_forms(editor, reader):
    relaying, first, second = make_source("A"), make_source("B"), make_source("C")
    event = make_event(cited=False)
    cited = ((first, relaying), (second, relaying), (relaying, None))
    add_citations(editor, event, *cited, account=relaying)
    publish(event, by=None)
    check_relays(reader, event)


def test_relayed_sources_count_for_nothing_through_a_fixture(tmp_path, reader):
    load(tmp_path, fixture_rows([], [("b", "a"), ("c", "a"), ("a", "")]))
    check_relays(reader, Entry.objects.get().revision)


def test_relayed_source_supports_nothing():
    relayed, relaying = make_source(published="2023-01-01"), make_source(published="2023-05-05")
    event = make_event(cited=False, according_to=(relaying,))
    Citation.objects.create(event=event, source=relayed, via=relaying, bearing="supports")
    with pytest.raises(ActionRefused, match="one that is cited in another source does not count"):
        publish(event, by=None)
    Citation.objects.create(event=event, source=relaying, bearing="supports")
    publish(event, by=None)
    assert Entry.objects.get().known_since.isoformat() == "2023-05-05"
    assert citing_entries(relayed) == []
    assert citing_entries(relaying) == [event]


# --- Counting ------------------------------------------------------------------------------------


def test_source_that_only_mentions_is_listed_and_does_not_count(reader):
    event = make_event()
    Citation.objects.create(event=event, source=make_source(), bearing="mentions")
    published(event)
    assert origins(reader, event) == {"read": 1, "origins": 1, "relayed": 0}
    assert "1 supporting source," in reader.get("/timeline/").text


def test_own_reporting_is_an_origin_and_families_of_publishers_are_one(reader):
    group = make_actor("Group")
    daily, weekly = make_actor("Daily", part_of=group), make_actor("Weekly", part_of=group)
    first = make_source(publisher=daily)
    event = make_event(source=first)
    for source in (
        make_source(publisher=weekly),
        make_source(derives_from=first, derivation="own_reporting", publisher=make_actor()),
    ):
        Citation.objects.create(event=event, source=source, bearing="supports")
    published(event)
    assert origins(reader, event) == {"read": 3, "origins": 2, "relayed": 0}


def test_origins_are_counted_again_when_a_relation_or_an_owner_is_published(reader):
    group = published(make_actor("Group"))
    daily, weekly = published(make_actor("Daily")), published(make_actor("Weekly"))
    first, second, root = (
        published(make_source(publisher=publisher)) for publisher in (daily, weekly, None)
    )
    event = make_event(source=first)
    Citation.objects.create(event=event, source=second, bearing="supports")
    published(event)
    assert origins(reader, event)["origins"] == 2
    for source in (first, second):
        relation = make_relation(source, root, "rewrite")
        publish(source, by=None)
    assert origins(reader, event)["origins"] == 1, "of an earlier source that is not cited"
    relation.delete()
    publish(second, by=None)
    assert origins(reader, event)["origins"] == 2
    for actor in (daily, weekly):
        actor.part_of = group
        actor.save()
        publish(actor, by=None)
    assert origins(reader, event)["origins"] == 1
    before = set(Facet.objects.values_list("name", "value"))
    rebuild_index()
    assert set(Facet.objects.values_list("name", "value")) == before


def test_origins_on_a_past_day_are_those_of_the_sources_known_then(reader):
    first, second = make_source(published="2023-12-15"), make_source(published="2023-12-20")
    event = make_event(source=first)
    Citation.objects.create(event=event, source=second, bearing="supports")
    published(event)
    (entry,) = reader.get("/timeline.json?known=2023-12-16").json()["entries"]
    assert entry["origins"] == {"read": 1, "origins": 1, "relayed": 0}


@pytest.mark.parametrize("value", ["0", "two", "-1", "1001"])
def test_unusable_number_of_origins_is_an_error(reader, value):
    answer = reader.get(f"/timeline.json?origins={value}")
    assert answer.status_code == 400 and "origins" in answer.json()["errors"]


def test_list_costs_the_same_with_longer_chains_of_entries(reader, queries):
    def add():
        root = make_source(publisher=make_actor())
        copy = make_source(derives_from=root, derivation="wire_copy")
        published(make_event(source=copy))
        published(make_statement(source=copy))

    add()
    add()  # entries of one date, whose order is looked up
    reader.get("/timeline/")
    with queries() as few:
        reader.get("/timeline/")
    for _ in range(5):
        add()
    with queries() as many:
        reader.get("/timeline/")
    assert len(many) == len(few)


def test_old_export_with_one_parent_is_imported():
    first = make_source("First")
    make_source("Second", derives_from=first, derivation="rewrite")
    lines = [json.loads(line) for line in backup.dump_lines()]
    rows = [line for line in lines[:-1] if line.get("table") != "desk.sourcerelation"]
    for row in rows[1:]:
        if row["table"] == "desk.source":
            is_second = row["fields"]["title"] == "Second"
            row["fields"] |= {"derives_from": first.pk if is_second else None, "derivation": ""}
            row["fields"]["derivation"] = "rewrite" if is_second else ""
    SourceRelation.objects.all().delete()
    Source.objects.all().delete()
    backup.load_lines(file_of(rows))
    relation = SourceRelation.objects.get()
    names = (relation.source.title, relation.parent.title, relation.derivation)
    assert names == ("Second", "First", "rewrite")


def file_of(rows):
    """The lines of an export with these rows, and its last line."""
    encoded = [backup._line(row) for row in rows]
    digest = hashlib.sha256(b"".join(encoded)).hexdigest()
    return [*encoded, backup._line({"rows": len(rows) - 1, "sha256": digest})]


# --- Merging -------------------------------------------------------------------------------------


def test_merged_source_has_the_parents_of_both():
    roots = [published(make_source(title)) for title in ("Root A", "Root B")]
    target, duplicate = (make_source(derives_from=root, derivation="rewrite") for root in roots)
    make_relation(duplicate, target, "quotes")
    published(target)
    published(duplicate)
    merge(duplicate, into=target, by=None, note="The same text.")
    document = Revision.objects.live().get(public_id=target.public_id).document
    parents = [parent["source"] for parent in document["parents"]]
    assert parents == [root.public_id for root in roots]
    assert document["derives_from"] == roots[0].public_id
    assert list(target.parents.values_list("parent__title", flat=True)) == ["Root A", "Root B"]
    publish(target, by=None)


def test_merge_that_would_close_a_circle_is_refused():
    first = make_source("First")
    middle = make_source("Middle", derives_from=first)
    last = make_source("Last", derives_from=middle)
    for thing, into in ((first, last), (last, first)):
        with pytest.raises(ActionRefused, match="through other records"):
            merge(thing, into=into, by=None, note="Why.")
