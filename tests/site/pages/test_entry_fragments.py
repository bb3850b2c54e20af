"""Rendered entries are kept in memory, never stale, and never with the numbers of another page."""

import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from kb.record.page import TimelinePage
from kb.record.query import TimelineQuery
from kb.record.rendering import row_with_html
from kb.site.pages.entry_fragments import (
    FragmentCache,
    entry_html,
    fragments,
    without_empty_lines,
)
from tests.make import make_actor, make_event, make_source, make_statement, published


@pytest.fixture(autouse=True)
def _empty_cache():
    fragments.clear()


def rows(query=""):
    parsed = TimelineQuery.parse(query)
    return [row_with_html(row) for row in TimelinePage(parsed).rows]


def rendered(row, level=5):
    return without_empty_lines(render_to_string("timeline/_row.html", {"row": row, "level": level}))


@pytest.mark.django_db
def test_kept_entry_is_what_the_template_renders():
    shared, own = make_source("Shared", slug="shared"), make_source("Own", slug="own")
    published(make_event("First", source=own, happened="2023-01"))
    published(make_event("Second", source=shared, happened="2023-02"))
    published(make_statement(source=shared, said="2023-03"))
    for _ in range(2):
        for row in rows():
            for level in (3, 5):
                assert entry_html(row, level) == rendered(row, level)
    assert fragments.hits == fragments.misses == 6


@pytest.mark.django_db
def test_entry_has_the_numbers_of_its_own_page():
    other = make_source("Other", slug="other")
    for title, happened, source in (("A", "2023-01", other), ("B", "2023-02", make_source())):
        published(make_event(title, happened=happened, source=source))
    (_first, second) = rows()
    (alone,) = rows("from=2023-02")
    alone["certain"] = second["certain"]
    assert "[2]" in entry_html(second, 5)
    assert "[1]" in entry_html(alone, 5)
    assert (fragments.hits, fragments.misses) == (1, 1)


@pytest.mark.django_db
def test_new_name_of_an_actor_and_another_language_are_shown_at_once():
    acme = make_actor("Acme", slug="acme")
    published(make_event("Launch", actors=((acme, "acted"),)))
    assert "Acme" in entry_html(rows()[0], 5)
    acme.name = "Brink"
    acme.save()
    published(acme)
    assert "Brink" in entry_html(rows()[0], 5)
    with translation.override("zh-hans"):
        (row,) = rows()
        assert re.search("[\u4e00-\u9fff]", entry_html(row, 5))


def test_oldest_texts_leave_a_full_cache():
    cache = FragmentCache(max_bytes=10)
    cache.put(b"a", "aaaa")
    cache.put(b"b", "bbbb")
    assert cache.get(b"a") == "aaaa"
    cache.put(b"c", "字")
    assert cache.bytes <= cache.max_bytes
    cache.put(b"c", "cccc")
    assert (cache.get(b"b"), cache.get(b"a"), cache.get(b"c")) == (None, "aaaa", "cccc")
    cache.put(b"d", "d" * 11)
    assert len(cache) == cache.bytes == 0


def test_lines_that_tags_leave_empty_are_removed():
    assert without_empty_lines("<p>\n\n \n a\nb\n</p>") == "<p>\n a\nb\n</p>"
