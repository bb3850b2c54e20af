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
# Readers search for this word. Only the record has the marks, one in each text.
WORD = "zqsearched"
# The notices of a withdrawal name the headline, and without one still not the words.
HEADLINES = {"zqwithdrawnfirst": "What they did", "zqwithdrawnother": ""}


def places(*statements) -> Iterator[str]:
    """Every public address, with the slugs of the statements and of what they name."""
    slugs = {"a-story", *(statement.slug for statement in statements)}
    slugs |= {statement.speaker.slug for statement in statements}
    slugs |= {statement.citations.get().source.slug for statement in statements}
    for address in addresses.public():
        parts = dict(address.converters)
        if "slug" not in parts:
            yield address.path()
            continue
        for slug in slugs:
            yield address.record_path(slug)
    for suffix in FORMATS:
        yield f"/timeline.{suffix}?q={WORD}"
        yield f"/timeline.{suffix}?kind=statement"
    for path in ("/timeline/", "/search/", "/zh-hans/timeline/", "/embed/timeline/"):
        yield f"{path}?q={WORD}"
        yield f"{path}?q={WORD}&order=changed"


def test_withdrawn_text_is_gone_everywhere_at_once(client, editor_user, record_property):
    incident = published(make_incident("A story", slug="a-story"))
    statements = []
    for number, (mark, headline) in enumerate(HEADLINES.items()):
        statement = make_statement(
            f"We did {WORD} {mark}.", slug=f"taken-back-{number}", headline=headline
        )
        statement.incidents.add(incident)
        statements.append(published(statement))
    paths = sorted(set(places(*statements)))

    def shown() -> dict[str, list[str]]:
        bodies = {path: client.get(path).body for path in paths}
        return {
            mark: [path for path, body in bodies.items() if mark.encode() in body]
            for mark in HEADLINES
        }

    before, times = shown(), []
    for statement in statements:
        started = time.monotonic()
        publishing.withdraw(statement, by=editor_user, note="Wrong person.")
        times.append(time.monotonic() - started)
    after = shown()
    record_property("addresses that showed it", sum(map(len, before.values())))
    record_property("addresses that still show it", sum(map(len, after.values())))
    record_property("largest seconds of a withdrawal", round(max(times), 3))
    assert after == {mark: [] for mark in HEADLINES}
    assert min(map(len, before.values())) >= 30
