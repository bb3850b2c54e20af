"""The record of a time equals what was dumped at that time, after any later history."""

import json
from contextlib import contextmanager
from datetime import UTC

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kb.record.entry_source import EntrySource
from kb.record.export import all_rows
from kb.record.facets import SHOWN_VALUES
from kb.record.history import latest_changes
from kb.record.models import Entry, Epoch, ListedClaim, ListedRecord, ListTotal, Revision
from kb.record.past import files
from kb.record.past.times import read_publication_time
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from kb.record.search import entries_matching
from kb.record.wall import reading_publicly
from tests.record.reading.histories import History

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STEPS = (
    "publish_next", "publish_several", "correct", "withdraw", "undo", "rename", "merge", "claim",
    "link",
)  # fmt: skip
LISTED = ("public_id", "kind", "own_kind", "owner", "initial", "newest", "entries")


def dump():
    """What readers can ask of the record, as one value."""
    query = TimelineQuery()
    source: EntrySource = entry_source()
    listed = ListedRecord.objects.order_by("kind", "name_key")
    changes = latest_changes()
    return {
        "entries": [json.dumps(row, sort_keys=True, default=str) for row in all_rows(query)],
        "newest first": list(
            query.with_(order="newest").entries().values_list("public_id", flat=True)
        ),
        "changed first": list(
            query.with_(order="changed").entries().values_list("public_id", "revision_id")
        ),
        "counts": source.value_counts(query, SHOWN_VALUES),
        "years": dict(source.column_counts(query, "year", None)),
        "search": sorted(
            entries_matching(Entry.objects.order_by(), "corrected").values_list(
                "public_id", flat=True
            )
        ),
        "lists": list(listed.values_list(*LISTED, "revision__title")),
        "totals": sorted(
            ListTotal.objects.exclude(records=0).values_list(
                "kind", "own_kind", "initial", "records"
            )
        ),
        "claims": sorted(ListedClaim.objects.values_list("claim", "incident", "contested")),
        "changes": list(changes.values_list("public_id", "number", "note")[:50]),
        "versions": sorted(versions_of_all()),
    }


def versions_of_all():
    return Revision.objects.current().values_list("public_id", "kind", "slug", "number", "change")


class DumpedHistory(History):
    """A history that dumps the record after each of its publications."""

    def __init__(self, seed, entries):
        self.dumps = []
        super().__init__(seed, entries)

    def publish(self, *documents, change="correction"):
        super().publish(*documents, change=change)
        self.dump()

    def _bury(self, public_id, change, **options):
        # As at the desk, claims that are published do not name what is withdrawn.
        for claim in Revision.objects.live().filter(kind="proposition"):
            events = claim.document["events"]
            if public_id in events:
                others = [event for event in events if event != public_id]
                self.publish({**claim.document, "events": others})
        super()._bury(public_id, change, **options)
        self.dump()

    def publish_several(self):
        """As an import does: several entries in one publication."""
        documents = [self.waiting.pop() for _ in range(min(3, len(self.waiting)))]
        self.live |= {document["id"]: document for document in documents}
        if documents:
            self.publish(*documents)

    def dump(self):
        last = Revision.objects.order_by("-published_at", "-pk").first()
        if not self.dumps or self.dumps[-1][0] != last.published_at:
            with reading_publicly():
                self.dumps.append((last.published_at, dump()))


@contextmanager
def served(moment):
    when = read_publication_time(moment.astimezone(UTC).isoformat().replace("+00:00", "Z"))
    assert when.moment == moment
    with reading_publicly():
        past = files.open_past_record(when, "test")
        try:
            with past.serving():
                yield
        finally:
            past.close()


def assert_replayed(history):
    for number, (moment, expected) in enumerate(history.dumps):
        with served(moment):
            actual = dump()
        for part, answer in expected.items():
            assert actual[part] == answer, f"{part} of publication {number}"


@pytest.fixture(autouse=True)
def _folder(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    settings.PAST_RECORDS_MB = 1
    monkeypatch.setattr(files, "WAIT_SECONDS", 600)


@given(seed=st.integers(0, 10**6), steps=st.lists(st.sampled_from(STEPS), min_size=8, max_size=14))
@hypothesis_settings(max_examples=2)
def test_each_publication_can_be_replayed(seed, steps):
    with transaction.atomic():
        history = DumpedHistory(seed, 12)
        for step in steps:
            getattr(history, step)()
        assert_replayed(history)
        transaction.set_rollback(True)


def test_a_long_history_can_be_replayed(request):
    publications = request.config.getoption("--replay")
    if not publications:
        pytest.skip("takes minutes; run it with --replay 300")
    history = DumpedHistory(publications, max(12, publications // 6))
    while len(history.dumps) < publications:
        getattr(history, history.random.choice(STEPS))()
    assert Epoch.objects.get().number >= publications
    assert_replayed(history)
