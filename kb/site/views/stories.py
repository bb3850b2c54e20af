"""The index of incidents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.models import Revision
from kb.site.heads import page_head
from kb.site.parameters import WORDS, page_mark, parameters
from kb.site.stories import stories_of
from kb.site.views.decorators import reader_page

PAGE_SIZE = 50


@reader_page
def incidents(request: HttpRequest) -> HttpResponse:
    """All of them, the one that changed last first; ``after`` is the mark of the page before."""
    after = page_mark(request, parameters(request, {"after": WORDS})["after"])
    standing = Revision.objects.standing().filter(kind="incident")
    # A current revision with a higher number was published later.
    rows = standing.filter(pk__lt=after) if after else standing
    found = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    path = reverse("incidents")
    more = len(found) > PAGE_SIZE
    ctx = {
        **stories_of(found[:PAGE_SIZE]),
        "total": standing.count(),
        "pages": {
            "first": path if after else None,
            "next": f"{path}?after={found[PAGE_SIZE - 1].pk}" if more else None,
        },
        "head": page_head(
            request,
            _("Incidents"),
            _("The stories on the record, the one that changed last first."),
        ),
        "nav": "home",
    }
    return render(request, "incidents/incidents.html", ctx)
