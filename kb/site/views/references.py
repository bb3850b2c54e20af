"""The reference of a source as a file: /sources/<slug>.bib and its kin, from one table."""

from django.http import HttpRequest, HttpResponse

from kb.formats.references import FILES
from kb.record.rows import Names
from kb.site.http.decorators import data_file
from kb.site.http.errors import standing_or_answer
from kb.site.pages.cite import reference_of


@data_file
def reference(request: HttpRequest, slug: str, suffix: str) -> HttpResponse:
    """The file, or what the record's page would answer: 301 leads on to the same kind of file."""
    form = FILES[suffix]
    revision = standing_or_answer(request, "source", slug)
    publisher = Names([revision.document]).actor(revision.document["publisher"])
    text = form.write(reference_of(revision, publisher=publisher))
    response = HttpResponse(text, content_type=form.media_type)
    response["Content-Disposition"] = f'attachment; filename="{revision.slug}.{suffix}"'
    return response
