"""While the database is busy, full, read-only or away: a page, and every character kept."""

from __future__ import annotations

import errno
import re
from contextlib import contextmanager
from html import unescape
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils.html import escape

from kb.desk.importers import load, row_spool
from kb.desk.models import Event, ImportBatch
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.admin_forms import fields_of
from tests.desk.importers.files import EVENT, planned, table
from tests.make import make_event, published

pytestmark = pytest.mark.django_db


def locked(*args, **kwargs):
    raise OperationalError("database is locked")


@pytest.fixture
def event_form(editor):
    """The form of an event as the page has it, with other words typed into it."""
    event = make_event("Before")
    page = editor.get(f"/admin/desk/event/{event.pk}/change/")
    form = page.context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields if form[name].value()}
    for formset in page.context["inline_admin_formsets"]:
        for part in (formset.formset.management_form, *formset.formset.initial_forms):
            typed |= {part.add_prefix(name): part[name].value() or "" for name in part.fields}
    return event, {**typed, "title": "What I typed", "summary": "All of it."}


def test_form_comes_back_with_typed_text_and_nothing_is_saved(editor, event_form, monkeypatch):
    event, typed = event_form
    address = f"/admin/desk/event/{event.pk}/change/"
    monkeypatch.setattr("django.db.transaction.Atomic.__enter__", locked)
    page = editor.post(address, typed)
    assert page.status_code == 200
    assert "the database is busy" in page.text
    assert 'value="What I typed"' in page.text
    assert "All of it." in page.text
    assert Event.objects.get().title == "Before"


def test_import_is_refused_while_database_is_locked(monkeypatch):
    outcomes = planned(table(EVENT))
    monkeypatch.setattr(load, "lock_imports", locked)
    with pytest.raises(ActionRefused, match="The database is busy"):
        load.load_rows(outcomes, origin="here", name="", sha256="")
    assert not Event.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "postgresql", reason="cannot be made full in a test")
def test_import_into_full_database_is_refused_and_can_be_repeated():
    make_event("Before")
    content = table(*[{**EVENT, "id": f"e{number}"} for number in range(200)])
    with unwritable("full"), pytest.raises(ActionRefused, match="The disk is full. Make space"):
        load.load_rows(planned(content), origin="here", name="", sha256="")
    assert [event.title for event in Event.objects.all()] == ["Before"]
    assert not ImportBatch.objects.exists()
    load.load_rows(planned(content), origin="here", name="", sha256="")
    assert Event.objects.count() == 201


def fill_disk_of_prepared_rows(monkeypatch):
    """Let the temporary file of an import be on a disk that is always full."""

    def full_file(**_options):
        return open("/dev/full", "w+b", buffering=0)

    monkeypatch.setattr(row_spool, "SpooledTemporaryFile", full_file)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has this device")
def test_import_without_room_for_its_temporary_file_is_refused(monkeypatch):
    outcomes = planned(table(EVENT))
    fill_disk_of_prepared_rows(monkeypatch)
    with pytest.raises(ActionRefused, match="The disk is full. Make space"):
        load.load_rows(outcomes, origin="here", name="", sha256="")
    assert not Event.objects.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has this device")
