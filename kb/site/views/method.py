"""How the record is made: the rules themselves, printed from the code that applies them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kb.dates import RULES, RULES_VERSION
from kb.record.models import Change
from kb.site.glossary import CHANGES, VOCABULARIES
from kb.site.heads import page_head
from kb.site.views.decorators import reader_page


@reader_page
def index(request: HttpRequest) -> HttpResponse:
    said = _("What the record vouches for, what its words mean, and how it is corrected.")
    ctx = {"head": page_head(request, _("Method"), said), "nav": "method"}
    return render(request, "method/method.html", ctx)


@reader_page
def dates(request: HttpRequest) -> HttpResponse:
    said = _("The rules by which words for dates become days, with an example of each.")
    ctx = {
        "rules": RULES,
        "version": RULES_VERSION,
        "head": page_head(request, _("How dates are read"), said),
        "nav": "method",
    }
    return render(request, "method/dates.html", ctx)


@reader_page
def words(request: HttpRequest) -> HttpResponse:
    said = _("Every word by which the record marks an entry, a source or a claim.")
    ctx = {
        "vocabularies": VOCABULARIES,
        "head": page_head(request, _("What the words mean"), said),
        "nav": "method",
    }
    return render(request, "method/words.html", ctx)


@reader_page
def corrections(request: HttpRequest) -> HttpResponse:
    said = _("Nothing that was published is ever changed in silence.")
    ctx = {
        "changes": [
            {"word": one.label, "meaning": CHANGES[one], "id": one.value} for one in Change
        ],
        "contact": settings.SECURITY_CONTACT.strip(),
        "head": page_head(request, _("How corrections work"), said),
        "nav": "method",
    }
    return render(request, "method/corrections.html", ctx)
