"""Links order entries from the admin's forms to the lists, and impossible ones are refused."""

from __future__ import annotations

import random

import pytest

from kb.dates import FuzzyDate
from kb.desk.models import Citation, EntryLink, Event
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, withdraw
from kb.record.entry_order import connected_documents, links_among
from kb.record.models import Entry, Facet
from kb.record.order_values import ordered_entry
from kb.record.ordering import encode_key, order_keys
from kb.record.rebuild import rebuild_index
from tests.desk.admin_forms import change_url, fields_of, text_of
from tests.formats.reading import ids_on_pages
from tests.make import make_event, make_source, make_statement, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def follow(later, earlier, kind="follows", **fields):
    return EntryLink.objects.create(
        **{later.kind: later, f"to_{earlier.kind}": earlier},
        link_kind=kind,
        inferred="source" not in fields,
        **fields,
    )


def order():
    return list(Entry.objects.order_by("sort_key").values_list("public_id", flat=True))


def keys():
    return dict(Entry.objects.values_list("public_id", "sort_key"))


def test_link_orders_entries_of_one_day_and_withdrawing_restores():
    events = [published(make_event(happened="2023-12-15")) for _ in range(3)]
    alone = keys()
    first, second, third = sorted(events, key=lambda event: event.public_id)
    follow(first, third)
    publish(first, by=None)
    assert order() == [second.public_id, third.public_id, first.public_id]
    assert keys()[second.public_id] == alone[second.public_id]
    followed = keys()
    rebuild_index()
    assert keys() == followed
    withdraw(third, by=None, note="Wrong")
    assert keys() == {key: alone[key] for key in (first.public_id, second.public_id)}
    assert not Facet.objects.filter(name__in=["after", "linked"]).exists()


def test_funeral_is_after_death_of_the_same_month():
    death, funeral = make_event(happened="1900-10"), make_event(happened="1900-10-02")
    follow(funeral, death)
    published(funeral)
    assert order() == [funeral.public_id]  # the death is a draft, and orders nothing
    assert not Facet.objects.filter(name__in=["after", "linked"]).exists()
    published(death)
    assert order() == [death.public_id, funeral.public_id]


def test_statement_after_a_report_of_the_same_day(reader, editor):
    """Situation 5: entered in the form of the statement."""
    report = published(make_event("Bar Times reports it", happened="2023-12-15"))
    statement = published(make_statement("We have said so.", said="2023-12-15"))
    response = editor.get(change_url(statement))
    fields = fields_of(response) | {
        "links-TOTAL_FORMS": "1", "links-0-link_kind": "answers",
        "links-0-to_event": str(report.pk), "links-0-inferred": "on", "links-0-id": "",
        "links-0-statement": str(statement.pk), "links-0-exact": "", "_publish": "",
    }  # fmt: skip
    response = editor.post(change_url(statement), fields)
    assert response.status_code == 302, text_of(response)
    expected = [report.public_id, statement.public_id]
    assert order() == expected
    assert ids_on_pages(reader, "/timeline", "order=newest") == expected[::-1]


def test_one_moment_on_two_calendar_days(reader):
    """Situation 4: half past six in Washington is half past seven on the next day in Beijing."""
    beijing = FuzzyDate("2023-12-16", "", "+08:00", "07:30")
    washington = FuzzyDate("2023-12-15", "", "-05:00", "18:30")
    report = make_event("Report in Beijing", happened=beijing)
    call = make_event("Call in Washington", happened=washington)
    follow(call, report)
    published(report)
    published(call)  # the same minute: the link contradicts nothing
    assert order() == [report.public_id, call.public_id]


def test_circle_is_refused_in_the_form_with_its_names_and_dates(editor):
    first = make_event("Account suspended", happened="2023-12-15")
    second = make_event("Review announced", happened="2023-12-15")
    follow(first, second)
    fields = fields_of(editor.get(change_url(second))) | {
        "links-TOTAL_FORMS": "1", "links-0-link_kind": "follows",
        "links-0-to_event": str(first.pk), "links-0-inferred": "on", "links-0-id": "",
        "links-0-event": str(second.pk), "links-0-exact": "as printed",
    }  # fmt: skip
    response = editor.post(change_url(second), fields)
    text = text_of(response)
    assert "form a circle" in text and "as printed" in response.text
    assert "“Account suspended” (15 December 2023)" in text
    assert "“Review announced” (15 December 2023)" in text
    assert EntryLink.objects.count() == 1


