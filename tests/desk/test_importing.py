"""Importing in the admin: a file, what it would do, loading it, the import, and back."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kb.desk.importers.csv_columns import IMPORT_COLUMNS
from kb.desk.models import Event, ImportBatch, Statement, Upload
from kb.desk.verbs.publishing import publish_all
from tests.desk.admin_forms import text_of as spaced_text_of
from tests.desk.importers.files import EVENT, STATEMENT, loaded, slide, table, timeline
from tests.desk.importers.test_rows import BOMBS
from tests.make import make_actor

pytestmark = pytest.mark.django_db
ADD = "/admin/desk/importbatch/add/"


def text_of(response):
    return " ".join(spaced_text_of(response).split())


def sent(editor, content, name="cases.csv", **fields):
    form = {"file": SimpleUploadedFile(name, content), "kind": "", "origin": "", "columns": ""}
    return editor.post(ADD, {**form, **fields}, follow=True)


def url(name, *args):
    return reverse(f"admin:desk_importbatch_{name}", args=args)


def press(editor, name, key):
    return editor.post(url(name, key), follow=True)


def test_file_in_another_encoding_than_the_chosen_one_is_refused(editor):
    page = sent(editor, b"title,date\nPump fails,2023\n", encoding="utf-16")
    assert "The file is not in the encoding utf-16" in text_of(page)
    assert not Upload.objects.exists()


def test_file_is_reported_loaded_and_undone(editor, editor_user):
    page = sent(editor, table(EVENT, STATEMENT))
    assert "2 will add" in text_of(page)
    assert "Origin of ids: cases" in text_of(page)
    assert not Event.objects.exists()
    upload = Upload.objects.get()
    page = press(editor, "load", upload.pk)
    assert "Rows loaded as drafts: 2." in text_of(page)
    batch = ImportBatch.objects.get()
    assert (batch.loaded_by, batch.name, batch.origin) == (editor_user, "cases.csv", "cases")
    assert batch.sha256 == upload.sha256
    assert {Event.objects.get().created_by, Statement.objects.get().updated_by} == {editor_user}
    upload.refresh_from_db()
    assert bytes(upload.content) == b""
    # Pressed once more, it leads to what is there.
    assert press(editor, "load", upload.pk).redirect_chain[-1][0] == url("change", batch.pk)
    assert ImportBatch.objects.count() == 1
    assert editor.get(url("progress", upload.pk)).json()["done"] == url("change", batch.pk)
    assert "cases.csv" in text_of(editor.get(url("changelist")))
    page = press(editor, "undo", batch.pk)
    assert "Import undone. Drafts deleted: 9" in text_of(page)
    assert not Event.objects.exists()
    assert "already been undone" in text_of(press(editor, "undo", batch.pk))


def test_refused_row_stops_file_and_shows_reason(editor):
    page = sent(editor, table(STATEMENT, {**EVENT, "date": "12/05/2023", "title": "=1+1"}))
    assert "1 row cannot be imported" in text_of(page)
    upload = Upload.objects.get()
    only = editor.get(url("report", upload.pk), {"only": "refuse"})
    assert "12 May" in text_of(only)
    assert [line["title"] for line in only.context["lines"]] == ["=1+1"]
    report = editor.get(url("report_csv", upload.pk)).content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(report)))
    assert [line[2] for line in lines] == ["outcome", "will add", "refused"]
    assert lines[2][1] == "'=1+1"
    assert "12 May" in lines[2][3]
    page = press(editor, "load", upload.pk)
    assert "refused" in text_of(page)
    assert not Statement.objects.exists()
    press(editor, "discard", upload.pk)
    assert not Upload.objects.exists()


def test_changed_plan_shows_new_report_and_stores_nothing(editor):
    loaded(table(EVENT), origin="cases")
    sent(editor, table({**EVENT, "title": "Other"}, STATEMENT))
    Event.objects.update(version=2)
    page = press(editor, "load", Upload.objects.get().pk)
    assert "the result has changed for some rows (1)" in text_of(page)
    assert "1 refused" in text_of(page)
    assert not Statement.objects.exists()


def test_upload_is_visible_to_its_sender_only(editor, django_user_model):
    sent(editor, table(EVENT))
    key = Upload.objects.get().pk
    other = Client()
    other.force_login(django_user_model.objects.create_superuser("other", password="x"))
    for name in ("report", "report_csv", "progress"):
        assert other.get(url(name, key)).status_code == 404
    for name in ("load", "discard"):
        assert other.post(url(name, key)).status_code == 404
        assert editor.get(url(name, key)).status_code == 405
    assert Upload.objects.exists()


def test_uploads_expire_after_a_day_or_five_files(editor, editor_user):
    for number in range(7):
        sent(editor, table({**EVENT, "title": str(number)}))
    assert Upload.objects.count() == 5
    Upload.objects.update(sent_at=timezone.now() - timedelta(days=2))
    assert editor.get(url("report", Upload.objects.latest("pk").pk)).status_code == 404
    sent(editor, table(EVENT))
    assert Upload.objects.count() == 1


def test_running_load_is_not_started_twice(editor):
    sent(editor, table(EVENT))
    Upload.objects.update(busy_since=timezone.now(), checked=1)
    key = Upload.objects.get().pk
    assert "This file is already being loaded" in text_of(press(editor, "load", key))
    assert editor.get(url("progress", key)).json() == {"checked": 1, "busy": True, "done": ""}
    assert '<meta http-equiv="refresh"' in editor.get(url("report", key)).content.decode()
    Upload.objects.update(busy_since=timezone.now() - timedelta(hours=1))
    assert "Rows loaded as drafts" in text_of(press(editor, "load", key))


def test_columns_with_other_names_are_read(editor):
    content = b"Fall,Wann\nIt happened,2023\n"
    page = sent(editor, content, columns="title = Fall\ndate=Wann")
    assert "1 will add" in text_of(page)
    assert "is not a field=column pair" in text_of(sent(editor, content, columns="Fall=title"))
    assert "has no column “x”" in text_of(sent(editor, content, columns="title=x"))


def test_unchanged_file_has_nothing_to_load(editor):
    loaded(table(EVENT), origin="cases")
    assert "There is nothing to load" in text_of(sent(editor, table(EVENT)))


def test_template_loads_without_changes(editor):
    response = editor.get(url("template"))
    assert (
        response.headers["Content-Disposition"] == 'attachment; filename="on-the-record-import.csv"'
    )
    assert response.content.decode("utf-8-sig").splitlines()[0].split(",") == list(IMPORT_COLUMNS)
    assert "3 will add" in text_of(sent(editor, response.content))


@pytest.mark.one_database
@pytest.mark.slow
def test_malicious_files_are_refused_by_form(editor):
    for name, (content, _said) in BOMBS.items():
        page = sent(editor, content)
        assert page.status_code == 200
        if name == "nothing":
            assert "empty" in text_of(page)
        else:
            assert "The file could not be imported" in text_of(page), name
    assert "Choose a file" in text_of(editor.post(ADD, {}))
    assert not Upload.objects.exists()


@pytest.mark.parametrize("path", [ADD, "/timeline/"])
@pytest.mark.parametrize("size", ["1000000000", "12000001", "9" * 30, "-1", "x"])
def test_huge_file_is_refused_unread(editor, path, size):
    class Unread(io.BytesIO):
        def read(self, *args):
            raise AssertionError("it was read")

    response = editor.generic("POST", path, b"", content_type="multipart/form-data; boundary=x",
                              CONTENT_LENGTH=size, **{"wsgi.input": Unread()})  # fmt: skip
    assert response.status_code == 413
    assert "12 MB" in response.content.decode()


@pytest.mark.parametrize("group", ["Contributor", "Reviewer", "Publisher"])
def test_import_requires_permission(client, django_user_model, group):
    from django.contrib.auth.models import Group

    user = django_user_model.objects.create_user(group, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    may = group == "Publisher"
    batch = loaded(table(EVENT))
    for address in (ADD, url("changelist"), url("template"), url("change", batch.pk)):
        assert client.get(address).status_code == (200 if may else 403)
    assert client.post(url("undo", batch.pk)).status_code == (302 if may else 403)
    for kind in ("event", "statement"):
        page = client.get(reverse(f"admin:desk_{kind}_changelist")).content.decode()
        assert ("Import a file" in page) is may
    assert ("importbatch" in client.get("/admin/").content.decode()) is may


@pytest.mark.parametrize("key", ["0", "9" * 30])
def test_unknown_upload_is_not_found(editor, key):
    for name in ("report", "progress", "change"):
        assert editor.get(url(name, int(key))).status_code in (403, 404)
    assert editor.get("/admin/desk/importbatch/x/change/").status_code == 404


def test_query_count_does_not_grow_with_rows(editor, queries):
    batch = loaded(table(*[{**EVENT, "id": str(n), "title": f"E {n}"} for n in range(60)]))
    with queries() as ran:
        assert "Created or changed" in text_of(editor.get(url("change", batch.pk)))
    assert len(ran) < 20


def test_report_shows_notes_on_the_file_and_how_dates_were_read(editor):
    rows = [
        {"id": "1", "title": "Pump fails", "date": "mid-2023", "Land": "Atlantis"},
        {"id": "2", "title": "Pump runs", "date": "", "Land": ""},
    ]
    page = text_of(sent(editor, table(*rows)))
    assert "Columns that are not read: “Land”." in page
    assert "Pump fails Mid-2023 (1 May – 31 August), 2023-05~/2023-08~ will add" in page
    assert "Pump runs Date not stated will add" in page
    report = editor.get(url("report_csv", Upload.objects.get().pk)).content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(report)))
    assert [line[4] for line in lines] == [
        "date",
        "Mid-2023 (1 May – 31 August), 2023-05~/2023-08~",
        "Date not stated",
    ]


def test_order_of_day_and_month_is_proposed_chosen_and_loaded(editor):
    content = table(
        {"id": "1", "title": "Pump fails", "date": "12/25/2023"},
        {"id": "2", "title": "Pump runs", "date": "12/05/2023"},
    )
    page = text_of(sent(editor, content))
    assert "1 row cannot be imported" in page
    assert "choose “Month before day (12/31/2023)” in the form" in page
    assert "1 row cannot be imported" in text_of(sent(editor, content, dates="day-first"))
    sent(editor, content, dates="month-first")
    press(editor, "load", Upload.objects.latest("pk").pk)
    assert {event.happened.edtf for event in Event.objects.all()} == {"2023-12-25", "2023-12-05"}


def test_order_of_another_kind_of_file_is_refused(editor):
    page = text_of(sent(editor, b'{"events": []}', "a.json", dates="day-first"))
    assert "Only tables have an order of day and month" in page
    assert "Select a valid choice" in text_of(sent(editor, table(EVENT), dates="year-first"))


def test_report_of_an_earlier_release_opens_and_is_renewed_before_loading(editor):
    sent(editor, table(EVENT))
    upload = Upload.objects.get()
    upload.report = [line[:4] for line in upload.report]
    upload.save()
    assert "1 will add" in text_of(editor.get(url("report", upload.pk)))
    assert "the result has changed" in text_of(press(editor, "load", upload.pk))
    press(editor, "load", upload.pk)
    assert Event.objects.exists()


# --- Decisions in the report ---------------------------------------------------------------


def decided(editor, key, name="check", **fields):
    """The page after the form of the report was sent."""
    return editor.post(url(name, key), {"decisions": "1", **fields}, follow=True)


def newest():
    return Upload.objects.latest("pk")


FOREIGN = b"Fall,Wann,Owner\nPump fails,4/5/26,K.\nPump runs,5/5/26,K.\n"


def test_columns_are_chosen_in_the_report_and_remembered_for_the_origin(editor):
    page = text_of(sent(editor, FOREIGN, origin="pumps"))
    assert "Choose the columns below" in page and "Pump fails" in page
    page = decided(editor, newest().pk, **{
        "column-0": "title", "column-1": "date", "column-2": "", "order": "day-first",
        "century": "20", "source": "https://example.org/log",
    })  # fmt: skip
    assert "2 will add" in text_of(page)
    assert "4 May 2026" in text_of(page)
    press(editor, "load", newest().pk)
    assert {event.happened.edtf for event in Event.objects.all()} == {"2026-05-04", "2026-05-05"}
    # The second file of the same origin needs no decision.
    page = text_of(sent(editor, FOREIGN + b"Pump stops,6/5/26,K.\n", origin="pumps"))
    assert "1 will add" in page and "2 unchanged" in page
    assert "those of the last file of this origin" in page
    # Another origin is asked again.
    assert "Choose the columns below" in text_of(sent(editor, FOREIGN, origin="others"))


def test_wrong_cell_is_corrected_in_the_report(editor):
    page = sent(editor, table(EVENT, {**EVENT, "id": "e2", "date": "31/04/2026"}))
    assert 'value="31/04/2026"' in page.content.decode()
    key = newest().pk
    place = list(EVENT).index("date")
    assert "1 row cannot" in text_of(decided(editor, key, **{f"cell-3-{place}": "32 April"}))
    page = decided(editor, key, **{f"cell-3-{place}": "30 April 2026"})
    assert "2 will add" in text_of(page)
    press(editor, "load", key)
    assert Event.objects.filter(happened="2026-04-30").exists()


def test_good_rows_are_loaded_and_the_others_stay_and_are_handed_back(editor):
    sent(editor, table(STATEMENT, {**EVENT, "date": "whenever", "title": "=1+1"}))
    key = newest().pk
    content = editor.get(url("rest_csv", key)).content.decode("utf-8-sig")
    (row,) = list(csv.DictReader(io.StringIO(content)))
    assert (row["title"], row["date"]) == ("'=1+1", "whenever")
    assert "whenever" in row["reasons"]
    page = text_of(decided(editor, key, "load", partly="1"))
    assert "Rows loaded as drafts: 1." in page and "Rows that were not loaded: 1" in page
    assert Statement.objects.count() == 1 and not Event.objects.exists()
    page = decided(editor, key, **{f"cell-3-{list(content.split(',')).index('date')}": "2026"})
    assert "1 will add" in text_of(page) and "1 unchanged" in text_of(page)
    press(editor, "load", key)
    assert Event.objects.count() == 1 and ImportBatch.objects.count() == 2


def test_changes_are_checked_before_anything_is_loaded(editor):
    sent(editor, table(EVENT, STATEMENT))
    page = text_of(decided(editor, newest().pk, "load", leave="3"))
    assert "Checked again with your changes" in page
    assert "1 ignored (1 left out)" in page
    assert not Event.objects.exists()
    page = text_of(decided(editor, newest().pk))
    assert "2 will add" in page  # its check mark was taken away


@pytest.mark.parametrize("number", ["9" * 5000, "³", "-3", "3.0"])
def test_left_out_row_without_a_usable_number_is_ignored(editor, number):
    sent(editor, table(EVENT, STATEMENT))
    assert "2 will add" in text_of(decided(editor, newest().pk, leave=number))


def test_new_name_is_read_as_the_nearest_known_one(editor):
    make_actor("ByteDance")
    page = sent(editor, table({**EVENT, "actors": "ByteDanse Ltd (acted); Zed"}))
    assert "ByteDance, organisation" in text_of(page)
    names = [new["name"] for new in newest().layout["new_names"]]
    place = names.index("ByteDanse Ltd")
    decided(editor, newest().pk, **{f"name-{place}": "ByteDance"})
    press(editor, "load", newest().pk)
    event = Event.objects.get()
    assert {part.actor.name for part in event.participations.all()} == {"ByteDance", "Zed"}


def test_source_of_the_whole_file_makes_a_timeline_publishable(editor):
    deck = timeline(slide("2023", "Pump fails"), title={"text": {"headline": "The pump"}})
    sent(editor, deck, "pump.json", source="https://example.org/pump?utm_source=x")
    press(editor, "load", newest().pk)
    event = Event.objects.get()
    source = event.citations.get().source
    assert (source.url, source.title) == ("https://example.org/pump", "The pump")
    publish_all([event], by=None)


@pytest.mark.parametrize("fields", [
    {"column-0": "nonsense"}, {"source": "javascript:alert(1)"}, {"column-0": "date"},
])  # fmt: skip
def test_decision_that_cannot_hold_is_refused(editor, fields):
    sent(editor, table(EVENT))
    before = newest().options
    assert "messagelist" in decided(editor, newest().pk, **fields).content.decode()
    assert newest().options == before


def test_decisions_are_those_of_the_sender_only(editor, django_user_model):
    sent(editor, table(EVENT))
    other = Client()
    other.force_login(django_user_model.objects.create_superuser("other", password="x"))
    key = newest().pk
    assert other.post(url("check", key), {"decisions": "1"}).status_code == 404
    assert other.get(url("rest_csv", key)).status_code == 404
    assert editor.get(url("check", key)).status_code == 405


def test_encoding_is_chosen_with_a_sample(editor):
    content = "title,date\n北京,2023\n".encode("gb18030")
    assert "北京,2023" in text_of(sent(editor, content))
    assert "北京" in text_of(sent(editor, content, encoding="gb18030"))
    assert newest().options["encoding"] == "gb18030"
