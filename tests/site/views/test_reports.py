"""The public log of reports from readers: figures, decisions, and pages of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kb.desk.verbs.publishing import withdraw
from kb.record.models import HandledReport
from kb.record.publication_version import bump_version
from kb.site.pages.reports import PAGE_SIZE
from tests.make import make_event, published

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 1, 9, tzinfo=UTC)


def handled(hours=24, outcome="declined", reason="opinion", **fields):
    """A report that was decided after so many hours."""
    return HandledReport.objects.create(
        kind="error",
        received_at=START,
        decided_at=START + timedelta(hours=hours),
        hours=hours,
        outcome=outcome,
        reason=reason,
        **fields,
    )


def test_empty_log_says_so(reader):
    page = reader.get("/reports/").text
    assert "No report has been decided yet." in page
    assert "decisions took" not in page


def test_figures_count_every_report_and_the_median(reader):
    for hours in (24, 48, 72):
        handled(hours)
    handled(96, "corrected", "confirmed")
    handled(1, "set_aside", "spam")
    HandledReport.objects.create(kind="reply", received_at=START)
    page = reader.get("/reports/").text
    figures = "6 reports: 1 corrected, 3 declined, 1 set aside, 1 open."
    assert f"{figures} Half of the decisions took 2.0 days or less." in page
    assert "It was spam." not in page


def test_decisions_name_their_entries_the_newest_first(reader):
    event = published(make_event("Account suspended"))
    gone = published(make_event("Withdrawn words"))
    withdraw(gone, by=None, note="Entered twice.")
    handled(24, about=event.public_id, sentence="A sentence.")
    handled(48, about=gone.public_id)
    handled(72, "corrected", "confirmed", about="", result=event.public_id)
    page = reader.get("/reports/").text
    assert page.index("The site") < page.index(gone.public_id) < page.index("A sentence.")
    assert page.count("Account suspended") == 2
    assert "Withdrawn words" not in page


def test_long_log_has_pages_and_a_constant_number_of_queries(reader, queries):
    event = published(make_event("Account suspended"))
    handled(about=event.public_id)
    with queries() as few:
        reader.get("/reports/")
    rows = [handled(number // 3, about=event.public_id) for number in range(PAGE_SIZE)]
    bump_version()
    with queries() as many:
        first = reader.get("/reports/")
    assert len(few) == len(many) <= 8
    shown = [row["id"] for row in first.context["decisions"]]
    second = reader.get(first.context["pages"]["next"])
    shown += [row["id"] for row in second.context["decisions"]]
    assert len(shown) == len(set(shown)) == len(rows) + 1
    assert "noindex,follow" in second.text
    assert "There are no more decisions" in reader.get("/reports/?after=999999").text
    assert reader.get("/reports/?after=x").status_code == 400
