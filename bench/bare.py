"""A view that does nothing but return a page of a size: what Django itself costs."""

from __future__ import annotations

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from bench.timing import Timing, measure


def bare(request: HttpRequest, size: int) -> HttpResponse:
    """So many bytes of HTML."""
    return HttpResponse(b"x" * size)


urlpatterns = [path("<int:size>/", bare)]


def measure_bare(size: int) -> Timing:
    """Time a page of this size, without middleware."""
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        return measure(WSGIHandler(), f"/{size}/")
