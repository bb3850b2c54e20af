"""The form “Report an error or reply”: what is stored and refused, and that nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kb.desk.models import Report, ReportStep
from kb.desk.reports import tokens, views
from kb.desk.reports.limits import MAX_PER_DAY, MAX_PER_HOUR
from kb.record.reader_writes import WriteUnavailable
from tests.desk.reports.sending import WORDS, fields, send, sent_report, typed_text
from tests.make import make_event, published

pytestmark = pytest.mark.django_db


def test_report_about_an_entry_is_stored_with_its_version(reader):
    event = published(make_event("Account suspended"))
    page = reader.get(f"/report/?about={event.public_id}")
    assert "Account suspended" in page.text
    assert "version 1" in page.text
    report, path = sent_report(reader, about=event.public_id, version="1", email="a@example.org")
    assert (report.about, report.about_version) == (event.public_id, 1)
    assert (report.text, report.email, report.state) == (WORDS, "a@example.org", "new")
    assert [step.done for step in ReportStep.objects.all()] == ["received"]
    assert reader.get(path).status_code == 200


@pytest.mark.parametrize("about", ["", "nothing", "x" * 40, "<b>", "../../admin"])
def test_unknown_entry_makes_a_report_about_the_site(reader, about):
    assert "About this site" in reader.get("/report/", {"about": about}).text
    report, _path = sent_report(reader, about=about, version="99999999999")
    assert (report.about, report.about_version) == ("", None)


def test_draft_is_not_named_by_the_form(reader):
    event = make_event("Secret draft")
    assert "Secret draft" not in reader.get(f"/report/?about={event.public_id}").text


def test_same_form_sent_twice_is_one_report(reader):
    form = fields()
    first, second = (reader.post("/report/", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Report.objects.count() == 1
    changed = reader.post("/report/", form | {"text": "Something else."})
    assert changed["Location"] != first["Location"]
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "  "}, "Write what it should say."),
        ({"text": "é" * 5001}, "Shorten it to 5,000 or fewer."),
        ({"text": "a \u202e b"}, "changes the direction of the text"),
        ({"text": "a \x07 b"}, "is not allowed in text"),
        ({"kind": "praise"}, "Choose one of the four."),
        ({"email": "not an address"}, "This is not an email address."),
        ({"source_url": "javascript:alert(1)"}, "starting with https:// or http://"),
        ({"website": "spam"}, "Leave this field empty"),
        ({"form_token": "forged:1a2b3c:xyz"}, "open for too long"),
    ],
)
def test_refused_form_says_why_and_keeps_the_text(reader, changes, words):
    response = send(reader, **changes)
    assert response.status_code == 400
    assert words in response.text
    assert typed_text(response) == changes.get("text", WORDS)
    assert not Report.objects.exists()


def test_form_of_yesterday_is_refused_and_can_be_sent_again(reader, monkeypatch):
    monkeypatch.setattr(tokens, "MAX_AGE", timedelta(seconds=-1))
    response = send(reader)
    assert response.status_code == 400
    monkeypatch.undo()
    monkeypatch.setattr(tokens, "MIN_AGE", timedelta(seconds=-1))
    token = response.context["form_token"]
    assert send(reader, form_token=token).status_code == 303


def test_form_sent_at_once_has_to_wait_a_moment(reader, monkeypatch):
    monkeypatch.setattr(tokens, "MIN_AGE", timedelta(seconds=60))
    form = fields()
    response = reader.post("/report/", form)
    assert "That was very fast." in response.text
    assert response.context["form_token"] == form["form_token"]


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": "https://elsewhere.example"},
    ],
)
def test_form_of_another_site_is_refused(reader, headers):
    response = reader.post("/report/", fields(), **headers)
    assert response.status_code == 403
    assert typed_text(response) == WORDS
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_SEC_FETCH_SITE": "same-origin"}, {"HTTP_ORIGIN": "http://testserver"}, {}],
)
def test_form_of_this_site_is_accepted(reader, headers):
    assert reader.post("/report/", fields(), **headers).status_code == 303


def test_network_can_send_only_so_many_reports_an_hour(reader):
    for _ in range(MAX_PER_HOUR):
        assert send(reader).status_code == 303
    response = send(reader)
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert typed_text(response) == WORDS
    assert send(reader, address="192.0.2.2").status_code == 303
    # All addresses of one IPv6 network are one household.
    for host in range(MAX_PER_HOUR):
        assert send(reader, address=f"2001:db8::{host:x}").status_code == 303
    assert send(reader, address="2001:db8::ffff").status_code == 429


def test_network_can_send_only_so_many_reports_a_day(reader):
    for _ in range(MAX_PER_DAY):
        assert send(reader).status_code == 303
        Report.objects.update(received_at="2026-01-01T00:00:00Z")
    assert "send it tomorrow" in send(reader).text
    assert Report.objects.count() == MAX_PER_DAY


def test_network_address_is_not_stored(reader):
    report, _path = sent_report(reader)
    assert len(report.client) == 32
    assert "192.0.2.1" not in repr(Report.objects.values())


def test_proxy_names_the_network_address(reader, settings):
    settings.BEHIND_PROXY = True
    for number in range(MAX_PER_HOUR + 1):
        response = reader.post(
            "/report/", fields(), HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 198.51.100.7"
        )
    assert response.status_code == 429


def test_busy_database_keeps_the_text(reader, monkeypatch):
    def busy(*args: object) -> None:
        raise WriteUnavailable

    monkeypatch.setattr(views, "store_report", busy)
    response = send(reader)
    assert response.status_code == 503
    assert "It cannot be stored at the moment." in response.text
    assert typed_text(response) == WORDS


def test_form_is_private_and_works_in_chinese(reader):
    page = reader.get("/report/", HTTP_ACCEPT_ENCODING="gzip")
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "Content-Encoding" not in page
    assert 'lang="zh-hans"' in reader.get("/zh-hans/report/").text
    response = reader.post("/zh-hans/report/", fields())
    assert response["Location"].startswith("/zh-hans/report/ticket/")


def test_webhook_is_told_without_words(reader, settings, monkeypatch):
    from kb.desk.verbs import notifying

    messages = []
    settings.NOTIFY_WEBHOOK = "https://hooks.example/"
    monkeypatch.setattr(notifying, "_collect", messages.extend)
    report, _path = sent_report(reader, email="a@example.org")
    assert [message["id"] for message in messages] == [report.public_id]
    assert messages[0]["url"].endswith(f"/admin/desk/report/{report.pk}/change/")
    assert not {WORDS, "a@example.org"} & set(messages[0].values())
