"""Large files: built before anything is stored, in memory that does not grow with rows."""

from __future__ import annotations

import dataclasses
import gc
import itertools
import tracemalloc

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.desk.importers import prepared_import, row_spool
from kb.desk.importers.build import RowBuilder
from kb.desk.importers.bulk_write import _columns, _values
from kb.desk.importers.dry_run import batched, plan_import
from kb.desk.importers.load import Loading
from kb.desk.importers.name_changes import NamesOnDesk
from kb.desk.importers.named_rows import NAME_FIELDS, named_row, record_of
from kb.desk.importers.row_spool import Spool
from kb.desk.importers.rows import ImportRow
from kb.desk.importers.undo import undo_import
from kb.desk.models import (
    Actor,
    ActorName,
    AuditEntry,
    Event,
    ImportBatch,
    ImportedRow,
    Source,
    Statement,
)
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.importers.files import EVENT, STATEMENT, loaded, planned, read_csv, table
from tests.make import make_actor, make_source

NAMES = st.sampled_from(["Ann", "ann", "Foo Works", "福建", "Ünal"])
LINES = st.lists(
    st.builds(
        lambda kind, name, other, source, url: {
            **(EVENT if kind else STATEMENT),
            "actors": f"{name}; {other} (affected)" if kind else "",
            "speaker": "" if kind else name,
            "to": "" if kind else other,
            "account_records": f"Source {source}" if kind else "",
            "sources": f"Source {source}",
            "source_urls": f"https://example.org/{source}" if url else "",
            "incidents": f"Case {source}",
        },
        st.booleans(),
        NAMES,
        NAMES,
        st.integers(0, 2),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


def numbered(lines):
    return [{**line, "id": f"r{number}"} for number, line in enumerate(lines)]


def many(rows):
    return numbered([{**EVENT, "title": f"Event {n}", "sources": f"Source {n}",
                      "account_records": f"Source {n}", "source_urls": f"https://example.org/{n}"}
                     for n in range(rows)])  # fmt: skip


def prepared(content):
    loading = Loading(origin="here", name="a file", sha256="0" * 64)
    loading.prepare(planned(content))
    return loading


def names(related):
    return sorted(map(str, related.all()))


def contents(log_rows):
    """What is on the desk, by names, and what its log says after so many rows, without keys."""
    events = [
        (row.title, str(row.happened), row.slug.removesuffix(row.public_id),
         [(str(part.actor), part.role) for part in row.participations.order_by("pk")],
         [(str(cited.source), cited.exact) for cited in row.citations.order_by("pk")],
         names(row.incidents), [str(account.source) for account in row.according_to.all()])
        for row in Event.objects.order_by("pk")
    ]  # fmt: skip
    statements = [
        (row.headline, str(row.speaker), names(row.addressees), names(row.incidents),
         [(str(cited.source), cited.quoted) for cited in row.citations.order_by("pk")])
        for row in Statement.objects.order_by("pk")
    ]  # fmt: skip
    sources = sorted((row.title, row.url) for row in Source.objects.all())
    logged = sorted(
        (entry.kind, entry.done, entry.version, sorted(entry.state))
        for entry in AuditEntry.objects.order_by("pk")[log_rows:]
    )
    rows = sorted(ImportedRow.objects.values_list("external_id", "kind", "version", "digest"))
    return events, statements, sources, names(Actor.objects), logged, rows


@pytest.mark.django_db
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=LINES)
def test_rows_are_the_same_one_by_one_and_together(lines, monkeypatch):
    content = table(*numbered(lines))
    stored = []
    for size in (500, 1):
        monkeypatch.setattr(
            prepared_import, "batched", lambda items, size=size: batched(items, size)
        )
        before = AuditEntry.objects.count()
        batch = loaded(content)
        stored.append(contents(before))
        undo_import(batch)
    assert stored[0] == stored[1]


@pytest.mark.django_db
def test_nothing_is_built_while_other_editors_wait(monkeypatch):
    loading = prepared(table(*many(4), STATEMENT))

    def refuse(*_args):
        raise AssertionError("built in the transaction")

    monkeypatch.setattr(RowBuilder, "build", refuse)
    loading.store(again=refuse)
    assert (Event.objects.count(), Statement.objects.count()) == (4, 1)


@pytest.mark.django_db
def test_statements_while_other_editors_wait_do_not_grow_with_rows(queries):
    few = prepared(table(*many(5)))
    with queries() as statements:
        few.store()
    more = prepared(table(*[{**line, "id": f"x{line['id']}"} for line in many(80)]))
    with queries() as others:
        more.store()
    assert len(others) <= len(statements)


@pytest.mark.django_db
def test_name_that_an_editor_adds_meanwhile_is_used():
    content = table(EVENT, STATEMENT)
    loading = prepared(content)
    actor = make_actor("bytedance")
    loading.store(again=lambda: planned(content))
    assert Actor.objects.filter(name__iexact="ByteDance").get() == actor
    assert Event.objects.get().participations.filter(actor=actor).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "add",
    [
        lambda: make_actor("ByteDance"),
        lambda: ActorName.objects.create(actor=make_actor("Mine"), name="OpenAI"),
        lambda: make_source("Elsewhere", url="https://example.org/a"),
    ],
    ids=["actor", "other name", "address"],
)
def test_rows_that_can_be_read_only_once_are_refused_where_names_collide(add):
    loading = prepared(table(EVENT))
    add()
    with pytest.raises(ActionRefused, match="at the same time"):
        loading.store()
    assert not Event.objects.exists()
    assert not ImportBatch.objects.exists()


