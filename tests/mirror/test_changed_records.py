"""An answer is left as it is only if nothing that was published since then can have changed it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.desk.verbs.publishing import publish
from kb.mirror import changed_records
from kb.mirror import export as export_module
from kb.mirror.addresses import is_about_one_record
from kb.mirror.changed_records import Concerned, concerned_records, state_as_text
from kb.mirror.export import ExportOptions, ExportReport, export_site
from kb.mirror.folder import MirrorFolder
from kb.mirror.manifest import MANIFEST, SIGNATURE
from kb.mirror.read_records import ReadRecords
from kb.mirror.work_list import WorkList
from kb.record.addresses import PLURALS
from kb.record.models import Facet, LogHead, PendingDependants, Revision
from kb.record.publication_version import current_version
from kb.record.vocabulary import RecordKind
from kb.site.http import representations
from tests.make import make_event, make_source, make_statement, published
from tests.record.reading.histories import History

pytestmark = [pytest.mark.django_db, pytest.mark.wall, pytest.mark.one_database]


@pytest.fixture
def pages_of_records(monkeypatch, settings) -> None:
    """Let a mirror have the pages and files of single records and of their versions only."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.LANGUAGES = [("en", "English")]
    add_addresses = WorkList.add_addresses

    def add_pages_of_records(
        work_list: WorkList, addresses: Iterable[str], source: str = ""
    ) -> None:
        add_addresses(work_list, filter(is_about_one_record, addresses), source)

    def starts(export: object) -> list[str]:
        live = Revision.objects.live().values_list("kind", "slug")
        paths = [f"/{PLURALS[kind]}/{slug}/" for kind, slug in live if kind in PLURALS]
        return [*paths, *(f"{path}history/" for path in paths)]

    # A file that stays states the version that it was made from.
    version = SimpleNamespace(current_version=lambda: (1, datetime(2024, 1, 1, tzinfo=UTC)))
    monkeypatch.setattr(representations, "publication_version", version)
    monkeypatch.setattr(representations, "short_checkpoint", lambda number, changed_at: "")
    monkeypatch.setattr(WorkList, "add_addresses", add_pages_of_records)
    monkeypatch.setattr(export_module._Export, "_starts", starts)
    monkeypatch.setattr(export_module._Export, "_add_own_pages", lambda export: None)
    monkeypatch.setattr(export_module._Export, "_add_search_index", lambda export: None)


def run(folder: Path) -> ExportReport:
    return export_site(MirrorFolder(folder), ExportOptions(allow_shrinking=True))


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (MANIFEST, SIGNATURE)
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_further_runs_make_what_a_first_one_would(seed, pages_of_records, tmp_path):
    history = History(seed, entries=10)
    run(tmp_path / "mirror")
    kept = 0
    for number in range(4):
        for _ in range(history.random.randint(1, 2)):
            history.step()
        kept += run(tmp_path / "mirror").unchanged
        run(tmp_path / f"first-{number}")
        assert content(tmp_path / "mirror") == content(tmp_path / f"first-{number}")
    assert kept


def test_page_stays_if_nothing_that_it_shows_has_changed(pages_of_records, tmp_path):
    event = published(make_event("It began", slug="began", happened="2020"))
    published(make_statement("We did it.", slug="words", about=(event,)))
    for number in range(4):
        published(
            make_event(f"Then {number}", slug=f"then-{number}", happened=f"2021-0{number + 1}")
        )
    first = run(tmp_path / "mirror")
    state = state_as_text()
    published(make_event("It went on", slug="went-on", happened="2024"))
    concerned = concerned_records(state, state_as_text())
    assert concerned is not None
    assert event.public_id not in concerned.named
    report = run(tmp_path / "mirror")
    assert 0 < report.unchanged < first.addresses
    again = run(tmp_path / "mirror")
    assert (again.written, again.unchanged) == (0, again.addresses)


def test_entries_beside_a_changed_one_are_concerned():
    days = ("2023-05-01", "2023-05-02", "2023-05-03", "2023-05-04")
    events = [published(make_event(f"On {day}", happened=day)) for day in days]
    state = state_as_text()
    events[1].title = "It was so"
    events[1].save()
    publish(events[1], by=None, change="correction", note="It was said wrong.")
    concerned = concerned_records(state, state_as_text())
    assert concerned is not None
    assert {event.public_id for event in events[:3]} <= concerned.named
    assert events[3].public_id not in concerned.named


def test_sources_that_a_changed_one_derives_from_are_concerned():
    published(make_event("It began"))
    first = published(make_source(slug="first"))
    second = published(make_source(slug="second", derives_from=first))
    third = make_source(slug="third", derives_from=second)
    state = state_as_text()
    published(third)
    concerned = concerned_records(state, state_as_text())
    assert concerned is not None
    assert {first.public_id, second.public_id, third.public_id} <= concerned.named


def test_whatever_cannot_be_told_concerns_all(monkeypatch):
    assert state_as_text() == ""
    statement = published(make_statement("We did it.", slug="words"))
    state = state_as_text()
    assert concerned_records("", state) is None
    assert concerned_records(state, "") is None
    assert concerned_records(state, state) == Concerned(frozenset(), frozenset())
    request = ask_for_suppression(statement, by=None, part="words", reason="court_order")
    confirm_suppression(request, by=None)
    assert concerned_records(state, state_as_text()) is None
    state = state_as_text()
    published(make_event("It began"))
    with monkeypatch.context() as patch:
        patch.setattr(changed_records, "MAX_CHANGED", 0)
        assert concerned_records(state, state_as_text()) is None
    PendingDependants.objects.create(name="actor", value="k3v9x2mq")
    assert state_as_text() == ""


def test_read_records_are_those_of_rows_and_documents():
    source = published(make_source(slug="paper"))
    event = published(make_event("It began", slug="began", source=source))
    records = ReadRecords()
    with records.noting():
        assert records.ids() is None
        current_version()
        list(Revision.objects.live().filter(kind=RecordKind.EVENT, public_id=event.public_id))
        ids = records.ids()
        assert ids
        assert {event.public_id, source.public_id} <= ids.read
        assert not ids.asked
    assert "create_cursor" not in vars(connection)


def test_ids_that_are_asked_for_are_noted():
    published(make_event("It began"))
    records = ReadRecords()
    with records.noting():
        current_version()
        list(Facet.objects.filter(name="source", value="zzzzzzzz").values_list("pk"))
        ids = records.ids()
        assert ids
        assert "zzzzzzzz" in ids.asked & ids.read
        inner = Facet.objects.filter(name="actor").values("value")
        list(Facet.objects.filter(value__in=inner))
        assert records.ids() is None


def test_answer_that_may_depend_on_something_else_has_no_ids():
    published(make_event("It began"))
    records = ReadRecords()
    with records.noting():
        current_version()
        current_version()
        assert records.ids() is None
        assert records.ids(may_state_version=True)
        records.begin()
        current_version()
        LogHead.objects.first()
        assert records.ids() is None
