"""Every page and every format lists linked, timed and undated entries in the same order."""

from __future__ import annotations

import pytest

from kb.dates import FuzzyDate
from kb.desk.models import Citation, EntryLink
from kb.formats import formats_for
from tests.formats.reading import ids, ids_on_pages
from tests.make import make_event, make_source, make_statement, published

pytestmark = pytest.mark.django_db


def linked_sample():
    """Publish entries in no order and return their ids in the order that must be shown."""
    day = "2023-12-17"
    source = make_source()
    points = [make_event(f"Point {number}", happened=day) for number in (1, 2, 3)]
    for position, point in enumerate(points, 1):
        Citation.objects.filter(event=point).delete()
        Citation.objects.create(event=point, source=source, exact="x", position=position)
    report = make_event("Report", happened=FuzzyDate("2023-12-15", "", "-05:00", "18:30"))
    call = make_event("Call", happened=FuzzyDate("2023-12-16", "", "+08:00", "07:31"))
    reply = make_statement("No.", said="2023-12-18")
    question = make_statement("Why?", said="2023-12-18")
    reply.in_reply_to = question
    reply.save()
    for entry in (reply, points[2], call, points[0], question, report, points[1]):
        published(entry)
    EntryLink.objects.create(event=points[0], to_event=report, link_kind="follows", inferred=True)
    published(points[0])
    return [entry.public_id for entry in (report, call, *points, question, reply)]


@pytest.mark.slow
def test_all_formats_have_the_same_order(reader):
    expected = linked_sample()
    undated = published(make_event(happened="")).public_id
    assert ids_on_pages(reader, "/timeline", "size=3") == [*expected, undated]
    newest = ids_on_pages(reader, "/timeline", "order=newest&size=3")
    assert newest == [*expected[::-1], undated]
    for form in formats_for("timeline"):
        if form.order != "changed":
            listed = ids(reader, form.suffix, "/timeline")
            shown = expected if undated not in listed else [*expected, undated]
            assert listed == shown, form.suffix
