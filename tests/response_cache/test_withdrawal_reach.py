"""A text that is withdrawn is gone from every address at once, also from kept responses."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from kb.desk.verbs import publishing
from kb.formats import FORMATS
from tests import addresses
from tests.make import make_incident, make_statement, published

pytestmark = [pytest.mark.wall, pytest.mark.one_database, pytest.mark.slow]
# In the text; readers search for the first, and only the record has the second.
WORD, MARK = "zqsearched", "zqwithdrawn"
SLUG = "taken-back"


def places(statement) -> Iterator[str]:
    """Every public address, with the slugs of the statement and of what it names."""
    voice = (statement.speaker.slug, statement.citations.get().source.slug, "a-story")
    for address in addresses.public():
        parts = dict(address.converters)
        if "slug" not in parts:
            yield address.path()
            continue
        for slug in (SLUG, *voice):
            yield address.record_path(slug)
    for suffix in FORMATS:
        yield f"/timeline.{suffix}?q={WORD}"
        yield f"/timeline.{suffix}?kind=statement"
    for path in ("/timeline/", "/search/", "/zh-hans/timeline/", "/embed/timeline/"):
        yield f"{path}?q={WORD}"
        yield f"{path}?q={WORD}&order=changed"


@pytest.mark.parametrize("headline", ["What they did", ""], ids=["headline", "no headline"])
def test_withdrawn_text_is_gone_everywhere_at_once(client, editor_user, record_property, headline):
    """The notices of a withdrawal name the headline, and without one still not the words."""
    statement = make_statement(f"We did {WORD} {MARK}.", slug=SLUG, headline=headline)
    statement.incidents.add(published(make_incident("A story", slug="a-story")))
    statement = published(statement)
    paths = sorted(set(places(statement)))

    def shown() -> list[str]:
        return [path for path in paths if MARK.encode() in client.get(path).body]

    before = shown()
    started = time.monotonic()
    publishing.withdraw(statement, by=editor_user, note="Wrong person.")
    took = time.monotonic() - started
    after = shown()
    record_property("addresses that showed it", len(before))
    record_property("addresses that still show it", len(after))
    record_property("largest seconds of a withdrawal", round(took, 3))
    assert after == []
    assert len(before) >= 30
