"""A list in full, compact and as a table: the same entries, and what each address keeps."""

import re

import pytest

from kb.site.pages.densities import DENSITIES, LINES_PER_PAGE
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_source,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db
PATHS = ("/timeline/", "/incidents/story/")


@pytest.fixture
def story():
    story = make_incident("The story", slug="story")
    acme = make_actor("Acme", slug="acme")
    events = [
        make_event("The checks begin", happened="2023-04", actors=((acme, "acted"),)),
        make_event("The launch", happened="2023-05~", source=make_source(publisher=acme)),
        make_statement(headline="Acme denies it", said="2023-06-02", text="Acme denies it."),
    ]
    for entry in events:
        entry.incidents.add(story)
        published(entry)
    published(story)
    return story


def titles(text):
    return [text.find(title) for title in ("The checks begin", "The launch", "Acme denies it")]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("view", DENSITIES)
def test_each_density_lists_the_same_entries_in_the_same_order(reader, story, path, view):
    page = reader.get(f"{path}?view={view}&order=oldest")
    assert page.status_code == 200
    results = page.text.partition('class="results"')[2]
    places = titles(results)
    assert min(places) > 0
    assert places == sorted(places)
    current = [link["label"].lower() for link in page.context["page"]["densities"]
               if link["current"]]  # fmt: skip
    assert current == [view]


def test_links_of_a_list_keep_its_density_and_its_files_do_not(reader, story):
    page = reader.get("/incidents/story/?view=table&kind=event")
    context = page.context["page"]
    assert "view=table" in context["orders"][1]["url"]
    assert "view=table" in context["chips"][0]["url"]
    assert ("view", "table") in page.context["hidden"]
    assert "view=" not in context["densities"][0]["url"]
    assert "kind=event" in context["densities"][0]["url"]
    for link in [*context["downloads"], *context["follow"]]:
        assert "view=" not in link["url"]
        assert reader.get(link["url"]).status_code == 200


def test_lines_have_larger_pages_unless_a_size_is_chosen(reader, story):
    assert "size=" not in reader.get("/timeline/").context["page"]["densities"][1]["url"]
    page = reader.get("/timeline/?view=compact").context["page"]
    assert f"size={LINES_PER_PAGE}" in page["orders"][1]["url"]
    assert [link["url"] for link in page["densities"]] == [
        "/timeline/", "/timeline/?view=compact", "/timeline/?view=table",
    ]  # fmt: skip
    chosen = reader.get("/timeline/?view=compact&size=10").context["page"]
    assert "size=10" in chosen["densities"][0]["url"]


def test_unknown_density_is_refused_with_the_allowed_ones(reader, story):
    for path in PATHS:
        answer = reader.get(f"{path}?view=cards")
        assert answer.status_code == 400
        assert "compact" in answer.text


def test_fragment_and_table_of_numbers_keep_the_density(reader, story):
    fragment = reader.get("/timeline/fragment/?view=compact")
    assert 'class="compact"' in fragment.text
    assert reader.get("/incidents/story/numbers/?view=table").status_code == 200
    assert reader.get("/timeline/options/actor/?view=table").status_code == 200


def test_a_page_asked_for_as_a_file_ignores_the_density(reader, story):
    answer = reader.get("/timeline/?view=table", headers={"accept": "text/csv"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")


def test_table_says_which_column_orders_the_list(reader, story):
    def sorted_columns(query):
        columns = reader.get(f"/timeline/?view=table{query}").context["page"]["columns"]
        return {column["label"]: column["sort"] for column in columns if column["sort"]}

    assert sorted_columns("&order=oldest") == {"Date": "ascending"}
    assert sorted_columns("") == {"Date": "descending"}
    assert sorted_columns("&order=changed") == {"Changed": "descending"}


def test_table_and_line_name_whose_account_an_entry_is(reader, story):
    table = reader.get("/timeline/?view=table").text
    row = re.search(r'<tr id="\w+">(?:(?!</tr>).)*The launch.*?</tr>', table, re.DOTALL)[0]
    assert "<td>Acme</td>" in row
    assert "2023-05~" in row
    line = reader.get("/timeline/?view=compact").text
    assert ", according to Acme" in line


@pytest.mark.parametrize("view", ["compact", "table"])
def test_empty_list_says_what_to_do_in_every_density(reader, story, view):
    page = reader.get(f"/timeline/?view={view}&q=nowhere")
    assert "No entries match" in page.text
    assert "<table" not in page.text
