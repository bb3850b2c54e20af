"""`/timeline/`: the page, its filters, and its errors."""

import pytest

from tests.make import make_actor, make_event, make_incident, published

pytestmark = pytest.mark.django_db


def test_timeline_lists_published_entries(reader):
    published(make_event("The checks begin", happened="2023-04"))
    text = reader.get("/timeline/").content.decode()
    assert "The checks begin" in text
    assert "April 2023" in text


def test_invalid_filter_is_named_and_form_keeps_values(reader):
    acme = make_actor("Acme", slug="acme")
    published(make_event("The launch", actors=((acme, "acted"),)))
    answer = reader.get("/timeline/?actor=acme&from=12/05/2023&until=2023-09&colour=red")
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "2023-05-12 or 2023-12-05" in text
    assert "No parameter has this name" in text
    assert 'value="12/05/2023"' in text
    assert 'value="2023-09"' in text
    assert "checked" in text.split('value="acme"')[1][:20]
    assert "The launch" not in text


def test_incident_form_stays_on_incident(reader):
    story = make_incident(slug="story")
    event = make_event()
    event.incidents.add(story)
    published(event)
    answer = reader.get("/incidents/story/?from=soon")
    assert answer.status_code == 400
    assert answer.context["action"] == "/incidents/story/"


def test_empty_result_counts_without_each_filter(reader):
    published(make_event(happened="2023-04"))
    answer = reader.get("/timeline/?from=2024&until=2025")
    assert answer.status_code == 200
    assert [option["count"] for option in answer.context["relief"]] == [1]


def test_empty_record_shows_message(reader):
    assert reader.get("/timeline/").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%ed%a0%80", "q=%zz", "size=" + "9" * 31, "from=" + "9" * 31,
        "q=" + "x" * 20000,
        "actor=" + "a" * 300, "actor=%00",
        "after=%ff", "kind=" + "&kind=".join(map(str, range(40))),
        "known=0000", "from=" + "[" * 500, "q=" + "%22" * 150, "order[]=x", "=", "&&&",
    ],
)  # fmt: skip
def test_hostile_queries_return_200_or_400(reader, query):
    for path in ("/timeline/", "/timeline.json"):
        answer = reader.get(f"{path}?{query}")
        assert answer.status_code in (200, 400, 404, 414), (path, query)


def test_order_by_change_groups_by_publication_day(reader):
    for title in ("First entered", "Entered next"):
        published(make_event(title, happened="2019-06-15"))
    page = reader.get("/timeline/?order=changed&size=1")
    (group,) = page.context["page"]["groups"]
    assert group["label"].startswith("Changed ")
    assert [row["title"] for row in group["months"][0]["rows"]] == ["Entered next"]
    assert page.context["page"]["jumps"] == []
    assert [order["current"] for order in page.context["page"]["orders"]] == [False, False, True]
    second = reader.get(page.context["page"]["next"])
    assert "First entered" in second.text


def test_search_leaves_out_a_word_after_a_hyphen(reader):
    published(make_event("Acme meets Baz"))
    published(make_event("Acme rests"))
    response = reader.get("/timeline/?q=Acme+-Baz")
    assert [row["title"] for row in response.context["page"]["rows"]] == ["Acme rests"]
