"""The page of one version of a record, as its page was when the version was current."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kb.record.addresses import absolute_url, record_path
from kb.record.history import is_tombstone, versions
from kb.record.models import Revision
from kb.record.named_records import Names
from kb.record.rendering import HtmlRow, row_with_html, summary_html
from kb.record.revision_headlines import revision_headline
from kb.record.single_rows import version_row
from kb.record.vocabulary import ENTRY_KINDS, TOMBSTONE_CHANGES, RecordKind
from kb.site.embed.snippets import EmbedPanel, embed_panel, entry_embed
from kb.site.pages.carriers import Carriers, carriers_of
from kb.site.pages.cite import (
    CitePage,
    CitePanel,
    CopyForm,
    cite_entry_panel,
    copy_forms,
    pop_cite_form,
)
from kb.site.pages.document_words import FieldText, field_texts
from kb.site.pages.entry_links import LinkLine, own_link_lines
from kb.site.pages.origin_tree import OriginLine, origin_lines
from kb.site.pages.page_meta import Head, page_head
from kb.site.pages.version_band import (
    VersionBand,
    current_band,
    superseded_band,
    tombstone_band,
    version_words,
)

# The template of the page of each kind of entry, which shows its versions too.
LIVE_TEMPLATES = {
    RecordKind.EVENT.value: "events/event.html",
    RecordKind.STATEMENT.value: "statements/statement.html",
    RecordKind.REQUEST.value: "requests/request.html",
}
# How many versions before and after this one are listed.
MAX_BESIDE = 3


class VersionLink(TypedDict):
    """A version in the list beside the page; ``url`` is "" for a tombstone and this version."""

    number: int
    on: datetime
    url: str
    is_current: bool
    is_shown: bool


class VersionContext(TypedDict):
    """What the page of any version has. ``compare_url`` may be ""; ``address`` is absolute."""

    title: str
    page_title: str
    address: str
    path: str
    kind_words: str
    id: str
    version: int
    band: VersionBand
    versions: list[VersionLink]
    fields: list[FieldText]
    sha256: str
    proof_url: str
    compare_url: str
    head: Head
    nav: str


class RecordVersionContext(VersionContext):
    """A version of an actor, a source or an incident."""

    summary_html: SafeString


class EntryVersionContext(VersionContext):
    """A version of an entry, for the template of its page, which ``live_template`` names."""

    live_template: str
    version_url: str
    row: HtmlRow
    origins: list[OriginLine]
    carriers: Carriers | None
    links: list[LinkLine]
    cite: CitePanel
    copy: list[CopyForm]
    embed: EmbedPanel


class TombstoneVersionContext(TypedDict):
    """A version that cannot be shown. ``title`` is that of the page of the record."""

    title: str
    path: str
    band: VersionBand


def record_version_context(
    request: HttpRequest, current: Revision, version: Revision
) -> RecordVersionContext:
    """One version of an actor, a source or an incident."""
    names = Names([version.document], at=version.superseded_at)
    context = _version_context(request, current, version, version.title, names)
    return {
        **context,
        # The page has title and summary above them.
        "fields": field_texts(version.document, names, without=("title", "summary")),
        "summary_html": summary_html(str(version.document.get("summary", ""))),
    }


def entry_version_context(
    request: HttpRequest, current: Revision, version: Revision
) -> EntryVersionContext:
    """One version of an entry, from its own document and the names as they were."""
    cite_form = pop_cite_form(request.GET.copy())
    past = version_row(version, current.slug)
    row = row_with_html(past.row)
    address = f"{row['url']}history/{version.number}/"
    return {
        **_version_context(request, current, version, row["headline"], past.names),
        "live_template": LIVE_TEMPLATES[version.kind],
        "version_url": address,
        "row": row,
        "origins": origin_lines(version.document, past.documents),
        "carriers": carriers_of(row) if version.kind == RecordKind.STATEMENT else None,
        "links": own_link_lines(row),
        "cite": cite_entry_panel(row, CitePage(cite_form, address)),
        "copy": copy_forms(row),
        "embed": embed_panel(entry_embed(row["headline"], address), is_version=True),
    }


def tombstone_version_context(current: Revision, version: Revision) -> TombstoneVersionContext:
    """A version of a withdrawn record, or a version that is a withdrawal itself."""
    shown = current if is_tombstone(current) else version
    return {
        "title": revision_headline(shown).words,
        "path": record_path(current.kind, current.slug),
        "band": tombstone_band(current, version),
    }


def _version_context(
    request: HttpRequest, current: Revision, version: Revision, title: str, names: Names
) -> VersionContext:
    path = record_path(current.kind, current.slug)
    beside = _versions_beside(version)
    previous = _previous_number(version)
    words = version_words(version, current)
    page_title = _("%(version)s: %(title)s") % {"version": words, "title": title}
    description = _("Version %(number)d of %(last)d, as published.") % {
        "number": version.number,
        "last": current.number,
    }
    head = page_head(request, page_title, description)
    # The canonical page of a record is that of its current version.
    head["canonical"] = ""
    return {
        "title": title,
        "page_title": page_title,
        "address": absolute_url(f"{path}history/{version.number}/"),
        "path": path,
        "kind_words": str(RecordKind(version.kind).label),
        "id": version.public_id,
        "version": version.number,
        "band": (
            superseded_band(current, version, names)
            if version.superseded_at
            else current_band(current)
        ),
        "versions": [_version_link(other, version, path) for other in beside],
        "fields": field_texts(version.document, names),
        "sha256": version.sha256,
        "proof_url": reverse("version-proof", args=[version.public_id, version.number]),
        "compare_url": f"{path}history/?old={previous}&new={version.number}" if previous else "",
        "head": head,
        "nav": "timeline" if version.kind in ENTRY_KINDS else f"{version.kind}s",
    }


def _versions_beside(version: Revision) -> Sequence[Revision]:
    """The current version, the first, and those beside this one, newest first; one query."""
    number = version.number
    beside = Q(number__range=(number - MAX_BESIDE, number + MAX_BESIDE))
    shown = versions(version.public_id).filter(beside | Q(number=1) | Q(superseded_at=None))
    return list(shown.defer("document"))


def _version_link(other: Revision, version: Revision, path: str) -> VersionLink:
    has_page = not is_tombstone(other) and other.number != version.number
    return {
        "number": other.number,
        "on": other.published_at,
        "url": f"{path}history/{other.number}/" if has_page else "",
        "is_current": other.superseded_at is None,
        "is_shown": other.number == version.number,
    }


def _previous_number(version: Revision) -> int:
    """The number of the last version before this one that is no tombstone; 0 if there is none."""
    earlier = versions(version.public_id).filter(number__lt=version.number)
    numbers = earlier.exclude(change__in=TOMBSTONE_CHANGES).values_list("number", flat=True)
    return numbers.first() or 0
