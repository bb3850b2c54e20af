"""What editors do with reports, and what of it readers see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kb.desk.models import Citation, Report, ReportStep, Source, Statement
from kb.desk.roles import CONTRIBUTOR, REVIEWER
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish
from kb.desk.verbs.reports import ask_back, decide, make_source, reopen, take_on, tidy_reports
from kb.record.models import HandledReport
from kb.record.publication_version import current_number
from kb.record.report_vocabulary import OUTCOME_REASONS
from tests.desk.admin_forms import fields_of
from tests.desk.reports.sending import WORDS, sent_report
from tests.make import make_actor, make_event, make_statement, published

pytestmark = pytest.mark.django_db


def page_of(report):
    return reverse("admin:desk_report_change", args=[report.pk])


def test_queue_lists_open_reports_and_its_queries_do_not_grow(reader, editor, queries):
    url = reverse("admin:desk_report_changelist")
    event = published(make_event("Account suspended"))
    sent_report(reader, about=event.public_id)
    with queries() as few:
        page = editor.get(url)
    assert "Account suspended" in page.text
    assert WORDS in page.text
    for number in range(4):
        sent_report(reader, about=event.public_id, text=f"Report {number}")
    with queries() as many:
        editor.get(url)
    assert len(few) == len(many)
    Report.objects.update(state="taken_back")
    assert WORDS not in editor.get(url).text
    assert WORDS in editor.get(f"{url}?state=all").text


def test_words_of_a_reader_are_escaped_at_the_desk(reader, editor):
    report, _path = sent_report(reader, text="<script>alert(1)</script> https://example.org/a")
    page = editor.get(page_of(report)).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert 'href="https://example.org/a' not in page


def test_each_role_can_do_what_it_may(reader):
    report, _path = sent_report(reader)
    clients = {}
    for name in (CONTRIBUTOR, REVIEWER):
        user = User.objects.create_user(name, is_staff=True)
        user.groups.add(Group.objects.get(name=name))
        clients[name] = Client()
        clients[name].force_login(user)
    assert clients[CONTRIBUTOR].get(page_of(report)).status_code == 403
    assert clients[REVIEWER].post(page_of(report), {"_take": "1"}).status_code == 302
    assert Report.objects.get().editor.username == REVIEWER
    decision = {"_decide": "1", "decision": "declined:opinion"}
    assert clients[REVIEWER].post(page_of(report), decision).status_code == 403
    assert Report.objects.get().state == "taken"


def test_nothing_is_public_until_an_editor_takes_it_on(reader, editor, editor_user):
    before = reader.get("/reports/").content
    report, _path = sent_report(reader)
    assert reader.get("/reports/").content == before
    number = current_number()
    editor.post(page_of(report), {"_take": "1"})
    assert current_number() == number + 1
    page = reader.get("/reports/").text
    assert "1 report: 1 open." in page
    assert "No report has been decided yet." in page


def test_decision_is_on_the_page_of_the_report_and_in_the_log(reader, editor):
    event = published(make_event("Account suspended"))
    report, path = sent_report(reader, about=event.public_id, email="a@example.org")
    form = {"_decide": "1", "decision": "declined:no_source", "sentence": "Send us a document."}
    assert editor.post(page_of(report), form).status_code == 302
    ticket, log = reader.get(path).text, reader.get("/reports/").text
    for page in (ticket, log):
        assert "Declined." in page
        assert "No source was named that shows it. Send us a document." in page
    assert "Account suspended" in log
    assert "1 report: 1 declined. Half of the decisions took 0.0 days or less." in log
    assert WORDS not in log
    assert "a@example.org" not in log
    steps = ReportStep.objects.values_list("done", "by__username", "note")
    assert list(steps) == [
        ("received", None, ""),
        ("taken", "editor", ""),
        ("decided", "editor", "declined, no_source"),
    ]
    editor.post(page_of(report), {"_reopen": "1"})
    assert "1 report: 1 open." in reader.get("/reports/").text
    assert "Opened again by an editor." in reader.get(path).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"outcome": "", "reason": ""}, "Choose an outcome."),
        ({"outcome": "declined", "reason": "spam"}, "Choose a reason of this outcome"),
        ({"outcome": "corrected", "reason": "confirmed"}, "Publish the correction first"),
        ({"outcome": "replied", "reason": "reply"}, "Publish the reply first"),
        ({"outcome": "declined", "reason": "opinion", "sentence": "a\nb"}, "on one line"),
        ({"outcome": "declined", "reason": "opinion", "sentence": "é" * 501}, "500 or fewer"),
    ],
)
def test_decision_that_does_not_hold_is_refused(reader, editor_user, fields, words):
    event = published(make_event())
    report, _path = sent_report(reader, about=event.public_id)
    with pytest.raises(ActionRefused, match=words):
        decide(report, by=editor_user, **fields)
    assert not HandledReport.objects.exists()


def test_correction_is_named_once_it_is_published(reader, editor_user):
    event = published(make_event("Account suspended"))
    report, path = sent_report(reader, about=event.public_id)
    event.title = "Account closed"
    event.save()
    publish(event, by=None, change="correction", note="The title was wrong.")
    decide(report, by=editor_user, outcome="corrected", reason="confirmed")
    assert Report.objects.get().result == event.public_id
    for address in (path, "/reports/"):
        assert "Account closed" in reader.get(address).text
        assert "A source confirms the error." in reader.get(address).text


def test_reply_becomes_a_statement_that_says_how_it_came(reader, editor, editor_user):
    statement = published(make_statement())
    speaker = make_actor("Baz Parts")
    report, path = sent_report(reader, about=statement.public_id, kind="reply")
    response = editor.post(page_of(report), {"_statement": "1"})
    source = Source.objects.get(slug=f"reply-{report.public_id}")
    assert source.state == "draft"
    assert "Sent to us" in source.note
    assert make_source(report, by=editor_user) == source  # a second press makes no second source
    form = editor.get(response["Location"])
    fields = fields_of(form)
    assert fields["text"] == fields["citations-0-exact"] == WORDS
    assert fields["channel"] == "reply sent to On the Record"
    assert fields["in_reply_to"] == [str(statement.pk)]
    fields |= {"speaker": speaker.pk, "attribution": "named", "headline": "Baz Parts replies"}
    editor.post(response["Location"], fields | {"_save": "1"})
    reply = Statement.objects.get(headline="Baz Parts replies")
    assert reply.state == "draft"
    assert Citation.objects.get(statement=reply).source == source
    with pytest.raises(ActionRefused, match="Publish the reply first"):
        decide(report, by=editor_user, outcome="replied", reason="reply")
    publish(reply, by=None)
    decide(report, by=editor_user, outcome="replied", reason="reply")
    assert Report.objects.get().result == reply.public_id
    page = reader.get(f"/statements/{reply.slug}/").text
    assert "Reply sent to On the Record" in page
    assert "Reply published." in reader.get(path).text
    assert f"/statements/{reply.slug}/" in reader.get("/reports/").text


def test_account_without_the_permission_gets_no_words_of_a_reader(reader, editor_user):
    report, _path = sent_report(reader)
    source = make_source(report, by=editor_user)
    user = User.objects.create_user("contributor", is_staff=True)
    user.groups.add(Group.objects.get(name=CONTRIBUTOR))
    client = Client()
    client.force_login(user)
    page = client.get(f"/admin/desk/statement/add/?source={source.pk}")
    assert page.status_code == 200
    assert WORDS not in page.text


def test_closed_report_can_only_be_opened_again(reader, editor_user):
    report, _path = sent_report(reader)
    decide(report, by=editor_user, outcome="set_aside", reason="spam")
    for act in (
        lambda: take_on(report, by=editor_user),
        lambda: ask_back(report, by=editor_user, text="Why?"),
        lambda: make_source(report, by=editor_user),
        lambda: decide(report, by=editor_user, outcome="declined", reason="opinion"),
    ):
        with pytest.raises(ActionRefused, match="closed"):
            act()
    page = reader.get("/reports/").text
    assert "1 report: 1 set aside." in page
    assert "It was spam." not in page
    reopen(report, by=editor_user)
    with pytest.raises(ActionRefused, match="not decided"):
        reopen(report, by=editor_user)


def test_spam_is_set_aside_from_the_list(reader, editor):
    rows = [sent_report(reader, text=f"Buy {number}")[0] for number in range(3)]
    chosen = [row.pk for row in rows[:2]]
    url = reverse("admin:desk_report_changelist")
    form = {"action": "set_aside_as_spam", "_selected_action": chosen}
    assert "2 reports were set aside." in editor.post(url, form, follow=True).text
    assert list(Report.objects.open()) == [rows[2]]
    assert "2 reports: 2 set aside." in reader.get("/reports/").text


def test_addresses_are_deleted_in_time(reader, editor_user):
    report, _path = sent_report(reader, email="a@example.org")
    decide(report, by=editor_user, outcome="declined", reason="opinion")
    taken_back, path = sent_report(reader, text="Other words")
    take_on(taken_back, by=editor_user)
    reader.post(f"{path}take-back/")
    assert tidy_reports() == 0
    assert HandledReport.objects.count() == 1  # what its reader took back is not counted
    assert Report.objects.get(pk=report.pk).email == "a@example.org"
    old = timezone.now() - timedelta(days=31)
    Report.objects.update(received_at=old, closed_at=old)
    call_command("tidy_reports")
    stored = Report.objects.get(pk=report.pk)
    assert (stored.email, stored.client, stored.text) == ("", "", WORDS)


def test_every_reason_belongs_to_one_outcome():
    reasons = [reason for reasons in OUTCOME_REASONS.values() for reason in reasons]
    assert len(reasons) == len(set(reasons))


def test_dashboard_lists_waiting_reports(reader, editor):
    assert "Reports from readers" in editor.get("/admin/").text
    report, _path = sent_report(reader)
    page = editor.get("/admin/").text
    assert page_of(report) in page
