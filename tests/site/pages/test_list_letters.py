"""Lists of records by kind and by first letter, with counts; what has no entries comes last."""

import pytest

from tests.make import make_actor, make_source, make_statement, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def actors(monkeypatch):
    """Six actors on pages of four; two of them speak."""
    monkeypatch.setattr("kb.site.pages.list_selection.PAGE_SIZE", 4)
    speakers = []
    for name, kind in (
        ("Adler Cole", "person"), ("Acme Cole", "organisation"), ("Birch", "person"),
        ("3M", "organisation"), ("字节跳动", "organisation"), ("Éclair", "group"),
    ):  # fmt: skip
        actor = published(make_actor(name, actor_kind=kind))
        if name in ("Adler Cole", "Birch"):
            speakers.append(actor)
    for actor in speakers:
        published(make_statement(speaker=actor))


def names(answer):
    return [row["name"] for row in answer.context["rows"]]


def picks(answer, name):
    return {pick["label"]: pick["count"] for pick in answer.context[name]}


def test_letters_and_kinds_are_counted_and_lead_to_what_they_count(reader, actors):
    page = reader.get("/actors/")
    letters, kinds = picks(page, "letters"), picks(page, "kinds")
    assert letters == {"All": 6, "A": 2, "B": 1, "E": 1, "0–9": 1, "Other scripts": 1}
    assert kinds == {"All": 6, "Person": 2, "Organisation": 3, "Group": 1}
    for pick in (*page.context["letters"], *page.context["kinds"]):
        assert reader.get(pick["url"]).context["pages"]["total"] == pick["count"], pick["url"]


def test_letter_and_kind_narrow_each_other(reader, actors):
    page = reader.get("/actors/?letter=a&kind=person")
    assert names(page) == ["Adler Cole"]
    assert picks(page, "kinds") == {"All": 2, "Person": 1, "Organisation": 1}
    assert picks(page, "letters") == {"All": 2, "A": 1, "B": 1}
    (current,) = [pick["label"] for pick in page.context["letters"] if pick["current"]]
    assert current == "A"
    assert 'name="letter" value="a"' in page.text
    assert 'name="kind" value="person"' in page.text


def test_letter_and_kind_without_records_say_so_and_lead_back(reader, actors):
    page = reader.get("/actors/?letter=z&kind=group")
    assert names(page) == []
    assert "No actor matches these words and choices." in page.text
    assert picks(page, "letters")["Z"] == 0
    assert reader.get("/actors/?letter=z").context["letters"][0]["url"] == "/actors/"


def test_actors_without_entries_are_at_the_end_and_counted(reader, actors):
    page = reader.get("/actors/")
    assert names(page) == ["Adler Cole", "Birch", "3M", "Acme Cole"]
    assert "4 have no entries and are at the end of the list." in page.text
    assert page.text.count("Without entries") == 1
    last = reader.get(page.context["pages"]["next"])
    assert names(last) == ["Éclair", "字节跳动"]
    assert names(reader.get(last.context["pages"]["previous"])) == names(page)
    assert "Without entries" not in reader.get("/actors/?order=newest").text


def test_search_counts_kinds_and_keeps_the_letter(reader, actors):
    page = reader.get("/actors/?q=cole")
    assert picks(page, "kinds") == {"All": 2, "Person": 1, "Organisation": 1}
    assert page.context["letters"] == []
    page = reader.get("/actors/?q=cole&letter=a")
    assert picks(page, "letters") == {"All": None, "A": None}
    assert page.context["pages"]["total"] == 2
    assert reader.get("/actors/?q=birch&letter=a").context["pages"]["total"] == 0


def test_count_of_entries_leads_to_them_on_the_timeline(reader, actors):
    page = reader.get("/actors/?q=adler")
    slug = page.context["rows"][0]["slug"]
    assert f'href="/timeline/?actor={slug}"' in page.text
    assert reader.get(f"/timeline/?actor={slug}").context["page"]["count"]["total"] == 1
    published(make_source("Chronicle", slug="chronicle"))
    assert "/timeline/?source=chronicle" not in reader.get("/sources/").text


@pytest.mark.parametrize(
    "query", ["letter=a", "letter=0-9", "letter=other", "letter=a&kind=person"]
)
def test_files_have_what_the_page_has(reader, actors, query):
    shown = names(reader.get(f"/actors/?{query}"))
    assert shown
    assert [row["name"] for row in reader.get(f"/actors.json?{query}").json()["actors"]] == shown


def test_unknown_letter_is_an_error_that_names_it(reader):
    answer = reader.get("/actors.json?letter=aa")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["letter"])
