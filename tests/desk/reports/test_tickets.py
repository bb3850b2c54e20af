"""The private page of a report: who finds it, what it shows, adding something, taking it back."""

from __future__ import annotations

import pytest

from kb.desk.models import Report, ReportMessage
from kb.desk.reports.limits import MAX_MESSAGES
from kb.desk.verbs.reports import ask_back, take_on
from tests.desk.reports.sending import WORDS, sent_report, typed_text

pytestmark = pytest.mark.django_db


def test_ticket_shows_the_words_and_leaks_no_address(reader):
    _report, path = sent_report(reader, text="See <b>https://example.org/a</b>")
    page = reader.get(path, HTTP_ACCEPT_ENCODING="gzip")
    assert "See &lt;b&gt;https://example.org/a&lt;/b&gt;" in page.text
    assert 'href="https://example.org' not in page.text
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "Content-Encoding" not in page
    token = path.split("/")[-2]
    assert len(token) == 43
    assert token not in repr(Report.objects.values())


@pytest.mark.parametrize("token", ["a" * 43, "A" * 12, "b" * 64])
def test_guessed_address_is_not_found(reader, token):
    sent_report(reader)
    for path in (f"/report/ticket/{token}/", f"/report/ticket/{token}/take-back/"):
        assert reader.get(path).status_code == 404
        assert reader.post(path, {"text": "a"}).status_code == 404


def test_reader_answers_a_question(reader, editor_user):
    report, path = sent_report(reader)
    editor_user.username = "marta-quill"
    editor_user.save()
    ask_back(report, by=editor_user, text="Which page gives the date?")
    page = reader.get(path)
    assert "Which page gives the date?" in page.text
    assert "The editor has a question" in page.text
    assert "marta-quill" not in page.text
    answer = {"text": "Page 4."}
    for _ in range(2):  # the same answer sent twice
        response = reader.post(path, answer)
        assert (response.status_code, response["Location"]) == (303, path)
    assert [row.text for row in ReportMessage.objects.filter(by_reader=True)] == ["Page 4."]
    assert Report.objects.get().state == "taken"
    assert "Page 4." in reader.get(path).text


def test_refused_addition_keeps_its_text(reader):
    _report, path = sent_report(reader)
    response = reader.post(path, {"text": "a \x07 b"})
    assert response.status_code == 400
    assert typed_text(response) == "a \x07 b"
    for number in range(MAX_MESSAGES):
        assert reader.post(path, {"text": f"Addition {number}"}).status_code == 303
    response = reader.post(path, {"text": "One more"})
    assert response.status_code == 429
    assert typed_text(response) == "One more"


def test_taking_back_deletes_every_word(reader, editor_user):
    report, path = sent_report(reader, email="a@example.org", source_url="https://example.org/a")
    reader.post(path, {"text": "More words."})
    take_on(report, by=editor_user)
    assert "This cannot be undone." in reader.get(f"{path}take-back/").text
    response = reader.post(f"{path}take-back/", HTTP_SEC_FETCH_SITE="cross-site")
    assert response.status_code == 403
    assert reader.post(f"{path}take-back/", HTTP_ORIGIN="null").status_code == 303
    stored = Report.objects.get()
    assert (stored.text, stored.email, stored.source_url) == ("", "", "")
    assert stored.state == "taken_back"
    assert [row.text for row in ReportMessage.objects.all()] == [""]
    page = reader.get(path)
    assert "You have taken it back" in page.text
    assert WORDS not in page.text
    assert reader.post(path, {"text": "Again"}).status_code == 429


def test_page_reads_only_the_tables_of_reports_and_the_record(reader, queries):
    _report, path = sent_report(reader)
    with queries() as ran:
        assert reader.get(path).status_code == 200
    assert not [sql for sql in ran if '"auth_' in sql or '"desk_event' in sql]
