"""A right password is not refused as one guess too many because the database is busy."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import DatabaseError, OperationalError, connection

from tests.desk.signin.conftest import is_in, log_in

pytestmark = pytest.mark.django_db


def test_counts_that_are_locked_for_too_long_are_no_limit(visitor, account, monkeypatch):
    account()

    @contextmanager
    def locked(cache_key):
        yield False

    with monkeypatch.context() as patch:
        patch.setattr("allauth.core.internal.ratelimit.cache_lock", locked)
        answer = log_in(visitor)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "not refused" in answer.text and "Too many" not in answer.text
    assert log_in(visitor).status_code == 302
    assert is_in(visitor)


def test_counts_that_cannot_be_stored_are_no_limit(visitor, account, monkeypatch):
    account()

    with monkeypatch.context() as patch:
        patch.setattr("django.core.cache.backends.db.transaction", FAILING)
        answer = log_in(visitor)
    assert answer.status_code == 503
    assert "Too many" not in answer.text


class _FailingBlock:
    """An atomic block whose statements fail as on a database that is written by another."""

    def __init__(self, using):
        pass

    def __enter__(self):
        self.wrapper = connection.execute_wrapper(self._fail)
        self.wrapper.__enter__()

    def __exit__(self, *error):
        self.wrapper.__exit__(*error)

    def _fail(self, *arguments):
        raise OperationalError("database is locked")


# Only the cache's own name is replaced: modules that are first imported meanwhile decorate with
# Django's.
FAILING = SimpleNamespace(atomic=_FailingBlock)


def test_cache_tells_that_it_could_not_store(monkeypatch):
    monkeypatch.setattr("django.core.cache.backends.db.transaction", FAILING)
    for store in (cache.add, cache.set):
        with pytest.raises(DatabaseError):
            store("key", 1)
