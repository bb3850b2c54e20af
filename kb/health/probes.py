"""The middleware that answers `/healthz`, `/readyz` and `/metrics`.

It comes before everything that asks the database, checks the Host or redirects, so that a probe is
never answered by something else.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from kb.health.metrics import MEDIA_TYPE, metrics_text
from kb.health.readiness import ReadinessReporter
from kb.response_cache.application import CACHE_KEY
from kb.site.http.probe_paths import HEALTHZ, METRICS, PROBE_PATHS, READYZ

RETRY_AFTER_SECONDS = 5


class Probes:
    """Answers the paths of probes, and passes all other requests on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.reporter = ReadinessReporter()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in PROBE_PATHS:
            return self.get_response(request)
        if request.path_info == METRICS and not settings.METRICS:
            return self.get_response(request)
        response = self._answer(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        if request.path_info == HEALTHZ:
            return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
        report = self.reporter.report(request.META.get(CACHE_KEY))
        if request.path_info == READYZ:
            body = json.dumps(report.as_json(), indent=1) + "\n"
            response = HttpResponse(body, content_type="application/json")
            if not report.is_ready:
                response.status_code = 503
                response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response
        return HttpResponse(metrics_text(report), content_type=MEDIA_TYPE)
