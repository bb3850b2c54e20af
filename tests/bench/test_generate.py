"""Generated rows are those that indexing makes of the same revisions, and hubs are hubs."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import jsonschema
import pytest
from django.db import connection, connections

from bench.bulk import postgres
from bench.generate import fill
from bench.generated.chunks import Record
from bench.generated.dates import exact_day, when_of
from bench.generated.rows import empty_rows
from bench.generated.words import joined, text_of
from kb.dates import FuzzyDate
from kb.record.documents import digest, documents_json_schema
from kb.record.models import AddressIndex, ClaimInput, Entry, Facet, Revision
from kb.record.rebuild import rebuild_index
from kb.record.search import entries_matching
from kb.record.wall import PUBLIC
from tests.lists import LIST_MODELS, list_rows

WORDS = ["committee", "exact words", "entry number 1*", "字节", "监管部门", '"no customer data"']


def index_rows() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the read index, without their keys, and what a search finds."""
    columns = [field.attname for field in Entry._meta.fields if field.attname != "id"]
    return {
        "entries": sorted(Entry.objects.values_list(*columns), key=str),
        "facets": sorted(Facet.objects.values_list("entry__public_id", "name", "value")),
        "addresses": sorted(
            AddressIndex.objects.values_list("public_id", "kind", "slug", "reversed_slug")
        ),
        "inputs": sorted(ClaimInput.objects.values_list("claim", "record")),
        "lists": [*list_rows()],
        "search": [
            (word, *sorted(hit.public_id for hit in entries_matching(Entry.objects.all(), word)))
            for word in WORDS
        ],
    }


def check_search_table() -> None:
    """SQLite compares its index of words with the texts; it raises DatabaseError if they differ."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO record_search(record_search, rank) VALUES ('integrity-check', 1)"
            )


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("hostile", [False, True])
def test_generated_index_is_the_one_that_is_made_from_the_revisions(hostile):
    fill(400, seed=3, hostile=hostile)
    generated = index_rows()
    check_search_table()
    assert rebuild_index() == 400
    rebuilt = index_rows()
    for name, rows in generated.items():
        assert rows == rebuilt[name], name
    assert [len(hits) > 1 for hits in generated["search"]] == [True] * len(WORDS)
    # What is compared has everything that entries can have.
    names = {name for _, name, _ in generated["facets"]}
    assert {"after", "ancestor", "contested", "place", "reply_to", "answer", "asked_by"} <= names


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_bulk_rows_and_indexes_are_those_of_a_plain_fill():
    def parts() -> list[str]:
        with connection.cursor() as cursor:
            constraints = {
                table: connection.introspection.get_constraints(cursor, table)
                for table in ("record_entry", "record_facet", "record_revision")
            }
        return sorted(
            f"{table} {name} {part}"
            for table, of in constraints.items()
            for name, part in of.items()
        )

    before = parts()
    with connections[PUBLIC].cursor() as cursor:  # has the file open from now on
        cursor.execute("SELECT count(*) FROM record_entry")
    fill(150, bulk=True, processes=0)
    assert parts() == before
    check_search_table()
    bulk = index_rows()
    revisions = list(Revision.objects.order_by("pk").values_list())
    rebuild_index()
    assert index_rows() == bulk
    Facet.objects.all().delete()
    Entry.objects.all().delete()
    for model in (AddressIndex, ClaimInput, *LIST_MODELS):
        model.objects.all().delete()
    Revision.objects.all()._raw_delete("default")
    fill(150, bulk=False)
    assert list(Revision.objects.order_by("pk").values_list()) == revisions
    assert index_rows() == bulk


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("hostile", [False, True])
def test_documents_are_valid_and_have_their_digests(hostile):
    fill(200, hostile=hostile)
    validator = jsonschema.Draft202012Validator(documents_json_schema())
    revisions = Revision.objects.all()
    assert {revision.kind for revision in revisions} == {
        "actor", "source", "incident", "topic", "event", "statement", "request", "proposition",
    }  # fmt: skip
    for revision in revisions:
        validator.validate(revision.document)
        assert digest(revision.document) == revision.sha256
        if "date" in revision.document:
            when = FuzzyDate.from_json(revision.document["date"])
            assert when.to_json() == revision.document["date"]


@pytest.mark.django_db
def test_corrected_entries_have_two_revisions():
    fill(60)
    corrections = Revision.objects.filter(change="correction")
    slugs = sorted(correction.slug for correction in corrections)
    assert slugs == ["made-entry-27", "made-entry-47", "made-entry-7"]
    for correction in corrections:
        first = Revision.objects.get(public_id=correction.public_id, number=1)
        assert first.superseded_at == correction.published_at
        assert first.pk == correction.pk - 1
        assert first.title != correction.title
    assert Entry.objects.count() == 60


def test_values_of_copy_are_escaped():
    rows = empty_rows()
    rows.facets.extend([(1, "a\\b", "c\td"), (22, "two\r\nlines", "\\N")])
    rows.addresses.append(("e1", "event", "slug", "guls"))
    texts = postgres.prepare(rows)
    assert texts["record_facet"] == b"1\ta\\\\b\tc\\td\n22\ttwo\\r\\nlines\t\\\\N\n"
    assert texts["record_addressindex"] == b"e1\tevent\tslug\tguls\n"
    assert texts["record_entry"] == b""


@pytest.mark.parametrize("separator", ["\x1d", "\x1e", "\x1f"])
def test_separators_of_copy_are_refused_in_values(separator):
    rows = empty_rows()
    rows.facets.append((1, "place", f"a{separator}b"))
    with pytest.raises(ValueError, match="separates"):
        postgres.prepare(rows)


def test_same_seed_gives_the_same_rows():
    rows = Record(90, seed=5).chunk(0)
    assert rows == Record(90, seed=5).chunk(0)
    assert rows != Record(90, seed=6).chunk(0)


def test_a_few_actors_are_in_most_entries():
    record = Record(2_000)
    facets = record.chunk(0).facets
    entries = Counter(value for _, name, value in facets if name == "actor")
    (hub, most), *_ = entries.most_common(1)
    assert hub == record.names.actors[0].id
    assert most > 500
    assert sorted(entries.values())[len(entries) // 2] < most / 8


def test_dates_are_of_all_widths_and_many_in_dense_years():
    entries = Record(2_000).chunk(0).entries
    earliest, latest = [row[4] for row in entries], [row[5] for row in entries]
    assert sum(day is not None and day >= "2015" for day in earliest) > 1_000
    assert any(day is not None and day < "1700" for day in earliest)
    assert earliest.count(None) > 20
    assert latest.count(None) > 20
    bounds = zip(earliest, latest, strict=True)
    assert any(first and last and last[:4] > first[:4] for first, last in bounds)


def test_days_are_as_if_they_were_read():
    for day in (date(1500, 1, 2), date(1723, 5, 4), date(2023, 4, 5), date(2024, 2, 29)):
        assert exact_day(day.toordinal()) == when_of(day.isoformat())


def test_joined_texts_have_the_search_text_of_the_whole():
    for first, second in [("One, two.", "Three"), ("公司。", "法院"), ("A", "·b")]:
        assert joined(text_of(first), text_of(second)) == text_of(f"{first} {second}")


def test_an_empty_record_is_refused():
    with pytest.raises(ValueError, match="at least one entry"):
        Record(0)


@pytest.mark.django_db
def test_a_record_that_is_not_empty_is_refused():
    fill(3)
    with pytest.raises(SystemExit, match="not empty"):
        fill(3)
