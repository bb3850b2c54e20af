"""Answers match the OpenAPI description; ``bench/contract.py`` runs many more cases."""

from __future__ import annotations

import pytest
from django.core.wsgi import get_wsgi_application

from tests import contract
from tests.story import load_story

# One of each kind of address and of each way to answer: a page, a stream, a reference, a schema.
SOME = (
    r"^/(timeline\.json|incidents/.slug.\.csv|actors/.slug.\.atom|events/.slug.\.json"
    r"|sources/.slug.\.bib|views/.public_id.\.json|api/.*|\.well-known/.*)$"
)
EXAMPLES = 5


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_answers_match_openapi_description(record_property):
    load_story()
    report = contract.run(get_wsgi_application(), examples=EXAMPLES, only=SOME)
    record_property("cases from the description of the API", report.total)
    record_property("of them failed", len(report.failures))
    assert report.failures == {}
    assert len(report.operations) >= 5
    assert report.total >= 100
