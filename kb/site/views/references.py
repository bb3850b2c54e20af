"""The reference to a source as a file: /sources/<slug>.bib and so on."""

from django.http import HttpRequest, HttpResponse

from kb.formats.references import REFERENCE_FILES
from kb.record.named_records import Names
from kb.site.http.decorators import data_file
from kb.site.http.errors import live_revision_or_response
from kb.site.pages.cite import source_file_reference


@data_file
def reference(request: HttpRequest, slug: str, suffix: str) -> HttpResponse:
    """The file; without such a source 404, 410, or a redirect to the same kind of file."""
    form = REFERENCE_FILES[suffix]
    revision = live_revision_or_response(request, "source", slug)
    publisher = Names([revision.document]).actor(revision.document["publisher"])
    text = form.write(source_file_reference(revision, publisher))
    response = HttpResponse(text, content_type=form.media_type)
    response["Content-Disposition"] = f'attachment; filename="{revision.slug}.{suffix}"'
    return response
