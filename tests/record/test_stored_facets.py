"""Stored facets that are read as one text for each entry."""

from __future__ import annotations

import pytest

from kb.record.models import Entry, Facet
from kb.record.stored_facets import FacetText, stored_facets
from kb.text.normalise import fold_name
from tests.make import make_event, published


@pytest.mark.django_db
def test_texts_hold_the_facets_of_each_entry():
    for _ in range(2):
        published(make_event(place_name="São Paulo = “北京”"))
    texts = stored_facets(Entry.objects.values_list("pk", flat=True))
    assert len(texts) == 2
    for key, text in texts.items():
        pairs = set(Facet.objects.filter(entry=key).values_list("name", "value"))
        assert len(pairs) > 1
        assert text.pairs() == pairs
        assert text.are(pairs)
        assert not text.are({*pairs, ("topic", "x")})
        assert not text.are(set(sorted(pairs)[1:]))
        assert text.has("kind")
        assert not text.has("ind")


def test_text_without_facets_has_none():
    assert FacetText("").pairs() == set()
    assert not FacetText("").has("kind")


def test_folded_names_have_no_separators():
    assert fold_name("a\x1eb\x1fc") == "a b c"
