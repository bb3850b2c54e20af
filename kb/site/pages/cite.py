"""What a page or a file is cited as: references from revisions and views, and their panel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.timezone import localtime

from kb.dates import UNKNOWN, FuzzyDate
from kb.formats.bibliography import source_reference
from kb.formats.references import REFERENCE_FILES, REFERENCE_FORMS, Reference, plain_reference
from kb.record.addresses import data_path, record_path
from kb.record.models import Epoch, Revision
from kb.record.query import TimelineQuery

# The kinds of records that have a file for each form of reference: /events/<slug>.bib …
WITH_FILES = ("event", "statement", "source")


def record_reference(revision: Revision, *, publisher: dict[str, Any] | None = None) -> Reference:
    """The reference of a record in this version; of a source, the source itself.

    ``publisher`` is the link of a source's publisher, as ``Names.actor`` gives it.
    """
    if revision.kind == "source":
        page = settings.SITE_URL + data_path(record_path("source", revision.slug))
        name = publisher["name"] if publisher else ""
        return source_reference(
            revision.document, publisher=name, page=page, site=settings.SITE_NAME
        )
    version = f"history/{revision.number}/"
    return Reference(
        kind=revision.kind,
        title=revision.title,
        url=settings.SITE_URL + data_path(record_path(revision.kind, revision.slug)) + version,
        site=settings.SITE_NAME,
        id=revision.public_id,
        version=revision.number,
        issued=_day(revision.published_at),
    )


def list_reference(query: TimelineQuery, path: str, *, fixed: Sequence[str] = ()) -> Reference:
    """The reference of a list of entries: its words, its address, and the record's own day.

    That day is the one of the last publication, so what is cited does not change while the
    record does not. ``path`` is the page's, which decides the ``fixed`` parameters.
    """
    changed = Epoch.objects.values_list("changed_at", flat=True).first()
    text = urlencode([pair for pair in query.pairs() if pair[0] not in fixed])
    return Reference(
        kind="view",
        title=query.describe(),
        url=f"{settings.SITE_URL}{path}" + (f"?{text}" if text else ""),
        site=settings.SITE_NAME,
        issued=_day(changed) if changed else UNKNOWN,
    )


def cite_panel(ref: Reference, files: str = "") -> dict[str, Any]:
    """The panel's context. ``files`` is the path of the record's page, if it has files."""
    return {
        "plain": plain_reference(ref),
        "forms": [
            {
                "name": form.name,
                "label": form.label,
                # RIS ends in a space that counts.
                "text": form.write(ref).strip("\r\n"),
                "url": _file(files, form.suffix) if files and form.suffix else "",
            }
            for form in REFERENCE_FORMS
        ],
    }


def cite_record_panel(
    revision: Revision, *, publisher: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The panel's context for a record's page."""
    files = record_path(revision.kind, revision.slug) if revision.kind in WITH_FILES else ""
    return cite_panel(record_reference(revision, publisher=publisher), files)


def reference_files(kind: str, slug: str) -> list[dict[str, str]]:
    """The files of a record's reference, as ``formats`` of a page lists them."""
    path = record_path(kind, slug)
    return [
        {"label": form.label, "url": _file(path, form.suffix), "type": form.media_type}
        for form in REFERENCE_FILES.values()
    ]


def _file(path: str, suffix: str) -> str:
    return f"{data_path(path).rstrip('/')}.{suffix}"


def _day(moment: datetime) -> FuzzyDate:
    return FuzzyDate(localtime(moment).date().isoformat())
