"""Year links: the linked page begins with that year."""

import re

import pytest

from tests.make import make_event, published

pytestmark = pytest.mark.django_db

YEARS = (1998, 2003, 2003, 2011, 2023)


@pytest.fixture
def events(db):
    for year in YEARS:
        published(make_event(f"In {year}", happened=f"{year}-06-15"))
    published(make_event("Undated", happened=""))


def jumps(reader, query):
    order = "" if "order=" in query else "&order=oldest"
    page = reader.get(f"/timeline/?{query}{order}").text
    nav = re.search(r'<nav class="jump".*?</nav>', page, re.DOTALL)
    links = re.findall(r'<a href="([^"]+)"[^>]*>(\d+)</a>', nav[0]) if nav else []
    return {int(year): url.replace("&amp;", "&") for url, year in links}


def titles(reader, url):
    return re.findall(r'class="entry-title">\s*<a [^>]*>([^<]+)</a>', reader.get(url).text)


@pytest.mark.slow
def test_no_year_links_on_single_page(reader, events):
    assert jumps(reader, "") == {}


@pytest.mark.slow
def test_links_cover_every_year(reader, events):
    assert list(jumps(reader, "size=2")) == list(range(1998, 2024))


@pytest.mark.slow
def test_year_link_opens_first_entry_of_year_or_later(reader, events):
    links = jumps(reader, "size=2")
    assert titles(reader, links[2003]) == ["In 2003", "In 2003"]
    assert titles(reader, links[2004]) == ["In 2011", "In 2023"]
    assert titles(reader, links[1998])[0] == "In 1998"


@pytest.mark.slow
def test_year_link_newest_first_opens_last_entry_of_year_or_earlier(reader, events):
    links = jumps(reader, "size=2&order=newest")
    assert next(iter(links)) == 2023
    assert titles(reader, links[2010]) == ["In 2003", "In 2003"]
    assert titles(reader, links[2011])[0] == "In 2011"


def test_long_periods_have_links_by_decade(reader):
    for year in (1201, 1999, 2023):
        published(make_event(f"In {year}", happened=f"{year}"))
    links = list(jumps(reader, "size=1"))
    assert len(links) <= 61
    assert links[0] == 1201
    assert links[1] == 1300
