"""`/actors/<slug>/`: the entries of an actor by lane; and the list of actors."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb.desk.models import ActorName, Affiliation
from kb.site.charts.swimlanes import FacetGroup, swimlanes_chart
from tests.make import make_actor, make_event, make_statement, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def acme():
    return make_actor("Acme", slug="acme")


def test_actor_page_lists_entries_and_facts(reader, acme):
    published(make_event("The launch", actors=((acme, "acted"),)))
    published(make_statement("We launched.", on_behalf_of=acme))
    text = reader.get("/actors/acme/").content.decode()
    assert "The launch" in text
    assert "We launched." in text


def test_lane_filters_entries_and_links_keep_it(reader, acme):
    published(make_event("The launch", actors=((acme, "acted"),)))
    for _ in range(3):
        published(make_statement("We launched.", on_behalf_of=acme))
    answer = reader.get("/actors/acme/?lane=for&size=2")
    page = answer.context["page"]
    assert page["count"]["total"] == 3
    for link in (page["next"], page["orders"][1]["url"]):
        assert "lane=for" in link
        assert reader.get(link).context["page"]["count"]["total"] == 3


def test_every_lane_shows_its_count(reader, acme):
    event = published(make_event("The launch", actors=((acme, "acted"),), standing="undisputed"))
    published(make_event("The rehearsal", actors=((acme, "acted"),), standing="one_party"))
    published(make_event("The next launch", actors=((acme, "acted"),), standing="announced"))
    published(make_statement("We launched.", on_behalf_of=acme, about=(event,)))
    published(make_statement("They launched.", about=(event,)))
    published(make_statement("I launched.", speaker=acme))
    lanes = reader.get("/actors/acme/").context["lanes"]
    counts = {
        "all": 6,
        "did": 1,
        "said-to-have-done": 2,
        "said": 1,
        "for": 1,
        "to": 0,
        "about": 1,
    }
    assert {lane["key"]: lane["count"] for lane in lanes} == counts
    for lane in lanes:
        assert reader.get(lane["url"]).context["page"]["count"]["total"] == lane["count"]


def test_unknown_lane_is_named(reader, acme):
    published(acme)
    answer = reader.get("/actors/acme/?lane=thought")
    assert answer.status_code == 400
    assert "lane" in dict(answer.context["problems"])
    assert reader.get("/actors/acme/?lane=").status_code == 200, "a form sends what is left empty"
    assert reader.get("/actors/acme.csv?lane=").status_code == 200


def test_speakers_are_listed_with_capacity_and_day(reader, acme):
    niko = make_actor("Niko", actor_kind="person", slug="niko")
    for day in ("2023-12-15", "2023-12-17"):
        published(
            make_statement(speaker=niko, role_as_of="spokesperson", on_behalf_of=acme, said=day)
        )
    label = "a person in charge"
    unnamed = make_statement(
        speaker=None, speaker_label=label, attribution="unnamed", on_behalf_of=acme
    )
    published(unnamed)
    speakers = reader.get("/actors/acme/").context["actor"]["speakers"]
    rows = [(speaker["name"], speaker["role"], speaker["count"]) for speaker in speakers]
    assert rows == [("Niko", "spokesperson", 2), (label, "", 1)]
    assert speakers[0]["last"].isoformat() == "2023-12-17"
    (own,) = reader.get("/actors/niko/").context["actor"]["speaks_for"]
    assert (own["name"], own["count"]) == ("Acme", 2)


def test_chart_draws_dates_with_their_precision(reader, acme):
    for when in ("2023-04", "2023-06~/2023-08~", "../2023-12-15", "2023-12-17", ""):
        published(make_event(actors=((acme, "acted"),), happened=when, standing="undisputed"))
    chart = reader.get("/actors/acme/").context["chart"]
    did = chart["lanes"][0]
    assert [lane["label"] for lane in chart["lanes"]] == [
        "Did",
        "Said",
        "Said of it",
    ]
    shapes = sorted(mark["shape"] for mark in did["marks"])
    assert shapes == ["block", "fade-left", "needle", "needle", "soft"]
    assert chart["undated"] == 1
    assert "Did: 5" in chart["label"]


def test_a_chart_of_many_years_has_at_most_a_dozen_labels():
    from datetime import date

    days = [date(year, 5, 1) for year in (1850, 1999, 2023)]
    groups = [FacetGroup("did", "event", day, day, "", 9) for day in days]
    chart = swimlanes_chart(groups, "Acme")
    assert 3 <= len(chart["ticks"]) <= 12
    # Nine on one day are drawn as four beside each other.
    assert len(chart["lanes"][0]["marks"]) == 3 * 4
    assert swimlanes_chart([], "Acme") is None


def test_a_busy_actor_has_columns_in_as_many_queries_and_elements(reader, acme, monkeypatch):
    monkeypatch.setattr("kb.site.pages.actor_lanes.MAX_DRAWN_ENTRIES", 2)
    days = ["2023-05-02", "2023-06-03", "2023-05-05", "2023-05/2023-06", ""]

    def read():
        with CaptureQueriesContext(connection) as queries:
            answer = reader.get("/actors/acme/?size=1")
        chart = re.search(r'<div class="lanes".*?</div>\s*<p', answer.content.decode(), re.DOTALL)
        return answer.context, len(queries), chart[0].count("<")

    # The entry of the page, in whose order the others have no part; then one in each column.
    for when in ("2023-01-01", *days[:2]):
        published(make_event(actors=((acme, "acted"),), happened=when, standing="undisputed"))
    _context, queries, elements = read()
    for when in days:
        published(make_event(actors=((acme, "acted"),), happened=when, standing="undisputed"))
    context, queries_of_more, elements_of_more = read()
    assert (queries_of_more, elements_of_more) == (queries, elements)
    chart = context["chart"]
    assert chart["notes"] == [
        "Number of entries by month. The highest column is 3.",
        "Not drawn, with dates wider than a column: Did: 1.",
    ]
    assert chart["undated"] == 1
    assert chart["lanes"][0]["columns"].count("M") == 3


def test_counts_of_lanes_do_not_depend_on_how_they_are_drawn(reader, acme, monkeypatch):
    event = published(make_event("The launch", actors=((acme, "acted"),), standing="undisputed"))
    published(make_event("The rehearsal", actors=((acme, "acted"),), standing="one_party"))
    published(make_statement("We launched.", on_behalf_of=acme, about=(event,)))
    published(make_statement("They launched.", about=(event,)))
    published(make_statement("I launched.", speaker=acme))
    drawn = reader.get("/actors/acme/").context
    monkeypatch.setattr("kb.site.pages.actor_lanes.MAX_DRAWN_ENTRIES", 2)
    counted = reader.get("/actors/acme/").context
    assert "notes" not in drawn["chart"]
    assert counted["chart"]["notes"]
    assert counted["lanes"] == drawn["lanes"]
    assert counted["facts"] == drawn["facts"]
    for part in ("label", "ticks", "height", "undated"):
        assert counted["chart"][part] == drawn["chart"][part]


def test_other_names_and_affiliations_are_shown(reader, acme):
    person = make_actor("Zhang Yiming", actor_kind="person", slug="zhang")
    ActorName.objects.create(actor=person, name="张一鸣", language="zh-Hans", name_kind="original")
    Affiliation.objects.create(
        person=person, organisation=published(acme), title="founder", since="2012-03", until=""
    )
    published(person)
    text = reader.get("/actors/zhang/").content.decode()
    assert '<span lang="zh-Hans" dir="auto">张一鸣</span>' in text
    assert "Simplified Chinese" in text
    assert "From: March 2012" in text
    assert "End not stated" in text


def test_unpublished_actor_is_404(reader, acme):
    make_event(actors=((acme, "acted"),))
    assert reader.get("/actors/acme/").status_code == 404


def test_old_address_redirects(reader, acme):
    published(acme)
    acme.slug = "acme-corp"
    acme.save()
    published(acme)
    answer = reader.get("/actors/acme/")
    assert (answer.status_code, answer["Location"]) == (301, "/actors/acme-corp/")


# --- The index ---------------------------------------------------------------------------------


def names(answer):
    return [row["name"] for row in answer.context["rows"]]


def test_list_search_finds_actor_by_any_name(reader, acme):
    ActorName.objects.create(actor=acme, name="字节跳动", language="zh-Hans", name_kind="original")
    published(acme)
    published(make_actor("Borealis", actor_kind="person"))
    assert names(reader.get("/actors/")) == ["Acme", "Borealis"]
    assert names(reader.get("/actors/?q=acm*")) == ["Acme"]
    assert names(reader.get("/actors/", {"q": "跳动"})) == ["Acme"]
    assert names(reader.get("/actors/?kind=person")) == ["Borealis"]
    nothing = reader.get("/actors/?q=nobody")
    assert nothing.status_code == 200
    assert "No actor matches these words" in nothing.content.decode()


def test_list_orders_by_entries(reader, acme):
    other = published(make_actor("Zeta"))
    published(acme)
    published(make_event(actors=((other, "acted"),)))
    published(make_event(actors=((other, "acted"), (acme, "acted"))))
    assert names(reader.get("/actors/?order=entries")) == ["Zeta", "Acme"]
    assert names(reader.get("/actors/?order=newest")) == ["Acme", "Zeta"]


def test_list_is_paginated_with_constant_query_count(reader, monkeypatch):
    monkeypatch.setattr("kb.site.pages.list_selection.PAGE_SIZE", 2)
    for name in "ABCDE":
        published(make_actor(name))
    with CaptureQueriesContext(connection) as queries:
        first = reader.get("/actors/")
    assert len(queries) == 4
    assert names(first) == ["A", "B"]
    assert first.context["pages"]["previous"] is None
    second = reader.get(first.context["pages"]["next"])
    assert names(second) == ["C", "D"]
    third = reader.get(second.context["pages"]["next"])
    assert (names(third), third.context["pages"]["next"]) == (["E"], None)
    assert names(reader.get(third.context["pages"]["previous"])) == ["C", "D"]
    back = reader.get(second.context["pages"]["previous"])
    assert (names(back), back.context["pages"]["previous"]) == (["A", "B"], None)


@pytest.mark.parametrize("order", ["name", "entries", "newest"])
def test_every_order_lists_each_actor_once(reader, monkeypatch, order):
    for number, name in enumerate("EDCBA"):
        actor = make_actor(name)
        published(actor)
        for _ in range(number % 3):
            published(make_statement(speaker=actor))
    published(make_actor("A"))
    whole = [row["id"] for row in reader.get(f"/actors/?order={order}").context["rows"]]
    monkeypatch.setattr("kb.site.pages.list_selection.PAGE_SIZE", 2)
    ids, address, last = [], f"/actors/?order={order}", ""
    while address:
        answer = reader.get(address)
        ids += [row["id"] for row in answer.context["rows"]]
        address, last = answer.context["pages"]["next"], address
    assert ids == whole
    backwards = []
    while last:
        answer = reader.get(last)
        backwards = [row["id"] for row in answer.context["rows"]] + backwards
        last = answer.context["pages"]["previous"]
    assert backwards == whole


@pytest.mark.parametrize(
    "query",
    ["colour=red", "kind=dragon", "order=random", "page=2", "after=nobody", "before=-", "q=a&q=b"],
)
def test_invalid_list_parameter_is_named(reader, query):
    answer = reader.get(f"/actors/?{query}")
    assert answer.status_code == 400
    assert query.split("=")[0] in dict(answer.context["problems"])


def test_speakers_are_counted_in_the_latest_statements_only(reader, acme, monkeypatch):
    monkeypatch.setattr("kb.site.pages.speakers.MAX_STATEMENTS", 2)
    monkeypatch.setattr("kb.site.pages.actor.MAX_STATEMENTS", 2)
    first, second = make_actor("Ann", slug="ann"), make_actor("Bob", slug="bob")
    for speaker in (first, first, second):
        published(make_statement("We did.", speaker=speaker, on_behalf_of=acme))
    page = reader.get("/actors/acme/")
    rows = sorted((row["name"], row["count"]) for row in page.context["actor"]["speakers"])
    assert rows == [("Ann", 1), ("Bob", 1)]
    assert "Counted in the 2 statements that were recorded last." in page.text
    assert "Counted in the" not in reader.get("/actors/ann/").text
