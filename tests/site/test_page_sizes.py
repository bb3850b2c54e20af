"""What a page of 25 entries costs, over generated data: bytes, elements, and what is sent twice."""

import gzip
from html.parser import HTMLParser

import pytest

from bench.generate import fill
from kb.bundle import STYLESHEETS, stylesheet

pytestmark = pytest.mark.django_db

ENTRIES = 300
# Bytes, packed bytes and elements, by order, which decides the 25 entries. Of the bytes, 11,000 are
# the head and the foot, 11,000 the histogram by year, 14,000 the filters. The newest 25 have more
# statements with more sources.
LIMITS = {"oldest": (88_200, 14_080, 1_625), "newest": (91_900, 14_340, 1_685)}
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
@pytest.mark.parametrize("order", LIMITS)
def test_timeline_of_generated_entries_stays_small(reader, order):
    fill(ENTRIES)
    page = reader.get(f"/timeline/?order={order}")
    assert len(page.context["page"]["rows"]) == 25
    packed = len(gzip.compress(page.content, 6))
    sizes = (len(page.content), packed, elements(page.text))
    assert all(size <= limit for size, limit in zip(sizes, LIMITS[order], strict=True)), sizes
    fragment = reader.get("/timeline/fragment/")
    assert len(fragment.content) <= MAX_FRAGMENT_SHARE * len(page.content)


@pytest.mark.parametrize("name", STYLESHEETS)
def test_stylesheet_stays_small(name):
    packed = gzip.compress(stylesheet(name).encode(), 9)
    assert len(packed) <= MAX_STYLESHEET_BYTES
