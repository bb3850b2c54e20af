"""Which actor a typed name or slug means."""

from __future__ import annotations

import pytest

from kb.desk.models import ActorName
from kb.desk.verbs.publishing import withdraw
from kb.record.actor_names import actor_named
from tests.make import make_actor, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def bytedance():
    actor = make_actor("ByteDance", slug="bytedance")
    ActorName.objects.create(actor=actor, name="字节跳动", language="zh", name_kind="original")
    return published(actor)


def label(text):
    actor = actor_named(text).actor
    return actor.label if actor else None


@pytest.mark.parametrize(
    "text", ["bytedance", "ByteDance", "  bytedance ", "字节跳动", "BYTEDANCE"]
)
def test_slug_and_names_in_any_script_mean_the_actor(bytedance, text):
    assert label(text) == "ByteDance"


def test_name_of_two_actors_means_neither(bytedance):
    published(make_actor("Acme", slug="acme"))
    published(make_actor("Acme", slug="acme-of-leeds"))
    named = actor_named("Acme")
    assert named.actor is None
    assert {choice.slug for choice in named.close} == {"acme", "acme-of-leeds"}
    by_slug = actor_named("acme-of-leeds").actor
    assert by_slug is not None
    assert by_slug.slug == "acme-of-leeds"


def test_part_of_a_name_is_close(bytedance):
    published(make_actor("ByteDance Seed team", slug="seed"))
    named = actor_named("Seed team")
    assert named.actor is None
    assert [choice.label for choice in named.close] == ["ByteDance Seed team"]


def test_misspelt_name_has_the_closest_ones(bytedance):
    named = actor_named("Bytdance")
    assert named.actor is None
    assert [choice.label for choice in named.close] == ["ByteDance"]


@pytest.mark.parametrize("text", ["", "   ", "nobody at all", "*", "a" * 500, "“", "'; DROP"])
def test_text_that_is_no_name_means_nobody(bytedance, text):
    assert actor_named(text).actor is None


def test_withdrawn_actor_is_not_meant(bytedance):
    acme = published(make_actor("Acme", slug="acme"))
    withdraw(acme, by=None, note="Entered twice.")
    assert label("acme") is None
    assert label("Acme") is None
