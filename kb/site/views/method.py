"""How the record is made: the rules themselves, printed from the code that applies them."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kb.dates import RULES, RULES_VERSION
from kb.record.vocabulary import Change
from kb.site.http.decorators import reader_page
from kb.site.pages.glossary import CHANGES, VOCABULARIES
from kb.site.pages.page_meta import page_head


@reader_page
def method(request: HttpRequest) -> HttpResponse:
    said = _(
        "We confirm that something was said or published, and by whom. We do not confirm that it "
        "is true."
    )
    return _page(request, "method", _("Method"), said)


@reader_page
def method_dates(request: HttpRequest) -> HttpResponse:
    said = _(
        "No date is shown more precisely than its source gives it. Each date is read by one of "
        "these rules, and the wording of the source is kept with it."
    )
    ctx = {"rules": RULES, "version": RULES_VERSION}
    return _page(request, "dates", _("How dates are read"), said, ctx)


@reader_page
def method_words(request: HttpRequest) -> HttpResponse:
    said = _("The terms used to label entries, sources and claims.")
    ctx = {"vocabularies": VOCABULARIES}
    return _page(request, "glossary", _("Glossary"), said, ctx)


@reader_page
def method_corrections(request: HttpRequest) -> HttpResponse:
    said = _("Every change to a published record is listed.")
    changes = [{"word": one.label, "meaning": CHANGES[one], "id": one.value} for one in Change]
    ctx = {"changes": changes, "contact": settings.SECURITY_CONTACT.strip()}
    return _page(request, "corrections", _("How corrections work"), said, ctx)


def _page(
    request: HttpRequest, name: str, title: str, said: str, ctx: Mapping[str, Any] | None = None
) -> HttpResponse:
    """One page on the method: ``said`` stands below its title and describes it to machines."""
    head = page_head(request, title, said)
    frame = {"title": title, "said": said, "head": head, "nav": "method"}
    return render(request, f"method/{name}.html", {**frame, **(ctx or {})})
