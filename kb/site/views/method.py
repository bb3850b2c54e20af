"""How the record is made: the rules themselves, printed from the code that applies them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.dates import RULES, RULES_VERSION
from kb.site.views.decorators import reader_page


@reader_page
def dates(request: HttpRequest) -> HttpResponse:
    return render(request, "method/dates.html", {"rules": RULES, "version": RULES_VERSION})