@pytest.mark.django_db
def test_name_that_the_file_does_not_use_stops_nothing():
    loading = prepared(table(EVENT))
    make_actor("Somebody else")
    loading.store()
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_key_below_the_last_one_counts_as_collision():
    make_actor("First")
    reserved = make_actor("Second")
    make_actor("Third")
    key, _deleted = reserved.pk, reserved.delete()
    known = NamesOnDesk()
    Actor.objects.create(pk=key, name="Whoever", slug="whoever", actor_kind="person")
    assert known.collide(set())


@pytest.mark.django_db
@pytest.mark.slow
def test_memory_does_not_grow_with_rows(monkeypatch):
    monkeypatch.setattr(row_spool, "MAX_IN_MEMORY", 1)
    left = []
    for rows in (500, 1500):
        loading = Loading(origin="here", name="", sha256="")
        lines = read_csv(table(*many(rows)))
        tracemalloc.start()
        loading.prepare(plan_import(lines, origin="here"))
        gc.collect()  # rows and their related rows refer to each other
        left.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    # Of each row its id and the names and slugs of what it adds, but no outcome and no record.
    assert left[1] - left[0] < 2_000 * 1_000


def test_spool_gives_its_items_again_and_again(monkeypatch):
    monkeypatch.setattr(row_spool, "MAX_IN_MEMORY", 100)
    spool = Spool()
    items = [{"text": "x" * number} for number in range(50)]
    for item in items:
        spool.add(item)
    assert len(spool) == 50
    assert [list(spool), list(spool)] == [items, items]


@pytest.mark.django_db
def test_remembered_record_has_key_id_and_name():
    for record in (make_actor("Ann"), make_source("A story")):
        again = record_of(type(record), named_row(record))
        assert (again, again.public_id, str(again)) == (record, record.public_id, str(record))
        assert type(record) in NAME_FIELDS


@given(st.dictionaries(st.sampled_from(["title", "text", "place", "line"]), st.text(max_size=3)))
def test_changed_row_is_that_of_dataclasses(values):
    row = ImportRow(line=3, external_id="a", title="A", topics=("x",))
    assert row.changed(**values) == dataclasses.replace(row, **values)
    assert row == ImportRow(line=3, external_id="a", title="A", topics=("x",))


def test_changed_row_has_no_unknown_fields():
    with pytest.raises(TypeError, match="headline"):
        ImportRow(line=1, external_id="a").changed(headline="A")


def test_chunks_have_every_item_once():
    assert list(itertools.chain(*batched(range(7), 3))) == list(range(7))


@pytest.mark.django_db
@given(st.sampled_from(["", "2023", "2023-05-01", "2023~", "2023-01/2023-06", "../2023"]))
def test_columns_have_what_saving_would_store(edtf):
    event = Event(title="It happened", happened=edtf, slug="a")
    columns = [column for column in _columns(Event) if not column.name.endswith("_at")]
    expected = [
        column.field.get_db_prep_save(column.field.pre_save(event, True), connection=connection)
        for column in columns
    ]
    assert list(_values(event, columns, True)) == expected
    assert {column.of for column in columns if column.convert} == {"happened"}
