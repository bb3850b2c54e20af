"""The pages about the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.http.decorators import reader_page
from kb.site.pages.about import about_context, accessibility_context


@reader_page
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "about/about.html", {**about_context(request)})


@reader_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "about/accessibility.html", {**accessibility_context(request)})
