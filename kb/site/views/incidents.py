"""The index of incidents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kb.site.http.decorators import negotiated, reader_page
from kb.site.pages.incidents import incident_list
from kb.site.pages.list_page import Selection, list_page
from kb.site.pages.record_lists import INCIDENTS
from kb.site.views.indexes import record_list_file


@negotiated("incidents", record_list_file)
@reader_page
def incidents(request: HttpRequest) -> HttpResponse:
    """The stories on the record, the one that changed last first unless asked otherwise."""
    said = _("All published incidents, most recently changed first.")
    selection = Selection(INCIDENTS, request)
    ctx = list_page(selection, said) | incident_list(selection.revisions)
    ctx["rows"] = ctx["incidents"]
    return render(request, "incidents/incidents.html", {**ctx, "nav": "home"})
