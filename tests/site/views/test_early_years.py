"""Years before 1000 are said as a person says them; four digits are for data only."""

import re

import pytest

from tests.make import make_actor, make_event, make_incident, make_source, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HIDDEN = re.compile(r"<(script|style)\b.*?</\1>|<dt>EDTF</dt><dd>.*?</dd>|<pre.*?</pre>", re.DOTALL)
ATTRIBUTES = re.compile(r'\b(?:aria-label|aria-valuetext|title|content)="([^"]*)"')
# A public id or a digest may hold such digits between its letters.
FOUR_DIGITS = re.compile(r"(?<![A-Za-z\d-])0\d{3}(?![A-Za-z\d-])")


def readable(html):
    """What a reader sees or hears of a page."""
    html = HIDDEN.sub(" ", html)
    return re.sub(r"<[^>]*>", " ", html) + " ".join(ATTRIBUTES.findall(html))


@pytest.mark.parametrize("language", ["", "/zh-hans"])
def test_no_page_writes_a_year_with_a_leading_zero(reader, language):
    actor = make_actor("Abbey", slug="abbey")
    incident = make_incident("The dispute", slug="dispute")
    source = make_source("Chronicle", slug="chronicle", published="0607")
    for number, happened in enumerate(("0606", "0606-05-02", "0798~", "0512-03/0523", "2019-04")):
        event = make_event(
            slug=f"early-{number}", happened=happened, source=source, actors=((actor, "acted"),)
        )
        event.incidents.add(incident)
        published(event)
    for path in (
        "/", "/timeline/", "/timeline/?from=0606&until=0798", "/timeline/numbers/",
        "/timeline/?size=1", "/incidents/", "/incidents/dispute/",
        "/incidents/dispute/?known=0900-01-02", "/actors/abbey/", "/sources/",
        "/sources/chronicle/", "/events/early-0/", "/events/early-1/history/1/", "/embed/timeline/",
    ):  # fmt: skip
        text = readable(reader.get(language + path).content.decode())
        text = text.replace("from=0606", "").replace("until=0798", "")
        assert FOUR_DIGITS.findall(text) == [], path


@pytest.mark.parametrize(
    ("path", "heading"), [("/timeline/", "AD 606"), ("/zh-hans/timeline/", "公元606年")]
)
def test_heading_says_the_era_of_an_early_year(reader, path, heading):
    published(make_event(happened="0606-05-02"))
    text = " ".join(reader.get(path).content.decode().split())
    assert f"<h3> {heading} <" in text
