"""References to records and lists, and the panel "Cite this" of their pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.utils.timezone import localtime

from kb.dates import UNKNOWN, FuzzyDate
from kb.formats.bibliography import source_reference, words_note
from kb.formats.references import REFERENCE_FILES, REFERENCE_FORMS, Reference, plain_reference
from kb.record.addresses import absolute_url, data_path, record_path
from kb.record.answers import ActorLink
from kb.record.models import Epoch, Revision
from kb.record.query import TimelineQuery
from kb.record.vocabulary import ENTRY_KINDS

# The kinds of records that have a file for each form of reference: /events/<slug>.bib …
WITH_FILES = (*ENTRY_KINDS, "source")


class CiteForm(TypedDict):
    """A reference in one form; ``url`` is "" if it has no file."""

    name: str
    label: str
    text: str
    url: str


class CitePanel(TypedDict):
    """The context of ``_cite.html``."""

    plain: str
    forms: list[CiteForm]


class FileLink(TypedDict):
    label: str
    url: str
    type: str


def record_reference(
    revision: Revision, *, publisher: ActorLink | None = None, title: str = ""
) -> Reference:
    """The reference to a record in this version; for a source, the reference to the source itself.

    ``publisher`` is the publisher of a source, ``title`` the headline of an entry.
    """
    if revision.kind == "source":
        page = absolute_url(data_path(record_path("source", revision.slug)))
        name = publisher["name"] if publisher else ""
        return source_reference(
            revision.document, publisher=name, page=page, site=settings.SITE_NAME
        )
    version = f"history/{revision.number}/"
    return Reference(
        kind=revision.kind,
        title=title or revision.title,
        url=absolute_url(data_path(record_path(revision.kind, revision.slug))) + version,
        site=settings.SITE_NAME,
        id=revision.public_id,
        version=revision.number,
        issued=_day(revision.published_at),
        note=words_note(revision.document),
    )


def list_reference(query: TimelineQuery, path: str, *, fixed: Sequence[str] = ()) -> Reference:
    """The reference to a list of entries: its description, address and date.

    The date is the day of the last publication, so the reference changes only with the record.
    ``path`` is the path of the page, which decides the ``fixed`` parameters.
    """
    changed_at = Epoch.objects.values_list("changed_at", flat=True).first()
    query_string = urlencode([pair for pair in query.pairs() if pair[0] not in fixed])
    return Reference(
        kind="view",
        title=query.describe(),
        url=absolute_url(path) + (f"?{query_string}" if query_string else ""),
        site=settings.SITE_NAME,
        issued=_day(changed_at) if changed_at else UNKNOWN,
    )


def cite_panel(reference: Reference, page_path: str = "") -> CitePanel:
    """The panel of a reference; ``page_path`` is the record's page if it has reference files."""
    return {
        "plain": plain_reference(reference),
        "forms": [
            {
                "name": form.name,
                "label": form.label,
                # RIS ends with a space that must stay.
                "text": form.write(reference).strip("\r\n"),
                "url": _file_path(page_path, form.suffix) if page_path and form.suffix else "",
            }
            for form in REFERENCE_FORMS
        ],
    }


def cite_record_panel(
    revision: Revision, *, publisher: ActorLink | None = None, title: str = ""
) -> CitePanel:
    """The panel of a record's page."""
    has_files = revision.kind in WITH_FILES
    page_path = record_path(revision.kind, revision.slug) if has_files else ""
    return cite_panel(record_reference(revision, publisher=publisher, title=title), page_path)


def reference_files(kind: str, slug: str) -> list[FileLink]:
    """The files of a record's reference, in the shape of the ``formats`` of a page."""
    path = record_path(kind, slug)
    return [
        {"label": form.label, "url": _file_path(path, form.suffix), "type": form.media_type}
        for form in REFERENCE_FILES.values()
    ]


def _file_path(path: str, suffix: str) -> str:
    return f"{data_path(path).rstrip('/')}.{suffix}"


def _day(moment: datetime) -> FuzzyDate:
    return FuzzyDate(localtime(moment).date().isoformat())
