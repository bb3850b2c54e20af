"""The rows of an export: the same whatever is in a batch, with few queries."""

from __future__ import annotations

import pytest

from bench.generate import fill
from kb.record import export
from kb.record.export import all_rows, api_rows
from kb.record.models import Entry
from kb.record.query import TimelineQuery
from kb.record.rows import rows_for_entries
from tests.make import make_actor, make_event, make_source, published

pytestmark = pytest.mark.django_db
# Depends on the neighbours in the list.
NEIGHBOURS = {"order_not_stated_from": None}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("order", "known_names"), [("oldest", 0), ("newest", 60), ("changed", 2_000)]
)
def test_row_in_a_batch_is_that_of_the_entry_alone(monkeypatch, order, known_names):
    monkeypatch.setattr(export, "BATCH_SIZES", (7, 30))
    monkeypatch.setattr(export, "MAX_KNOWN_NAMES", known_names)
    fill(120, seed=3, hostile=True)
    rows = list(all_rows(TimelineQuery(order=order)))
    assert len(rows) == 120
    entries = {entry.public_id: entry for entry in Entry.objects.select_related("revision")}
    for row in rows:
        (alone,) = api_rows(rows_for_entries([entries[row["id"]]], TimelineQuery()))
        assert {**row, **NEIGHBOURS} == {**alone, **NEIGHBOURS}


@pytest.mark.slow
def test_link_to_an_event_has_its_own_headline_in_every_batch(monkeypatch):
    monkeypatch.setattr(export, "BATCH_SIZES", (10,))
    fill(400, seed=3)
    rows = list(all_rows(TimelineQuery()))
    headlines = {row["id"]: row["headline"] for row in rows}
    links = [link for row in rows for link in row.get("about", ())]
    links += [link["entry"] for row in rows for link in row["links"]]
    assert {link["id"]: link["headline"] for link in links}.items() <= headlines.items()
    assert any("as reported by" in link["headline"] for link in links)


def test_later_batches_read_only_names_that_are_new(monkeypatch, queries):
    monkeypatch.setattr(export, "BATCH_SIZES", (2,))
    source = make_source("Same source", publisher=make_actor("Same outlet"))
    for day in range(1, 7):
        published(make_event(f"Event {day}", happened=f"2023-12-0{day}", source=source))
    with queries() as ran:
        assert len(list(all_rows(TimelineQuery()))) == 6
    documents = [sql for sql in ran if '"superseded_at" IS NULL' in str(sql)]
    assert len(documents) == 2, documents
