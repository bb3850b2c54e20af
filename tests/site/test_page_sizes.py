"""What a page of 25 entries costs, over generated data: bytes, elements, and what is sent twice."""

import gzip
from html.parser import HTMLParser

import pytest

from bench.generate import fill
from kb.bundle import STYLESHEETS, stylesheet

pytestmark = pytest.mark.django_db

ENTRIES = 300
# Of these, 12,000 are the head and the foot, 11,000 the histogram by year, 14,000 the filters.
MAX_BYTES = 89_500
MAX_PACKED_BYTES = 14_400
MAX_ELEMENTS = 1_635
MAX_FRAGMENT_SHARE = 0.9
MAX_STYLESHEET_BYTES = 10_000


class ElementCounter(HTMLParser):
    def __init__(self):
        super().__init__()
        self.elements = 0

    def handle_starttag(self, tag, attrs):
        self.elements += 1


def elements(text):
    counter = ElementCounter()
    counter.feed(text)
    return counter.elements


@pytest.mark.slow
def test_timeline_of_generated_entries_stays_small(reader):
    fill(ENTRIES)
    page = reader.get("/timeline/")
    assert len(page.context["page"]["rows"]) == 25
    assert len(page.content) <= MAX_BYTES
    assert len(gzip.compress(page.content, 6)) <= MAX_PACKED_BYTES
    assert elements(page.text) <= MAX_ELEMENTS
    fragment = reader.get("/timeline/fragment/")
    assert len(fragment.content) <= MAX_FRAGMENT_SHARE * len(page.content)


@pytest.mark.parametrize("name", STYLESHEETS)
def test_stylesheet_stays_small(name):
    packed = gzip.compress(stylesheet(name).encode(), 9)
    assert len(packed) <= MAX_STYLESHEET_BYTES
