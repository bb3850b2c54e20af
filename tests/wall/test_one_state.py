"""The version of a page and what is on it are one state, whatever is published meanwhile."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connections, transaction

from kb.record import publication_version
from kb.record.models import Epoch
from tests.make import make_event, published

pytestmark = [pytest.mark.wall, pytest.mark.slow]


@pytest.mark.parametrize("path", ["/timeline/", "/timeline.json"])
def test_publication_after_the_version_was_read_is_not_on_the_page(reader, monkeypatch, path):
    read_version = publication_version.current_version
    published(make_event("The first event"))
    events = [make_event("The second event")]

    def read_then_publish():
        version = read_version()
        if events:
            # The desk publishes with its own connection.
            with monkeypatch.context() as desk:
                desk.setattr("kb.record.wall.RecordRouter.db_for_read", lambda *_, **__: "default")
                desk.setattr("kb.record.wall.RecordRouter.db_for_write", lambda *_, **__: "default")
                published(events.pop())
        return version

    monkeypatch.setattr(publication_version, "current_version", read_then_publish)
    before = reader.get(path)
    assert events == []
    after = reader.get(path)
    assert b"The second event" not in before.content
    assert b"The second event" in after.content
    assert before.headers["ETag"] != after.headers["ETag"]
    versions = [page.wsgi_request.META[publication_version.VERSION_KEY] for page in (before, after)]
    assert versions[1] == versions[0] + 1


@pytest.mark.skipif("connections['default'].vendor != 'postgresql'")
def test_desk_leaves_a_server_that_refuses_to_write():
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    with pytest.raises(Exception, match="read-only transaction") as refusal, transaction.atomic():
        Epoch.objects.create(pk=1, number=1)
    assert not isinstance(refusal.value, OperationalError)
    connection.close_if_unusable_or_obsolete()
    assert connection.connection is None
    Epoch.objects.create(pk=1, number=1)
