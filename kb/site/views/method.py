"""The pages about the method, printed from the rules that the code applies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.http.decorators import reader_page
from kb.site.pages.method import (
    corrections_context,
    dates_context,
    glossary_context,
    method_context,
)


@reader_page
def method(request: HttpRequest) -> HttpResponse:
    return render(request, "method/method.html", {**method_context(request)})


@reader_page
def method_dates(request: HttpRequest) -> HttpResponse:
    return render(request, "method/dates.html", {**dates_context(request)})


@reader_page
def method_words(request: HttpRequest) -> HttpResponse:
    return render(request, "method/glossary.html", {**glossary_context(request)})


@reader_page
def method_corrections(request: HttpRequest) -> HttpResponse:
    return render(request, "method/corrections.html", {**corrections_context(request)})
