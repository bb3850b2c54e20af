"""The records that a version names, as they were at a moment."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kb.record.past_records import documents_at
from tests.make import make_event, published
from tests.record.republishing import bury, correct

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids():
    return [published(make_event(f"Event {number}")).public_id for number in range(3)]


def titles_at(ids, moment):
    return {key: document["title"] for key, document in documents_at(ids, moment).items()}


def test_documents_of_a_moment_have_the_words_of_then(ids):
    first, second, _third = ids
    moment = timezone.now()
    correct(first, title="Corrected")
    assert titles_at([first, second], None) == {first: "Corrected", second: "Event 1"}
    assert titles_at([first, second], moment) == {first: "Event 0", second: "Event 1"}


def test_a_withdrawn_record_has_none_at_any_moment(ids):
    first, second, _third = ids
    moment = timezone.now()
    bury(first)
    assert titles_at([first, second], None) == {second: "Event 1"}
    assert titles_at([first, second], moment) == {second: "Event 1"}


def test_a_merged_record_has_the_document_of_the_other_one(ids):
    first, second, third = ids
    moment = timezone.now()
    bury(first, into=second)
    bury(second, into=third)
    assert titles_at([first], moment) == {first: "Event 2"}
    assert titles_at([first], None) == {}


def test_a_record_that_was_withdrawn_at_that_moment_is_shown_as_it_is_today(ids):
    first, *_others = ids
    bury(first)
    moment = timezone.now()
    correct(first, title="Published again")
    assert titles_at([first], moment) == {first: "Published again"}


def test_a_record_that_had_no_page_at_that_moment_is_shown_as_it_is_today(ids):
    moment = timezone.now()
    later = published(make_event("Later")).public_id
    assert titles_at([later], moment) == {later: "Later"}


def test_no_other_record_is_read(ids):
    first, second, _third = ids
    with CaptureQueriesContext(
        connection,
    ) as queries:
        documents_at([first], timezone.now())
    assert len(queries) == 2
    assert not any(second in query["sql"] for query in queries)
