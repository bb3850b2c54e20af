"""Files become drafts: what would happen is said first, then all of it happens or none."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.desk.importers.csv_file import IMPORT_COLUMNS, columns_table, csv_template
from kb.desk.importers.dry_run import (
    ADD,
    CHANGE,
    REFUSE,
    SAME,
    count_by_action,
    counts_summary,
    plan_import,
)
from kb.desk.importers.load import load_rows
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import IN_THE_ADMIN, FileRefused
from kb.desk.importers.undo import undo_import
from kb.desk.models import (
    Actor,
    Comment,
    Event,
    ImportBatch,
    ImportedRow,
    Incident,
    Source,
    Statement,
)
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish_all
from kb.formats.csv import guard_cell as guarded_cell
from tests.make import make_actor, make_event
from tests.story import load_story

pytestmark = pytest.mark.django_db

EVENT = {
    "id": "e1", "kind": "event", "title": "It happened", "date": "mid-2023",
    "as_written": "in the middle of this year", "standing": "reported", "summary": "So it was.",
    "actors": "ByteDance (acted); OpenAI (affected)", "sources": "A story",
    "source_urls": "https://example.org/a?utm_source=x", "incidents": "A case", "topics": "Terms",
}  # fmt: skip
SAID = {
    "id": "s1", "kind": "statement", "title": "Ann Bee on it", "date": "15 December 2023",
    "text": "We did it.", "form": "verbatim", "speaker": "Ann Bee", "role": "spokesperson",
    "on_behalf_of": "ByteDance", "to": "The Paper", "sources": "A story",
    "source_urls": "https://example.org/a", "incidents": "A case",
}  # fmt: skip


def table(*lines, delimiter=","):
    names = list(dict.fromkeys(name for line in lines for name in line))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def read_csv(content, columns=None):
    return list(read_rows(io.BytesIO(content), "csv", IN_THE_ADMIN, columns))


def read_timelinejs(content):
    return list(read_rows(io.BytesIO(content), "timelinejs", IN_THE_ADMIN))


def planned(content, read=read_csv, origin="here"):
    return list(plan_import(read(content), origin=origin))


def loaded(content, read=read_csv, origin="here"):
    return load_rows(planned(content, read, origin), origin=origin, name="a file", sha256="0" * 64)


def actions(content, read=read_csv, origin="here"):
    return [one.action for one in planned(content, read, origin)]


def timeline(*slides, **whole):
    return json.dumps({"events": list(slides), **whole}).encode()


def slide(year="2023", headline="It happened", text="", **more):
    return {"start_date": {"year": year}, "text": {"headline": headline, "text": text}, **more}


# --- What a row becomes ----------------------------------------------------------------------


def test_an_event_and_a_statement_of_one_source():
    make_actor("OpenAI", slug="openai")
    loaded(table(EVENT, SAID))
    event, said = Event.objects.get(), Statement.objects.get()
    assert (event.happened.edtf, event.happened.phrase) == (
        "2023-05~/2023-08~",
        "in the middle of this year",
    )
    assert {(one.actor.name, one.role) for one in event.participations.all()} == {
        ("ByteDance", "acted"),
        ("OpenAI", "affected"),
    }
    assert (said.speaker.name, said.on_behalf_of.name) == ("Ann Bee", "ByteDance")
    assert [one.name for one in said.addressees.all()] == ["The Paper"]
    assert event.citations.get().source == said.citations.get().source == Source.objects.get()
    assert Source.objects.get().url == "https://example.org/a"
    assert list(event.incidents.all()) == list(said.incidents.all()) == [Incident.objects.get()]
    assert Actor.objects.filter(name__in=["ByteDance", "OpenAI"]).count() == 2
    assert {event.state, said.state} == {WorkflowState.DRAFT}
    publish_all([event, said], by=None)


def test_our_own_export_comes_back(reader):
    load_story()
    exported = b"".join(reader.get("/timeline.csv").streaming_content)
    found = planned(exported, origin="elsewhere")
    assert [str(one) for one in found if one.action != ADD] == []
    before = {one.title: one for one in Event.objects.all()}
    load_rows(found, origin="elsewhere", name="export", sha256="0" * 64)
    for title, one in before.items():
        twin = Event.objects.exclude(pk=one.pk).get(title=title)
        assert twin.happened.edtf == one.happened.edtf
        assert twin.happened.phrase == one.happened.phrase
        assert twin.standing == one.standing
        sources = {each.source_id for each in one.citations.all()}
        assert {each.source_id for each in twin.citations.all()} == sources


def test_names_of_columns_that_say_the_same():
    (row,) = read_csv(b"Incident ID;Headline;When;Description\n7;It happened;2023;So\n")
    assert (row.external_id, row.title, row.date, row.summary) == ("7", "It happened", "2023", "So")


def test_the_documented_columns_are_those_that_are_read():
    assert columns_table() in Path("docs/importing.md").read_text(encoding="utf-8")


def test_the_template_has_the_documented_columns_and_two_rows_that_load():
    head = csv_template().decode("utf-8-sig").splitlines()[0]
    assert head.split(",") == list(IMPORT_COLUMNS)
    assert actions(csv_template()) == [ADD, ADD]
    loaded(csv_template())
    publish_all([Event.objects.get(), Statement.objects.get()], by=None)


guarded = st.text(alphabet="=+-@'ab,;\"\n ", min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(guarded)
def test_what_the_export_guards_is_read_as_it_was(text):
    (row,) = read_csv(table({"id": "1", "title": "T", "summary": guarded_cell(text)}))
    assert row.summary == text


# --- Again, changed, undone ------------------------------------------------------------------


def test_the_same_file_again_changes_nothing():
    loaded(table(EVENT, SAID))
    assert actions(table(EVENT, SAID)) == [SAME, SAME]
    loaded(table(EVENT, SAID))
    assert Event.objects.count() == Statement.objects.count() == 1
    assert actions(table(EVENT), origin="another") == [ADD]


def test_what_changed_in_the_file_changes_the_draft():
    loaded(table(EVENT))
    changed = table({**EVENT, "title": "It happened twice", "actors": "OpenAI (acted)"})
    assert actions(changed) == [CHANGE]
    loaded(changed)
    event = Event.objects.get()
    assert (event.title, event.version) == ("It happened twice", 2)
    assert [one.actor.name for one in event.participations.all()] == ["OpenAI"]
    assert actions(changed) == [SAME]


@pytest.mark.parametrize("how", [{"version": 5}, {"state": WorkflowState.PUBLISHED}])
def test_the_work_of_an_editor_is_never_overwritten(how):
    loaded(table(EVENT))
    Event.objects.update(**how)
    (outcome,) = planned(table({**EVENT, "title": "Other"}))
    assert outcome.action == REFUSE
    assert "was edited or published since" in outcome.reasons[0]


def test_undoing_leaves_nothing_of_it():
    kept = make_actor("OpenAI")
    batch = loaded(table(EVENT, SAID))
    assert undo_import(batch) == (8, 0)  # two entries, a source, an incident, a topic, three actors
    assert list(Actor.objects.all()) == [kept]
    for model in (Event, Statement, Source, Incident, ImportedRow):
        assert not model.objects.exists()
    assert actions(table(EVENT, SAID)) == [ADD, ADD]
    with pytest.raises(ActionRefused, match="undone already"):
        undo_import(batch)


def test_undoing_stops_where_somebody_has_worked():
    batch = loaded(table(EVENT, SAID))
    Event.objects.update(version=2)
    with pytest.raises(ActionRefused, match="edited, sent for review"):
        undo_import(batch)
    assert Statement.objects.exists()


def test_undoing_a_change_gives_back_what_stood_there():
    first = loaded(table(EVENT))
    changed = {**EVENT, "title": "Other", "actors": "OpenAI (affected)", "source_urls": "",
               "incidents": "Another case"}  # fmt: skip
    second = loaded(table(changed))
    event = Event.objects.get()
    assert (event.title, event.incidents.get().title) == ("Other", "Another case")
    assert undo_import(second) == (1, 1)  # the other case; and the event
    event.refresh_from_db()
    assert (event.title, event.version) == ("It happened", 3)
    assert {one.actor.name for one in event.participations.all()} == {"ByteDance", "OpenAI"}
    assert event.citations.get().source.url == "https://example.org/a"
    assert [one.title for one in event.incidents.all()] == ["A case"]
    assert actions(table(EVENT)) == [SAME]
    undo_import(first)
    assert not Event.objects.exists()
    assert not Incident.objects.exists()


@pytest.mark.parametrize("how", ["cited", "in a list", "remarked on"])
def test_undoing_stops_where_somebody_has_built_on_it(how, editor_user):
    batch = loaded(table(EVENT))
    other = make_event("Mine", cited=False)
    if how == "cited":
        other.citations.create(source=Source.objects.get())
        said = "Source"
    elif how == "in a list":
        other.incidents.add(Incident.objects.get())
        said = "“Mine” names something of this import"
    else:
        event = Event.objects.exclude(pk=other.pk).get()
        Comment.objects.create(public_id=event.public_id, text="Look", written_by=editor_user)
        said = "has remarks"
    with pytest.raises(ActionRefused, match=said if how != "cited" else "rests on"):
        undo_import(batch)
    assert Event.objects.count() == 2
    assert ImportBatch.objects.get().undone_at is None


# --- Refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"date": "12/05/2023"}, "12 May"),
        ({"date": "30 February 2023"}, "February"),
        ({"kind": "rumour"}, "event or statement"),
        ({"standing": "true"}, "standing"),
        ({"source_urls": "javascript:alert(1)"}, "javascript"),
        ({"title": "a\u202eb"}, "title"),
        ({"title": "x" * 300}, "title"),
        ({"title": ""}, "title"),
        ({"incidents": "y" * 300}, "too long for a name"),
    ],
)
def test_a_row_that_cannot_be_stored_stops_the_file(change, said):
    content = table(SAID, {**EVENT, **change})
    found = planned(content)
    assert [one.action for one in found] == [ADD, REFUSE]
    assert any(said in reason for reason in found[1].reasons), found[1].reasons
    with pytest.raises(ActionRefused):
        load_rows(found, origin="here", name="a file", sha256="")
    assert not Statement.objects.exists()
    assert not ImportBatch.objects.exists()


def test_one_id_for_two_rows():
    found = planned(table(EVENT, {**EVENT, "title": "Other"}))
    assert counts_summary(count_by_action(found)) == "1 will add, 1 refused"
    assert found[1].reasons == ["The id “e1” stands in row 2 already."]


@pytest.mark.parametrize("read", [read_csv, read_timelinejs])
@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 100, b"PK\x03\x04rest", b"\xff\xfe\x00\xd8", b"title\n", b"a,b\n1,2\n",
     "title\ncafé".encode("cp1252"), b'title\n"open', b"{}", b"[1]", b'{"events": 7}',
     b"[" * 99_999, b'{"events": [{"a": NaN}]}', b'{"events": [1]}',
     b'{"a": 1, "a": 2}', b'{"events": ['],
)  # fmt: skip
def test_what_only_looks_like_it_is_refused_in_words(read, content):
    with pytest.raises(FileRefused, match=r"[A-Z].*\.$"):
        read(content)


def test_utf_16_is_read_and_windows_1252_is_named():
    (row,) = read_csv("title\ncafé\n".encode("utf-16"))
    assert row.title == "café"
    with pytest.raises(FileRefused, match="line 3, where a letter might be “é”"):
        read_csv("title\na\ncafé".encode("cp1252"))


# --- TimelineJS ------------------------------------------------------------------------------


def test_the_three_shapes_say_the_same():
    slides = [
        timeline(slide("2023", "A <b>day</b>", "<p>So</p>"), title={"text": {"headline": "Story"}}),
        json.dumps({"timeline": {"headline": "Story", "date": [
            {"startDate": "2023", "headline": "A <b>day</b>", "text": "<p>So</p>"}]}}).encode(),
        json.dumps({"timeline": {"headline": "Story", "slides": [
            slide("2023", "A <b>day</b>", "<p>So</p>")]}}).encode(),
        b"Year,Headline,Text,Type\n,Story,,title\n2023,A <b>day</b>,<p>So</p>,\n",
    ]  # fmt: skip
    rows = [read_timelinejs(one)[0] for one in slides]
    assert {(one.title, one.date, one.summary, one.incidents) for one in rows} == {
        ("A day", "2023", "So", ("Story",))
    }
    assert len({one.external_id for one in rows}) == 1


@pytest.mark.parametrize(
    ("start", "end", "edtf"),
    [
        ({"year": 2023, "month": "4", "day": ""}, None, "2023-04"),
        ({"year": "602"}, None, "0602"),
        ({"year": "1815", "month": "12", "day": "10"}, {"year": "1852"}, "1815-12-10/1852"),
        ("2012,1,26", "", "2012-01-26"),
        ({"year": "2023"}, {"year": "2023"}, "2023"),
    ],
)
def test_dates(start, end, edtf):
    (row,) = read_timelinejs(timeline({**slide(), "start_date": start, "end_date": end}))
    assert row.date == edtf
    assert actions(
        timeline({**slide(), "start_date": start, "end_date": end}), read_timelinejs
    ) == [ADD]


@pytest.mark.parametrize("year", ["-13800000000", "-44", "next", "99999"])
def test_a_year_that_is_none_of_ours_is_refused(year):
    assert actions(timeline(slide(year)), read_timelinejs) == [REFUSE]


def test_two_slides_alike_are_two():
    content = timeline(slide(), slide())
    loaded(content, read_timelinejs)
    assert Event.objects.count() == 2
    assert actions(content, read_timelinejs) == [SAME, SAME]


# --- The commands, and real files --------------------------------------------------------------


def test_the_commands_say_and_do(tmp_path, capsys):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(table(EVENT))
    bad.write_bytes(table({**EVENT, "date": "whenever"}))
    call_command("import_csv", str(good), dry_run=True)
    assert "Would load: 1 will add." in capsys.readouterr().out
    assert not Event.objects.exists()
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_csv", str(bad))
    assert "refused" in capsys.readouterr().out
    call_command("import_csv", str(good))
    number = ImportBatch.objects.get().pk
    assert f"import_undo {number}" in capsys.readouterr().out
    call_command("import_undo", str(number))
    assert not Event.objects.exists()
    for other in (number, 0):
        with pytest.raises(CommandError):
            call_command("import_undo", str(other))
    for command in ("import_csv", "import_timelinejs"):
        with pytest.raises(CommandError, match="Cannot read"):
            call_command(command, str(tmp_path / "nothing"))
