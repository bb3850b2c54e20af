"""The ticked actors of the filter form mean any, all or none of them."""

import pytest

from tests.make import make_actor, make_event, published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def entries():
    one, two = make_actor("One", slug="one"), make_actor("Two", slug="two")
    published(make_event("Of both", actors=((one, "acted"), (two, "affected"))))
    published(make_event("Of one", actors=((one, "acted"),)))
    published(make_event("Of none"))


def titles(page):
    return {row["title"] for row in page.context["page"]["rows"]}


@pytest.mark.parametrize(
    ("sent", "shown", "mode", "address"),
    [
        ("actors=&actor=one&actor=two", {"Of both", "Of one"}, "any", "actor=one&actor=two"),
        ("actors=all&actor=one&actor=two", {"Of both"}, "all", "all_actor=one&all_actor=two"),
        ("actors=none&actor=two", {"Of one", "Of none"}, "none", "not_actor=two"),
        ("actors=all", {"Of both", "Of one", "Of none"}, "any", ""),
    ],
)
@pytest.mark.parametrize("path", ["/timeline/", "/timeline/fragment/"])
def test_ticked_boxes_mean_what_the_choice_below_them_says(
    reader, path, sent, shown, mode, address
):
    page = reader.get(f"{path}?{sent}")
    assert titles(page) == shown
    assert page.context["form"]["actors"] == mode
    changed = page.context["page"]["orders"][2]["url"]
    assert changed == f"/timeline/?{address}{'&' if address else ''}order=changed"
    assert not [name for name, _value in page.context["hidden"] if name.endswith("actor")]


def test_form_shows_the_ticks_of_an_address_with_all_or_none(reader):
    for address in ("all_actor=one&all_actor=two", "not_actor=one&not_actor=two"):
        page = reader.get(f"/timeline/?{address}")
        group = next(g for g in page.context["page"]["facets"] if g["name"] == "actor")
        ticked = {option["value"] for option in group["options"] if option["selected"]}
        assert ticked == {"one", "two"}
        assert len(page.context["page"]["chips"]) == 2


def test_a_second_kind_of_choice_stays_as_hidden_fields_and_chips(reader):
    page = reader.get("/timeline/?actor=one&not_actor=two")
    assert titles(page) == {"Of one"}
    assert page.context["form"]["actors"] == "any"
    assert ("not_actor", "two") in page.context["hidden"]
    assert "Without Actor" in page.text


def test_entries_of_all_of_several_actors_lead_to_their_comparison(reader):
    page = reader.get("/timeline/?all_actor=one&all_actor=two")
    assert page.context["page"]["compare_url"] == "/compare/?a=one&b=two"
    assert '<a href="/compare/?a=one&amp;b=two">Compare these actors</a>' in page.text
    for address in ("all_actor=one", "actor=one&actor=two", "not_actor=one&not_actor=two"):
        assert "Compare these actors" not in reader.get(f"/timeline/?{address}").text


def test_unknown_choice_is_refused(reader):
    assert reader.get("/timeline/?actors=some&actor=one").status_code == 400


def test_list_of_all_values_adds_to_the_choice_in_use(reader):
    page = reader.get("/timeline/options/actor/?not_actor=one")
    [chosen] = page.context["chosen"]
    assert chosen["url"] == "/timeline/#resh"
    adding = {option["label"]: option["url"] for option in page.context["options"]}
    assert adding == {}  # nothing that is left has an actor besides
    page = reader.get("/timeline/options/actor/?all_actor=one")
    [two] = page.context["options"]
    assert two["url"] == "/timeline/?all_actor=one&all_actor=two#resh"


def test_files_and_the_api_know_the_parameters(reader):
    for address in ("/timeline.json?all_actor=one&all_actor=two", "/timeline.csv?not_actor=one"):
        assert reader.get(address).status_code == 200
    data = reader.get("/timeline.json?all_actor=one&all_actor=two").json()
    assert [entry["title"] for entry in data["entries"]] == ["Of both"]
