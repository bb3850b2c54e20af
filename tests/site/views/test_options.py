"""All values of a filter: their page, their part in the form, and what each link adds."""

import re

import pytest

from kb.desk.models import ActorName
from kb.record.option_pages import PAGE_SIZE, OptionCursor
from kb.site.pages.timeline import MAX_SHOWN_OPTIONS, SHOWN_OPTIONS
from kb.text.slugs import slugify
from tests.make import make_actor, make_event, make_incident, make_statement, published

pytestmark = pytest.mark.django_db
CHECKBOX = re.compile(r'type="checkbox"\s+name="actor"')


def labels(response):
    return [option["label"] for option in response.context["options"]]


def together(*names, **fields):
    """Publish one event with an actor of each name."""
    actors = [make_actor(name, slug=f"actor-{slugify(name)}") for name in names]
    published(make_event(actors=tuple((actor, "acted") for actor in actors), **fields))
    return actors


def test_form_shows_some_values_and_a_link_to_all(reader):
    together(*(f"N{number:02}" for number in range(20)))
    page = reader.get("/timeline/?order=newest")
    (group,) = (facet for facet in page.context["page"]["facets"] if facet["name"] == "actor")
    assert len(group["options"]) == SHOWN_OPTIONS
    assert group["more"] == 20 - SHOWN_OPTIONS
    listed = reader.get(group["url"])
    assert labels(listed) == [f"N{number:02}" for number in range(20)]
    assert len(CHECKBOX.findall(page.text)) == SHOWN_OPTIONS


def test_few_values_are_all_shown(reader):
    together(*(f"N{number:02}" for number in range(MAX_SHOWN_OPTIONS)))
    (group,) = (
        facet
        for facet in reader.get("/timeline/").context["page"]["facets"]
        if facet["name"] == "actor"
    )
    assert (len(group["options"]), group["more"], group["url"]) == (MAX_SHOWN_OPTIONS, 0, "")


def test_chosen_values_are_always_in_the_form(reader):
    together(*(f"N{number:02}" for number in range(20)))
    page = reader.get("/timeline/?actor=actor-n19")
    assert 'value="actor-n19" checked' in page.text
    assert len(CHECKBOX.findall(page.text)) == SHOWN_OPTIONS


def test_link_adds_the_value_and_keeps_the_filters(reader):
    together("Acme", "Brink", happened="2023-04")
    together("Cargo", happened="2024-04")
    page = reader.get("/timeline/options/actor/?actor=actor-acme&from=2023&order=changed")
    (brink, cargo) = page.context["options"]
    assert (brink["label"], brink["count"]) == ("Brink", 1)
    expected = "/timeline/?actor=actor-acme&actor=actor-cargo&from=2023&order=changed#resh"
    assert cargo["url"] == expected
    (acme,) = page.context["chosen"]
    assert acme["url"] == "/timeline/?from=2023&order=changed#resh"
    assert reader.get(brink["url"]).context["page"]["count"]["total"] == 1
    assert 'name="from" value="2023"' in page.text


def test_counts_do_not_depend_on_the_page_of_the_list(reader):
    together("Acme", "Brink")
    page = reader.get("/timeline/options/actor/")
    later = reader.get("/timeline/options/actor/?order=changed&after=1")
    assert labels(page) == labels(later)
    assert "after=" not in later.context["options"][0]["url"]


@pytest.mark.parametrize(
    "find", ["字节", "跳动", "字", "bytedance", "BYTE", "dance byte", "ＢＹＴＥ"]
)
def test_value_is_found_by_every_name(reader, find):
    actor, _other = together("Byte Dance", "Other")
    names = {"字节跳动": "zh-Hans", "ByteDance": "en"}
    for name, language in names.items():
        ActorName.objects.create(actor=actor, name=name, language=language, name_kind="original")
    published(actor)
    assert labels(reader.get("/timeline/options/actor/", {"find": find})) == ["Byte Dance"]


def test_find_ignores_accents_and_names_of_labels(reader):
    together("Zoë Müller", "Someone")
    assert labels(reader.get("/timeline/options/actor/", {"find": "muller"})) == ["Zoë Müller"]
    assert labels(reader.get("/timeline/options/kind/", {"find": "ev"})) == ["Event"]
    chinese = reader.get("/zh-hans/timeline/options/kind/")
    assert chinese.context["options"][0]["label"] != "Event"
    assert 'lang="zh-hans"' in chinese.text


def test_find_without_a_match_says_so(reader):
    together("Acme")
    page = reader.get("/timeline/options/actor/?find=zzz&from=2020")
    assert labels(page) == []
    assert "No value with this name" in page.text
    assert 'href="/actors/?q=zzz"' in page.text
    assert labels(reader.get("/timeline/options/actor/", {"find": "!!"})) == []


def test_pages_reach_every_value_once(reader):
    names = [f"N{number:03}" for number in range(2 * PAGE_SIZE + 3)]
    together(*names)
    together("N000b", "N001b")
    seen, address = [], "/timeline/options/actor/?order=newest"
    while address:
        page = reader.get(address)
        seen += labels(page)
        address = page.context["next_url"]
        assert page.context["total"] == len(names) + 2
    assert sorted(seen) == sorted([*names, "N000b", "N001b"])
    assert reader.get(page.context["first_url"]).context["first_url"] == ""


