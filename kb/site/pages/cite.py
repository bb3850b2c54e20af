"""The panels "Cite this" and "Copy these words" of a page. ``kb.formats`` decides what is cited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kb.dates import UNKNOWN, FuzzyDate
from kb.formats.bibliography import compilation_reference, entry_reference, source_reference
from kb.formats.cited_work import Reference
from kb.formats.copying import copied_quotation
from kb.formats.references import REFERENCE_FILES, REFERENCE_FORMS
from kb.record.addresses import absolute_url, data_path, record_path
from kb.record.answers import ActorLink, EntryRow
from kb.record.models import Revision
from kb.record.past.serving import served_time
from kb.record.publication_version import current_version
from kb.record.vocabulary import RecordKind
from kb.site.http.parameters import pop_choice
from kb.site.http.representations import site_identity

# The parameter of a page that chooses the form, and its values; the first is the default.
PARAMETER = "cite"
FORM_NAMES = tuple(form.name for form in REFERENCE_FORMS)


class CitePage(NamedTuple):
    """The page that a panel stands on: the chosen form, its path and its other parameters."""

    form: str
    path: str
    pairs: Sequence[tuple[str, str]] = ()

    def url(self, form: str) -> str:
        """The same page with another form."""
        pairs = [*self.pairs, (PARAMETER, form)]
        return f"{self.path}?{urlencode(pairs)}#cite"


class FormLink(TypedDict):
    """A link to the panel in one form."""

    name: str
    label: str
    url: str
    is_current: bool


class CitePanel(TypedDict):
    """The context of ``_cite.html``. ``file_url`` is "" if the form has no file."""

    text: str
    label: str
    is_plain: bool
    forms: list[FormLink]
    file_url: str
    note: str


class CopyForm(TypedDict):
    name: str
    label: str
    text: str


class FileLink(TypedDict):
    label: str
    url: str
    type: str


def pop_cite_form(data: QueryDict) -> str:
    """Remove the parameter that chooses the form. Raises InvalidParameters for another value."""
    return pop_choice(data, PARAMETER, FORM_NAMES)


def source_file_reference(revision: Revision, publisher: ActorLink | None) -> Reference:
    """The reference to a source itself."""
    return source_reference(
        revision.document,
        publisher=publisher["name"] if publisher else "",
        page=absolute_url(data_path(record_path("source", revision.slug))),
        version=revision.number,
        site=settings.SITE_NAME,
    )


def incident_reference(revision: Revision) -> Reference:
    """The reference to an incident in this version, a compilation of this site."""
    path = data_path(record_path("incident", revision.slug))
    return compilation_reference(
        RecordKind.INCIDENT,
        revision.title,
        url=f"{absolute_url(path)}history/{revision.number}/",
        site=settings.SITE_NAME,
        id=revision.public_id,
        version=revision.number,
        issued=day_of(revision.published_at),
    )


def claim_reference(revision: Revision, day: FuzzyDate | None = None) -> Reference:
    """The reference to a claim in this version, with its positions; or as known on a day."""
    path = data_path(record_path(RecordKind.PROPOSITION, revision.slug))
    rest = f"?known={day.edtf}" if day else f"history/{revision.number}/"
    return compilation_reference(
        "claim",
        revision.title,
        url=absolute_url(path) + rest,
        site=settings.SITE_NAME,
        id=revision.public_id,
        version=revision.number,
        issued=day_of(revision.published_at),
    )


def list_reference(address: str, title: str, kind: str = "view") -> Reference:
    """The reference to a list of entries or claims: its description, address, version and date.

    Version and date are those of the record, so the reference changes only with it. ``address``
    is the path of the page with its parameters.
    """
    number, changed_at = current_version()
    return compilation_reference(
        kind,
        title,
        url=absolute_url(address),
        site=settings.SITE_NAME,
        version=number,
        issued=day_of(changed_at) if changed_at else UNKNOWN,
    )


def cite_panel(reference: Reference, page: CitePage, files_path: str = "") -> CitePanel:
    """The panel of a reference; ``files_path`` is the record's path if it has reference files."""
    form = next(form for form in REFERENCE_FORMS if form.name == page.form)
    return {
        # RIS ends with a space that must stay.
        "text": form.write(reference).strip("\r\n"),
        "label": str(form.label),
        "is_plain": form.name == FORM_NAMES[0],
        "forms": [
            {
                "name": other.name,
                "label": str(other.label),
                "url": page.url(other.name),
                "is_current": other is form,
            }
            for other in REFERENCE_FORMS
        ],
        "file_url": _file_path(files_path, form.suffix) if files_path and form.suffix else "",
        "note": _author_note(reference),
    }


def cite_entry_panel(row: EntryRow, page: CitePage) -> CitePanel:
    """The panel of an entry's page, or of the page of one of its versions."""
    return cite_panel(entry_reference(row, site_identity()), page, row["url"])


def cite_source_panel(revision: Revision, publisher: ActorLink | None, page: CitePage) -> CitePanel:
    """The panel of a source's page."""
    path = record_path("source", revision.slug)
    return cite_panel(source_file_reference(revision, publisher), page, path)


def copy_forms(row: EntryRow) -> list[CopyForm]:
    """The boxes of ``_copy.html``; empty for an entry without words."""
    copied = copied_quotation(row, site_identity())
    if copied is None:
        return []
    return [
        {"name": "plain", "label": _("Plain"), "text": copied.plain},
        {"name": "markdown", "label": "Markdown", "text": copied.markdown},
        {"name": "html", "label": "HTML", "text": copied.html},
    ]


def reference_files(kind: str, slug: str) -> list[FileLink]:
    """The files of a record's reference, in the shape of the ``formats`` of a page."""
    path = record_path(kind, slug)
    return [
        {"label": str(form.label), "url": _file_path(path, form.suffix), "type": form.media_type}
        for form in REFERENCE_FILES.values()
    ]


def _author_note(reference: Reference) -> str:
    """Who the author is, and that it is not this site."""
    if reference.speech:
        return _("The author is the speaker; the work is the source that carries the words.")
    if reference.is_entry:
        return _("The author is the person who signed the source, or else its publisher.")
    if reference.kind == "view" and served_time():
        return ""
    if reference.kind == "view":
        return _("This list changes with the record. “Cite this list” above freezes it.")
    if reference.kind == "frozen":
        return _("This address always shows the same versions of the same entries.")
    return ""


def _file_path(path: str, suffix: str) -> str:
    return f"{data_path(path).rstrip('/')}.{suffix}"


def day_of(moment: datetime) -> FuzzyDate:
    """The day of a moment in the time zone of the site, for references."""
    return FuzzyDate(localtime(moment).date().isoformat())
