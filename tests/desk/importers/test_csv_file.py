"""Reading CSV: which columns become what, and which files are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.dates import FuzzyDate
from kb.desk.importers.csv_columns import IMPORT_COLUMNS, columns_table, csv_template
from kb.desk.importers.dry_run import ADD
from kb.desk.importers.load import load_rows
from kb.desk.importers.rows import FileRefused
from kb.desk.models import Actor, Event, Incident, Source, Statement
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.publishing import publish_all
from kb.formats.csv import guard_cell
from tests.desk.importers.files import (
    EVENT,
    STATEMENT,
    actions,
    loaded,
    planned,
    read_csv,
    read_timelinejs,
    table,
)
from tests.make import make_actor
from tests.story import load_story

pytestmark = pytest.mark.django_db


def test_event_and_statement_are_built_from_rows():
    make_actor("OpenAI", slug="openai")
    loaded(table(EVENT, STATEMENT))
    event, statement = Event.objects.get(), Statement.objects.get()
    assert (event.happened.edtf, event.happened.phrase) == (
        "2023-05~/2023-08~",
        "in the middle of this year",
    )
    assert {(part.actor.name, part.role) for part in event.participations.all()} == {
        ("ByteDance", "acted"),
        ("OpenAI", "affected"),
    }
    assert (statement.speaker.name, statement.on_behalf_of.name) == ("Ann Bee", "ByteDance")
    assert [actor.name for actor in statement.addressees.all()] == ["The Paper"]
    assert event.citations.get().source == statement.citations.get().source == Source.objects.get()
    assert Source.objects.get().url == "https://example.org/a"
    assert (
        list(event.incidents.all()) == list(statement.incidents.all()) == [Incident.objects.get()]
    )
    assert Actor.objects.filter(name__in=["ByteDance", "OpenAI"]).count() == 2
    assert {event.state, statement.state} == {WorkflowState.DRAFT}
    publish_all([event, statement], by=None)


def test_published_csv_is_imported_unchanged(reader):
    load_story()
    exported = b"".join(reader.get("/timeline.csv").streaming_content)
    outcomes = planned(exported, origin="elsewhere")
    assert [str(outcome) for outcome in outcomes if outcome.action != ADD] == []
    before = {event.title: event for event in Event.objects.all()}
    load_rows(outcomes, origin="elsewhere", name="export", sha256="0" * 64)
    for title, event in before.items():
        copy = Event.objects.exclude(pk=event.pk).get(title=title)
        assert copy.happened.edtf == event.happened.edtf
        assert copy.happened.phrase == event.happened.phrase
        assert copy.standing == event.standing
        sources = {citation.source_id for citation in event.citations.all()}
        assert {citation.source_id for citation in copy.citations.all()} == sources


def test_years_in_the_date_column_are_refused_and_a_season_in_edtf_is_read():
    (refused,) = planned(b"title,date\nAn event,2020-21\n")
    assert "spring 2020" in str(refused) and "2020/2021" in str(refused)
    loaded(b"title,edtf,as_written\nAn event,2020-21,in spring\n")
    assert Event.objects.get().happened == FuzzyDate("2020-21", "in spring")


def test_usual_column_names_are_read():
    (row,) = read_csv(b"Incident ID;Headline;When;Description\n7;It happened;2023;So\n")
    assert (row.external_id, row.title, row.date, row.summary) == ("7", "It happened", "2023", "So")


def test_documentation_lists_all_columns():
    assert columns_table() in Path("docs/importing.md").read_text(encoding="utf-8")


def test_template_has_all_columns_and_loads():
    head = csv_template().decode("utf-8-sig").splitlines()[0]
    assert head.split(",") == list(IMPORT_COLUMNS)
    assert actions(csv_template()) == [ADD, ADD, ADD]
    loaded(csv_template())
    publish_all([Event.objects.get(), Statement.objects.get()], by=None)


guarded = st.text(alphabet="=+-@'ab,;\"\n ", min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(guarded)
def test_guarded_cells_are_read_unchanged(text):
    (row,) = read_csv(table({"id": "1", "title": "T", "summary": guard_cell(text)}))
    assert row.summary == text


@pytest.mark.parametrize("read", [read_csv, read_timelinejs])
@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 100, b"PK\x03\x04rest", b"\xff\xfe\x00\xd8", b"title\n", b"a,b\n1,2\n",
     "title\ncafé".encode("cp1252"), b'title\n"open', b"{}", b"[1]", b'{"events": 7}',
     b"[" * 99_999, b'{"events": [{"a": NaN}]}', b'{"events": [1]}',
     b'{"a": 1, "a": 2}', b'{"events": ['],
)  # fmt: skip
def test_invalid_file_is_refused_with_message(read, content):
    with pytest.raises(FileRefused, match=r"[A-Z].*\.$"):
        read(content)


def test_utf_16_is_read_and_windows_1252_is_refused():
    (row,) = read_csv("title\ncafé\n".encode("utf-16"))
    assert row.title == "café"
    with pytest.raises(FileRefused, match="Line 3 may be: “café” with --encoding cp1252"):
        read_csv("title\na\ncafé".encode("cp1252"))
