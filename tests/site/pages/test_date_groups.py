"""Headings are never more exact than the dates below them; undecided order is said in words."""

from __future__ import annotations

import json

import pytest

from kb.dates import FuzzyDate
from kb.desk.models import Citation, EntryLink
from kb.site.pages.date_groups import groups_by_date
from tests.make import make_actor, make_event, make_source, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def headings(reader, query=""):
    view = reader.get(f"/timeline/{query}").context["page"]["groups"]
    return [(section["label"], [month["label"] for month in section["months"]]) for section in view]


@pytest.mark.parametrize(
    ("happened", "section", "month"),
    [
        ("199X", "1990s", ""),
        ("2019~/2021~", "About 2019 to about 2021", ""),
        ("2019~", "About 2019", ""),
        ("2019", "2019", "2019"),
        ("0606", "AD 606", "AD 606"),
        ("0606-05", "AD 606", "May"),
        ("2019-04", "2019", "April"),
        ("2019-04~", "2019", "About April 2019"),
        ("2019-04-03~", "2019", "April"),
        ("2019-04-15~/2019-04-17~", "2019", "April"),
        ("2019-04-01~/2019-04-30~", "2019", None),
        ("2019-07~/2019-11~", "2019", None),
        ("2019-04-28/2019-05-02", "2019", None),
        ("../2019-04-03", "2019", "April"),
        ("2018-12-30/2019-01-02", None, ""),
        ("", "Date not stated", ""),
    ],
)
def test_heading_is_never_more_exact_than_the_date(reader, happened, section, month):
    event = published(make_event(happened=happened))
    words = event.happened.words()
    ((label, months),) = headings(reader)
    assert label == (words if section is None or happened == "2019~/2021~" else section)
    assert months == [words if month is None else month]


def test_jump_to_a_year_skips_decades(reader):
    for happened in ("193X", "2010", "2012"):
        published(make_event(happened=happened))
    page = reader.get("/timeline/?order=oldest&size=1").context["page"]
    assert [jump["year"] for jump in page["jumps"]] == [2010, 2011, 2012]


def runs(reader, path="/timeline/?order=oldest"):
    return [
        (run["note"], run["date"], len(run["rows"]))
        for section in reader.get(path).context["page"]["groups"]
        for month in section["months"]
        for run in month["runs"]
    ]


def test_undecided_order_is_said_once_with_the_date(reader):
    for happened in ("2023-04", "2023-04", "2023-12-15", "2023-12-17", "2023-12-17"):
        published(make_event(happened=happened))
    assert runs(reader) == [
        ("Order within April 2023 not stated.", "April 2023", 2),
        ("", "", 1),
        ("Order within the day not stated.", "17 December 2023", 2),
    ]
    page = reader.get("/timeline/").text
    assert page.count('class="unordered one-date"') == 2


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_undecided_order_is_said_on_both_sides_of_a_page_border(reader, order):
    days = ("2023-12-15", "2023-12-16", "2023-12-17", "2023-12-17", "2023-12-17", "2023-12-18")
    for happened in days:
        published(make_event(happened=happened))
    runs_of_pages = []
    address = f"/timeline.json?size=2&order={order}"
    while address:
        answer = reader.get(address)
        document = answer.json()
        runs_of_pages.append(
            [
                (len(run["entries"]), run["continues_before"], run["continues_after"])
                for run in document["order_not_stated"]
            ]
        )
        address = document["next"]
    expected = {
        "oldest": [[], [(2, False, True)], [(1, True, False)]],
        "newest": [[(1, False, True)], [(2, True, False)], []],
    }
    assert runs_of_pages == expected[order]


def test_run_that_continues_names_the_page_that_has_more(reader):
    for _ in range(3):
        published(make_event(happened="2023-12-17"))
    note = "Order within the day not stated. The next page has more of these."
    (run,) = runs(reader, "/timeline/?order=oldest&size=2")
    assert run == (note, "17 December 2023", 2)
    next_page = (
        reader.get("/timeline.json?size=2").json()["next"].replace(".json?", "/?order=oldest&")
    )
    (run,) = runs(reader, next_page)
    assert run[0].endswith("The page before has more of these.") and run[2] == 1


def test_stated_order_across_a_page_border_has_no_bracket(reader):
    first, second = (make_event(f"Event {n}", happened="2023-12-17") for n in (1, 2))
    published(first)
    EntryLink.objects.create(event=second, to_event=first, link_kind="follows", inferred=True)
    published(second)
    assert runs(reader, "/timeline/?order=oldest&size=1") == [("", "", 1)]


def test_order_that_depends_on_a_missing_zone_is_not_stated(reader):
    clocks = [("18:05", "Z"), ("18:05", ""), ("20:00", "Z")]
    events = [
        published(make_event(happened=FuzzyDate("2023-12-15", time=time, zone=zone)))
        for time, zone in clocks
    ]
    assert runs(reader) == [("Order not stated.", "", 3)]
    (run,) = reader.get("/timeline.json").json()["order_not_stated"]
    assert set(run["entries"]) == {event.public_id for event in events}


def test_list_of_a_source_is_named(reader):
    outlet = make_actor("Bar Heart", actor_kind="publication")
    source = make_source(publisher=outlet)
    events = [make_event(happened="2023-12-17") for _ in range(3)]
    for position, event in enumerate(events, 1):
        Citation.objects.filter(event=event).delete()
        Citation.objects.create(event=event, source=source, exact="x", position=position)
        published(event)
    note = "Order within the day not stated. Shown as Bar Heart lists them."
    assert runs(reader) == [(note, "17 December 2023", 3)]
    (run,) = json.loads(reader.get("/timeline.json").content)["order_not_stated"]
    assert run["entries"] == [event.public_id for event in events]
    assert run["outlet"] == "Bar Heart" and run["listed_by"]["id"] == source.public_id


def test_stated_order_has_no_bracket_and_is_on_both_pages(reader):
    first, second = (make_event(f"Event {n}", happened="2023-12-17") for n in (1, 2))
    published(first)
    EntryLink.objects.create(event=second, to_event=first, link_kind="follows", inferred=True)
    published(second)
    assert runs(reader) == [("", "", 2)]
    page = " ".join(reader.get(f"/events/{second.slug}/").text.split())
    assert "Follows: <a" in page and "(inferred by the editor)" in page
    assert "Followed by: <a" in " ".join(reader.get(f"/events/{first.slug}/").text.split())
    (link,) = reader.get(f"/events/{second.slug}.json").json()["links"]
    assert link["kind"] == "follows" and link["entry"]["id"] == first.public_id
    assert link["inferred"] is True and link["source"] is None


def test_link_to_a_draft_is_nowhere(reader):
    draft = make_event("Secret plan", happened="2023-12-17")
    event = make_event(happened="2023-12-17")
    EntryLink.objects.create(event=event, to_event=draft, link_kind="follows", inferred=True)
    published(event)
    text = reader.get(f"/events/{event.slug}.json").text
    assert draft.public_id not in text and "Secret" not in text


def test_empty_list_has_no_groups():
    assert groups_by_date([]) == []
