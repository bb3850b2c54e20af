"""The whole timeline begins with what is newest; its parts and all files do not."""

import json

import pytest

from tests.formats.reading import body
from tests.make import make_actor, make_event, make_incident, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAYS = ("2001", "2002", "2003")


@pytest.fixture
def story():
    incident, acme = make_incident("Story", slug="story"), make_actor("Acme", slug="acme")
    for day in (*DAYS, ""):
        event = make_event(f"In {day}", happened=day, actors=((acme, "acted"),))
        event.incidents.add(incident)
        published(event)


def dates(reader, address):
    return [row["date"]["edtf"] for row in reader.get(address).context["page"]["rows"]]


@pytest.mark.parametrize("path", ["/timeline/", "/zh-hans/timeline/", "/timeline/?actor=acme"])
def test_whole_timeline_begins_with_the_newest_and_ends_with_the_undated(reader, story, path):
    assert dates(reader, path) == ["2003", "2002", "2001", ""]


@pytest.mark.parametrize("path", ["/incidents/story/", "/actors/acme/"])
def test_part_of_the_timeline_begins_with_what_happened_first(reader, story, path):
    assert dates(reader, path) == ["2001", "2002", "2003", ""]


def test_order_is_in_an_address_only_where_it_is_not_the_usual_one(reader, story):
    for path, usual in (("/timeline/", "newest"), ("/incidents/story/", "oldest")):
        page = reader.get(path).context["page"]
        for link in page["orders"]:
            order = link["url"].partition("order=")[2] or usual
            assert link["current"] is (order == usual)
            assert dates(reader, link["url"]) == dates(reader, f"{path}?order={order}")
        assert sum("order=" not in link["url"] for link in page["orders"]) == 1


def test_pages_and_the_form_keep_the_order(reader, story):
    for order in ("", "oldest"):
        page = reader.get(f"/timeline/?size=3&order={order}")
        rest = page.context["page"]["next"]
        assert dates(reader, rest) == [""]
        assert dates(reader, reader.get(rest).context["page"]["previous"]) == dates(
            reader, f"/timeline/?size=3&order={order}"
        )
        assert (("order", "oldest") in page.context["hidden"]) is bool(order)


def test_links_to_files_name_the_order_of_the_page_and_feeds_have_their_own(reader, story):
    links = {link["label"]: link["url"] for link in reader.get("/timeline/").context["formats"]}
    rows = json.loads(body(reader.get(links["JSON"])))["entries"]
    assert [row["date"]["edtf"] for row in rows] == ["2003", "2002", "2001", ""]
    assert links["Atom"] == "/timeline.atom"
    rows = reader.get("/timeline.json").json()
    assert [row["date"]["edtf"] for row in rows["entries"]] == ["2001", "2002", "2003", ""]
    assert rows["url"].endswith("/timeline/?order=oldest")


def test_embed_has_the_order_of_the_page(reader, story):
    for path in ("/timeline/", "/timeline/?order=oldest", "/incidents/story/"):
        src = reader.get(path).context["embed"]["code"].partition('src="')[2].partition('"')[0]
        address = src.replace("&amp;", "&").partition("/embed/")[2]
        text = reader.get(f"/embed/{address}").text
        days = sorted(DAYS, key=lambda day: text.index(f"In {day}"))
        assert [*days, ""] == dates(reader, path)