def test_date_against_a_link_is_refused_in_the_form(editor):
    """The link is stored; then the date is changed so that it cannot be true."""
    earlier = make_event("Report", happened="2023-12-15")
    later = make_event("Reply", happened="2023-12-16")
    follow(later, earlier)
    fields = fields_of(editor.get(change_url(later))) | {"happened": "2023-12-14"}
    response = editor.post(change_url(later), fields)
    text = text_of(response)
    assert "“Report” (15 December 2023) before “Reply” (14 December 2023)" in text
    assert Event.objects.get(pk=later.pk).happened == FuzzyDate("2023-12-16")


def test_second_half_of_a_circle_is_refused_when_published():
    """Both halves were stored at once; the publications wait for each other."""
    first, second = (make_event(f"Event {n}", happened="2023-12-15") for n in (1, 2))
    follow(first, second)
    published(first)
    published(second)
    follow(second, first)
    before = keys()
    with pytest.raises(ActionRefused, match="form a circle"):
        publish(second, by=None)
    assert keys() == before


def test_link_against_stated_times_is_refused_when_published():
    early = make_event(happened=FuzzyDate("2023-12-15", time="08:00:10"))
    late = make_event(happened=FuzzyDate("2023-12-15", time="08:00:20"))
    published(late)
    follow(early, late)
    with pytest.raises(ActionRefused, match="its date is later"):
        published(early)
    assert order() == [late.public_id]


def test_reply_is_a_link():
    statement = published(make_statement("We did not.", said="2023-12-17"))
    reply = make_statement("They did.", said="2023-12-17", in_reply_to=statement)
    published(reply)
    assert order() == [statement.public_id, reply.public_id]


def test_points_of_a_document_are_in_its_order(reader):
    source = make_source()
    points = [make_event(f"Point {number}", happened="2023-12-17") for number in (1, 2, 3, 4)]
    for number, point in enumerate(points):
        Citation.objects.filter(event=point).delete()
        Citation.objects.create(event=point, source=source, exact="x", position=number + 1)
    for point in random.Random(1).sample(points, 4):
        published(point)
    assert ids_on_pages(reader, "/timeline") == [point.public_id for point in points]


def test_undated_entries_are_last_in_every_order(reader):
    dated = [published(make_event(happened=f"20{year}")) for year in (10, 11, 12)]
    undated = {published(make_event(happened="")).public_id for _ in range(3)}
    for query, years in (("", dated), ("order=newest", dated[::-1])):
        for size in (1, 2, 4, 50):
            ids = ids_on_pages(reader, "/timeline", f"{query}&size={size}".lstrip("&"))
            assert ids[:3] == [event.public_id for event in years]
            assert set(ids[3:]) == undated and len(ids) == 6
    page = reader.get("/timeline/?order=newest").text
    assert page.index("2012") < page.index("Date not stated")


@pytest.mark.parametrize("seed", range(4))
def test_random_histories_keep_the_order_of_the_keys(seed):
    """Links come and go at random; the index has the keys of the whole, and only linked move."""
    chance = random.Random(seed)
    dates = ["2023-12-15", "2023-12-16", "2023-12", "2023", "../2023-12-20", "2023-12-10/..", ""]
    events = [published(make_event(happened=chance.choice(dates))) for _ in range(7)]
    for _ in range(12):
        before = keys()
        event, other = chance.sample(events, 2)
        stored = EntryLink.objects.filter(event=event).first()
        connected = set(connected_documents([event.public_id])) | {event.public_id}
        if stored and chance.random() < 0.5:
            stored.delete()
        else:
            stored = follow(event, other, chance.choice(["follows", "answers", "part_of"]))
        try:
            publish(event, by=None)
        except ActionRefused:
            stored.delete()
            assert keys() == before
            continue
        connected |= set(connected_documents([event.public_id]))
        after = keys()
        assert all(after[key] == before[key] for key in after if key not in connected)
        documents = dict(Entry.objects.values_list("public_id", "revision__document"))
        entries = [ordered_entry(document) for document in documents.values()]
        expected = order_keys(entries, links_among(documents))
        assert after == {key: encode_key(value) for key, value in expected.items()}
    followed = keys()
    rebuild_index()
    assert keys() == followed