def test_command_without_room_for_its_temporary_file_says_so(monkeypatch, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(table(EVENT))
    fill_disk_of_prepared_rows(monkeypatch)
    with pytest.raises(CommandError, match="Nothing was saved.\nThe disk is full"):
        call_command("import_csv", str(path), verbosity=0)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_command_that_cannot_print_its_summary_does_not_deny_what_it_saved(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(table(EVENT))

    class Full(StringIO):
        def write(self, text):
            if text.startswith("Loaded"):
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(text)

    with pytest.raises(OSError, match="No space left"):
        call_command("import_csv", str(path), verbosity=0, stdout=Full())
    assert Event.objects.count() == 1


def test_other_pages_answer_503_with_advice(editor, monkeypatch):
    event = make_event("Before")
    monkeypatch.setattr("kb.desk.admin.review.add_comment", locked)
    answer = editor.post(
        f"/admin/desk/event/{event.pk}/review/", {"_comment": "1", "comment": "Look at this."}
    )
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Your changes were not saved" in answer.text


@pytest.fixture
def quiet():
    """A client that is signed in and gets the page of an error, as browsers do."""
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.create_superuser("typist"))
    return client


def owned(client, address):
    """The owner field that each form of this account has."""
    return re.search(r'name="_whose" value="([^"]+)"', client.get(address).text)[1]


@contextmanager
def unwritable(kind):
    """The database of the desk refuses to write, by an error of its own."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        elif kind == "read-only":
            cursor.execute("PRAGMA query_only = ON")
        else:
            # No page more than there are, none of them free, and no page of the log reused.
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA max_page_count = 1")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
            else:
                cursor.execute("PRAGMA query_only = OFF")
                cursor.execute("PRAGMA max_page_count = 1000000")


# More than a page of the database has.
LONG_TEXT = "What I typed. " * 700
REMARK = LONG_TEXT[:1900]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["full", "read-only"])
def test_full_and_read_only_disk_return_the_text_and_show_pages(quiet, kind):
    event = published(make_event("Before"))
    address = f"/admin/desk/event/{event.pk}/change/"
    form = fields_of(quiet.get(address))
    review = f"/admin/desk/event/{event.pk}/review/"
    owner = owned(quiet, review)
    with unwritable(kind):
        saved = quiet.post(address, {**form, "summary": LONG_TEXT, "_save": "1"})
        for _remark in range(8):  # the first may have room in a page that is there
            remark = quiet.post(review, {"_comment": "1", "comment": REMARK, "_whose": owner})
            if remark.status_code == 503:
                break
        listed = quiet.get("/admin/desk/event/")
        shown = quiet.get(address)
        public = Client(raise_request_exception=False).get("/timeline/")
    assert (saved.status_code, remark.status_code) == (503, 503)
    assert "Your text is still here" in saved.text and LONG_TEXT.strip() in saved.text
    assert "Your changes were not saved" in remark.text
    # Once to send again, and once to copy.
    assert remark.text.count(REMARK) == 2
    assert int(remark["Retry-After"]) > 0
    assert {listed.status_code, shown.status_code, public.status_code} == {200}
    again = quiet.post(address, {**form, "summary": LONG_TEXT, "_save": "1"})
    assert again.status_code == 302
    assert Event.objects.get().summary == LONG_TEXT.strip()


@pytest.mark.parametrize("where", ["session", "view"])
def test_database_that_is_away_returns_the_text(quiet, monkeypatch, where):
    event = make_event("Before")
    address = f"/admin/desk/event/{event.pk}/review/"
    owner = owned(quiet, address)

    def away(*args, **kwargs):
        raise OperationalError("x") from psycopg.OperationalError("connection refused")

    target = "kb.desk.admin.review.add_comment"
    if where == "session":
        target = "django.contrib.sessions.backends.db.SessionStore._get_session_from_db"
    monkeypatch.setattr(target, away)
    hostile = "<b>It’s</b>\n & the 2nd line"
    sent = {"_comment": "1", "comment": hostile, "_whose": owner}
    answer = quiet.post(address, sent)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Send again" in answer.text
    assert escape(hostile) in answer.text and "<b>It" not in answer.text
    # Another site cannot put words on the page.
    assert hostile not in unescape(quiet.post(address, {**sent, "_whose": "forged"}).text)
    assert quiet.get(address).status_code == (503 if where == "session" else 200)


def test_readers_get_503_while_the_database_is_away(client, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("x") from psycopg.OperationalError("connection refused")

    monkeypatch.setattr("kb.site.views.home.home_context", away)
    answer = client.get("/")
    assert answer.status_code == 503 and int(answer["Retry-After"]) > 0
    assert "desk" not in answer.text


def test_public_page_does_not_mention_desk(client, monkeypatch):
    monkeypatch.setattr("kb.site.views.home.home_context", locked)
    answer = client.get("/")
    assert (answer.status_code, "desk" in answer.text) == (503, False)
