"""``kb.wsgi`` puts the cache in front of Django, if the settings give it memory."""

from __future__ import annotations

from django.core.handlers.wsgi import WSGIHandler

from kb import wsgi
from kb.response_cache.application import ResponseCache


def test_memory_of_zero_serves_django_alone(settings):
    settings.KEPT_ANSWERS_MB = 0
    assert type(wsgi.make_application()) is WSGIHandler


def test_memory_puts_the_cache_in_front(settings):
    settings.KEPT_ANSWERS_MB = 2
    application = wsgi.make_application()
    assert isinstance(application, ResponseCache)
    assert application._store.max_response_bytes == 2 * 1024 * 1024 // 16
    assert application.counters().answers == 0


def test_tests_serve_django_alone():
    assert type(wsgi.application) is WSGIHandler
