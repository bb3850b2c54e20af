"""The entries that name at least two of some actors: exact, in the order of time."""

from __future__ import annotations

import random

import pytest

from kb.record.filter_fields import choice_of_revision
from kb.record.models import Revision
from kb.record.shared_entries import shared_entries
from kb.record.sql_source import SqlSource
from tests.make import make_actor, make_event, published

pytestmark = pytest.mark.django_db


def choices(actors):
    revisions = {row.public_id: row for row in Revision.objects.live().filter(kind="actor")}
    return [choice_of_revision(revisions[actor.public_id]) for actor in actors]


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 3, 4])
def test_entries_that_name_two_or_more_are_counted_once(count):
    chance = random.Random(count)
    actors = [published(make_actor()) for _ in range(count)]
    names = {}
    for _ in range(14):
        named = chance.sample(actors, chance.randint(1, count))
        day = f"2023-04-{chance.randint(1, 28):02}"
        roles = tuple((actor, "acted") for actor in named)
        event = published(make_event(actors=roles, happened=day))
        if len(named) > 1:
            names[event.public_id] = day
    shared = shared_entries(SqlSource(), choices(actors), 50)
    assert {entry.public_id for entry in shared.entries} == set(names)
    assert shared.total == len(names)
    days = [names[entry.public_id] for entry in shared.entries]
    assert days == sorted(days)
    first = shared_entries(SqlSource(), choices(actors), 3)
    assert first.entries == shared.entries[:3]
    assert first.total == len(names)