def test_cursor_of_a_value_that_is_gone_misses_none(reader):
    (acme, brink) = together("Acme", "Brink")
    published(make_event(actors=((acme, "acted"), (brink, "acted"))))
    together("Cargo")
    gone = OptionCursor(2, "no-longer-there")
    assert labels(reader.get(f"/timeline/options/actor/?start={gone}")) == [
        "Acme",
        "Brink",
        "Cargo",
    ]
    assert OptionCursor.parse("2.a.b c") == OptionCursor(2, "a.b c")


def test_no_value_can_be_added_to_a_full_filter(reader):
    actors = together(*(f"N{number:02}" for number in range(12)))
    chosen = "&".join(f"actor={actor.slug}" for actor in actors[:10])
    page = reader.get(f"/timeline/options/actor/?{chosen}")
    assert page.status_code == 200
    assert page.context["is_full"]
    assert page.context["options"][0]["url"] not in page.text


def test_incident_and_actor_pages_have_the_same_pages(reader):
    story = make_incident("Story", slug="story")
    acme, brink = make_actor("Acme", slug="acme"), make_actor("Brink", slug="brink")
    event = make_event(actors=((acme, "acted"), (brink, "affected")))
    event.incidents.add(story)
    published(event)
    published(make_statement(speaker=acme))
    page = reader.get("/incidents/story/options/actor/?kind=event")
    assert page.context["options"][0]["url"].startswith("/incidents/story/?actor=acme&kind=event")
    actor = reader.get("/actors/acme/")
    links = {link["label"]: link["url"] for link in actor.context["page"]["filters"]}
    assert "Actor" not in links
    assert links["Incident"] == "/actors/acme/options/incident/"
    assert links["Incident"] in actor.text
    values = reader.get(links["Incident"])
    assert labels(values) == ["Story"]
    narrowed = reader.get(values.context["options"][0]["url"])
    assert narrowed.context["page"]["count"]["total"] == 1
    lane = reader.get("/actors/acme/options/kind/?lane=said")
    assert "lane=said" in lane.context["back_url"]


def test_search_leads_to_the_values_of_what_it_found(reader):
    # More than a page of results.
    for number in range(22):
        published(make_event(f"The account {number}", actors=((make_actor(), "acted"),)))
    page = reader.get("/search/?q=account")
    url = "/timeline/options/actor/?q=account"
    assert f'href="{url}"' in page.text
    assert reader.get(url).context["total"] == 22
    assert "/options/" not in reader.get("/search/?q=nothing").text


def test_filter_without_a_group_is_kept_by_the_form(reader):
    story = make_incident("Story", slug="story")
    event = make_event()
    event.incidents.add(story)
    published(event)
    page = reader.get("/timeline/?incident=story")
    assert re.search(r'type="hidden" name="incident" value="story"', page.text)
    assert "/timeline/options/source/?incident=story" in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/timeline/options/colour/", 404),
        ("/timeline/options/from/", 404),
        ("/incidents/nothing/options/actor/", 404),
        ("/timeline/options/actor/?colour=red", 400),
        ("/timeline/options/actor/?from=soon", 400),
        ("/timeline/options/actor/?start=x", 400),
        ("/timeline/options/actor/?start=1.a&start=2.b", 400),
        ("/timeline/options/actor/?find=" + "x" * 201, 400),
        ("/timeline/options/actor/fragment/?find=" + "x" * 201, 400),
    ],
)
def test_addresses_that_cannot_be_answered(reader, path, status):
    assert reader.get(path).status_code == status


def test_fixed_filter_has_no_page(reader):
    published(make_incident("Story", slug="story"))
    assert reader.get("/incidents/story/options/incident/").status_code == 404


def test_values_are_not_for_search_engines(reader):
    together("Acme")
    for path in ("/timeline/options/actor/", "/timeline/options/actor/fragment/"):
        assert reader.get(path)["X-Robots-Tag"] == "noindex"
    page = reader.get("/timeline/options/actor/").text
    assert '<meta name="robots" content="noindex,follow">' in page
    robots = reader.get("/robots.txt").text
    assert "Disallow: /*/options/" in robots


def test_part_for_the_form_has_checkboxes(reader):
    together("Acme", "Brink")
    part = reader.get("/timeline/options/actor/fragment/?actor=actor-acme&find=bri").text
    assert part.count("<input") == 1
    assert CHECKBOX.search(part)
    assert 'value="actor-brink"' in part
    assert "<html" not in part
    assert 'data-status="1 value"' in part


@pytest.mark.parametrize("path", ["", "?find=n", "?q=event", "?actor=actor-n00"])
def test_query_count_does_not_grow(reader, queries, path):
    together(*(f"N{number:02}" for number in range(3)))
    reader.get(f"/timeline/options/actor/{path}")
    with queries() as few:
        reader.get(f"/timeline/options/actor/{path}")
    together(*(f"M{number:02}" for number in range(30)))
    reader.get(f"/timeline/options/actor/{path}")
    with queries() as many:
        reader.get(f"/timeline/options/actor/{path}")
    assert len(many) == len(few) <= 6
