"""The sample story is loaded once in a run, and copied afterwards."""

from __future__ import annotations

import pytest

from kb.desk.models import Actor
from tests import story
from tests.make import make_actor

pytestmark = pytest.mark.django_db


def test_a_new_database_counts_as_empty():
    assert story.is_empty()
    make_actor("A company")
    assert not story.is_empty()


def test_what_was_loaded_is_copied_into_an_empty_database(monkeypatch):
    monkeypatch.setattr(story, "_copies", {})
    loads = []

    def load():
        loads.append(make_actor("A company"))

    story.load_copy("sample", load)
    Actor.objects.all().delete()
    story.load_copy("sample", load)
    assert len(loads) == 1
    assert Actor.objects.get() == loads[0]
