"""The page on which two to four actors stand side by side."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from kb.site.http.compare_parameters import compared_actors
from kb.site.http.decorators import reader_page
from kb.site.pages.compare import compare_context, compare_form_context


@reader_page
def compare_page(request: HttpRequest) -> HttpResponse:
    """The comparison; the form alone with too few actors, and with 400 if one cannot be read.

    Typed names and former slugs are redirected to the address with the present slugs.
    """
    compared = compared_actors(request)
    if not compared.is_complete:
        status = 400 if compared.has_errors else 200
        context = compare_form_context(request, compared)
        return render(request, "compare/form.html", {**context}, status=status)
    if not compared.is_canonical:
        return HttpResponseRedirect(f"{request.path}?{urlencode(compared.pairs())}")
    return render(request, "compare/compare.html", {**compare_context(request, compared)})
