"""Django with the cache in front of it, and clients that speak WSGI to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections

from kb.record.wall import PUBLIC
from kb.response_cache.application import ResponseCache
from tests.response_cache.client import CountedApplication, WSGIClient

MEGABYTE = 1024 * 1024


@pytest.fixture
def django_application() -> CountedApplication:
    """Django itself, which counts the requests that reach it."""
    return CountedApplication(get_wsgi_application())


@pytest.fixture
def make_cache(django_application):
    """Make caches in front of Django; their connections are closed after the test."""
    caches = []

    def make(application=django_application, *, max_bytes: int = 16 * MEGABYTE, **options):
        caches.append(ResponseCache(application, max_bytes=max_bytes, **options))
        return caches[-1]

    yield make
    for cache in caches:
        cache.versions.close()
    connections[PUBLIC].close()


@pytest.fixture
def cache(make_cache) -> ResponseCache:
    return make_cache()


@pytest.fixture
def client(cache) -> WSGIClient:
    """A client of Django with the cache in front of it."""
    return WSGIClient(cache)


@pytest.fixture
def plain(django_application) -> WSGIClient:
    """A client of Django alone."""
    return WSGIClient(django_application)


@pytest.fixture
def lose_database():
    """Readers cannot reach the real database inside ``with lose_database():``."""

    @contextmanager
    def lose() -> Iterator[None]:
        default = connections["default"]
        if default.vendor == "sqlite":
            path = Path(default.settings_dict["NAME"])
            away = path.rename(path.with_suffix(".away"))
            try:
                yield
            finally:
                away.rename(path)
            return
        role = connections[PUBLIC].settings_dict["USER"]
        with default.cursor() as cursor:
            cursor.execute(f'ALTER ROLE "{role}" NOLOGIN')
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [role]
            )
        try:
            yield
        finally:
            with default.cursor() as cursor:
                cursor.execute(f'ALTER ROLE "{role}" LOGIN')

    return lose
