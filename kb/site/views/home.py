"""The home page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.http.decorators import reader_page
from kb.site.pages.home import home_context


@reader_page
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home/home.html", {**home_context(request)})
