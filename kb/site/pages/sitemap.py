"""The sitemap (https://www.sitemaps.org): an index of files with the addresses of all pages."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.db.models import Count, Max, QuerySet
from django.urls import reverse

from kb.record.addresses import absolute_url, record_path
from kb.record.export import snapshot
from kb.record.models import Epoch, Revision, Suppression
from kb.record.suppression_vocabulary import SuppressedPart
from kb.site.http.resumed_streams import ResumedStream, Version

# The protocol's limit for one file, and enough files for fifty million records of a kind.
MAX_ADDRESSES = 50_000
MAX_FILES = 1_000
BATCH_SIZE = 2_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Each section of the sitemap and the kind of record that it lists.
RECORD_SECTIONS = {
    "incidents": "incident",
    "claims": "proposition",
    "events": "event",
    "statements": "statement",
    "requests": "request",
    "actors": "actor",
    "sources": "source",
}
# The pages of claims of incidents: one for each incident that has some.
INCIDENT_CLAIMS = "incident-claims"
SECTIONS = ("pages", *RECORD_SECTIONS, INCIDENT_CLAIMS)
# The URL names of pages that are not records.
PAGES = ("home", "timeline", "incidents", "actors", "compare", "sources", "quotes", "changes",
         "reports", "method", "api", "method-dates", "method-words", "method-corrections",
         "about", "accessibility")  # fmt: skip
Address = tuple[str, datetime | None]


def sitemap_index() -> Iterator[bytes]:
    """The XML of the index: the files of each section with the time of their last publication."""
    revisions = Revision.objects.live().filter(kind__in=RECORD_SECTIONS.values())
    rows = revisions.order_by().values_list("kind")
    counts = {
        kind: (count, last)
        for kind, count, last in rows.annotate(records=Count("pk"), last=Max("published_at"))
    }
    files: list[Address] = [(reverse("sitemap-pages", args=[1]), _changed_at())]
    for section, kind in RECORD_SECTIONS.items():
        count, last = counts.get(kind, (0, None))
        total = min(-(-count // MAX_ADDRESSES), max_files(section))
        files += [
            (reverse(f"sitemap-{section}", args=[number]), last) for number in range(1, total + 1)
        ]
        if kind == "proposition" and count:
            files.append((reverse(f"sitemap-{INCIDENT_CLAIMS}", args=[1]), last))
    return _xml("sitemap", "sitemapindex", files)


def sitemap_file(section: str, number: int) -> Iterator[bytes] | None:
    """The XML of one file: live records at their canonical addresses. None if it has no record."""
    if section == "pages":
        changed_at = _changed_at()
        return _xml("url", "urlset", [(reverse(name), changed_at) for name in PAGES])
    kind = RECORD_SECTIONS.get(section, "proposition")
    start = (number - 1) * MAX_ADDRESSES
    revisions = _listed(Revision.objects.live().filter(kind=kind)).order_by("pk")
    page = revisions[start : start + MAX_ADDRESSES]
    if not page.exists():
        return None

    def pieces(check_version: Callable[[], Version]) -> Generator[bytes, None, None]:
        # In one transaction, because PgBouncer loses a cursor that is used outside one.
        with snapshot():
            check_version()
            addresses = _claims(revisions) if section == INCIDENT_CLAIMS else _records(page, kind)
            yield from _xml("url", "urlset", addresses)

    return ResumedStream(pieces)


def _listed(revisions: QuerySet[Revision]) -> QuerySet[Revision]:
    """Without those that search engines are asked not to list."""
    left_out = Suppression.objects.filter(part=SuppressedPart.NOINDEX)
    return revisions.exclude(public_id__in=left_out.values("public_id"))


def max_files(section: str) -> int:
    """Pages and the claims of incidents fit one file."""
    return 1 if section in ("pages", INCIDENT_CLAIMS) else MAX_FILES


def _records(page: QuerySet[Revision], kind: str) -> Iterator[Address]:
    rows = page.values_list("slug", "published_at").iterator(chunk_size=BATCH_SIZE)
    return ((record_path(kind, slug), published_at) for slug, published_at in rows)


def _claims(claims: QuerySet[Revision]) -> Iterator[Address]:
    """The page of claims of every incident that has some, with the time of the newest claim."""
    newest: dict[str, datetime] = {}
    for incident, published_at in claims.values_list("document__incident", "published_at"):
        if incident:
            newest[incident] = max(published_at, newest.get(incident, published_at))
    incidents = Revision.objects.live().filter(kind="incident").order_by("pk")
    rows = incidents.values_list("public_id", "slug").iterator(chunk_size=BATCH_SIZE)
    for public_id, slug in rows:
        if public_id in newest:
            yield reverse("claims", args=[slug]), newest[public_id]


def _xml(item: str, root: str, addresses: Iterable[Address]) -> Iterator[bytes]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">\n'.encode()
    for path, changed_at in addresses:
        lastmod = ""
        if changed_at:
            lastmod = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>"
        yield f"<{item}><loc>{escape(absolute_url(path))}</loc>{lastmod}</{item}>\n".encode()
    yield f"</{root}>\n".encode()


def _changed_at() -> datetime | None:
    return Epoch.objects.values_list("changed_at", flat=True).first()
