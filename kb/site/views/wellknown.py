"""What machines ask every site for: robots.txt, the sitemap, security.txt, the web manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Count, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kb.record.addresses import record_path
from kb.record.models import Epoch, Revision
from kb.site.http.decorators import reader_page, static_response

# The protocol's limit for one file, and enough files for fifty million records of a kind.
MAX_ADDRESSES = 50_000
MAX_FILES = 1_000
XML = "application/xml; charset=utf-8"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Each section of the sitemap and the kind of record it lists.
RECORDS = {
    "incidents": "incident",
    "claims": "proposition",
    "events": "event",
    "statements": "statement",
    "actors": "actor",
    "sources": "source",
}
# Pages that are no record, by the names of their addresses.
PAGES = ("home", "timeline", "incidents", "actors", "sources", "changes",
         "method", "api", "method-dates", "method-words", "method-corrections")  # fmt: skip
SECTIONS = ("pages", *RECORDS)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read but the search, which is endless; the desk asks for a password."""
    lines = ["User-agent: *", "Disallow: /search/", "Disallow: /*/search/", "Allow: /", ""]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}")
    return static_response(request, "\n".join(lines) + "\n", "text/plain; charset=utf-8")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """security.txt (RFC 9116): whom to tell about a weakness; 404 while nobody is named."""
    contact = getattr(settings, "SECURITY_CONTACT", "").strip()
    if not contact:
        raise Http404
    if "@" in contact and ":" not in contact:
        contact = f"mailto:{contact}"
    lines = [
        f"Contact: {' '.join(contact.split())}",
        f"Expires: {_expiry(timezone.now().date()).isoformat()}T00:00:00Z",
        "Preferred-Languages: en, zh",
        f"Canonical: {settings.SITE_URL}{reverse('security-txt')}",
    ]
    return static_response(request, "\n".join(lines) + "\n", "text/plain; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web manifest: the name and the icon that a phone's home screen shows."""
    content = {
        "id": "/",
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "description": _("Who said what, when, and how we know"),
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "browser",
        # The paper of static/css/tokens.css.
        "background_color": "#fbfbf8",
        "theme_color": "#fbfbf8",
        "icons": [
            {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ]
        + [{"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return static_response(
        request, json.dumps(content, ensure_ascii=False), "application/manifest+json"
    )


@reader_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index of the sitemap: each section in files of 50,000, with its newest publication."""
    found = {
        kind: (count, last)
        for kind, count, last in Revision.objects.standing()
        .filter(kind__in=RECORDS.values())
        .order_by()
        .values_list("kind")
        .annotate(records=Count("pk"), last=Max("published_at"))
    }
    files = [(reverse("sitemap-pages", args=[1]), _changed_at())]
    for section, kind in RECORDS.items():
        count, last = found.get(kind, (0, None))
        # Incidents with claims fit one file as long as incidents do.
        most = 1 if section == "claims" else MAX_FILES
        numbers = range(1, min(-(-count // MAX_ADDRESSES), most) + 1)
        files += [(reverse(f"sitemap-{section}", args=[number]), last) for number in numbers]
    body = "".join(_lines("sitemap", "sitemapindex", files))
    return HttpResponse(body, content_type=XML)


@reader_page
def sitemap_section(request: HttpRequest, section: str, number: int) -> StreamingHttpResponse:
    """One file of the sitemap; only standing records, each at its canonical address."""
    alone = section in ("pages", "claims")
    if not 1 <= number <= (1 if alone else MAX_FILES):
        raise Http404
    if section == "pages":
        changed = _changed_at()
        pages = [(reverse(name), changed) for name in PAGES]
        return _urlset(pages)
    start = (number - 1) * MAX_ADDRESSES
    records = Revision.objects.standing().filter(kind=RECORDS[section]).order_by("pk")
    page = records[start : start + MAX_ADDRESSES]
    if not page.exists():
        raise Http404
    return _urlset(_claims(records) if section == "claims" else _addresses(page, RECORDS[section]))


def _addresses(page: QuerySet[Revision], kind: str) -> Iterator[tuple[str, datetime]]:
    rows = page.values_list("slug", "published_at").iterator(chunk_size=2000)
    return ((record_path(kind, slug), changed) for slug, changed in rows)


def _claims(records: QuerySet[Revision]) -> Iterator[tuple[str, datetime]]:
    """The page of claims of every incident that has some, as new as the newest of them."""
    newest: dict[str, datetime] = {}
    for incident, changed in records.values_list("document__incident", "published_at"):
        if incident:
            newest[incident] = max(changed, newest.get(incident, changed))
    incidents = Revision.objects.standing().filter(kind="incident").order_by("pk")
    for public_id, slug in incidents.values_list("public_id", "slug").iterator(chunk_size=2000):
        if public_id in newest:
            yield reverse("claims", args=[slug]), newest[public_id]


def _urlset(pages: Iterable[tuple[str, datetime | None]]) -> StreamingHttpResponse:
    return StreamingHttpResponse(_lines("url", "urlset", pages), content_type=XML)


def _lines(item: str, whole: str, pages: Iterable[tuple[str, datetime | None]]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{whole} xmlns="{NAMESPACE}">\n'
    for path, changed in pages:
        last = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
        yield f"<{item}><loc>{escape(settings.SITE_URL + path)}</loc>{last}</{item}>\n"
    yield f"</{whole}>\n"


def _changed_at() -> datetime | None:
    return Epoch.objects.values_list("changed_at", flat=True).first()


def _expiry(today: date) -> date:
    """The first day of the seventh month from now, so that the text changes monthly at most."""
    months = today.year * 12 + today.month - 1 + 7
    return date(months // 12, months % 12 + 1, 1)
