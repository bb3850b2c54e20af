"""The context of the page of one claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.addresses import record_path
from kb.record.answers import ActorLink, ClaimDetails
from kb.record.claim_accounts import ClaimAccounts, claim_accounts
from kb.record.claim_rows import claim_details, statement_entries
from kb.record.claim_values import ANSWERS
from kb.record.documents import Document
from kb.record.listed_claims import claims_of_incident
from kb.record.models import Entry, Facet, Revision
from kb.record.named_records import Names
from kb.record.query import TimelineQuery
from kb.record.rendering import HtmlRow, row_with_html
from kb.record.rows import Row, rows_for_entries
from kb.record.vocabulary import RecordKind
from kb.site.charts.year_strip import STRIP_WIDTH, YearStrip, common_years, year_strip
from kb.site.embed.snippets import EmbedPanel, claim_embed, embed_panel
from kb.site.http.claims_parameters import claim_query
from kb.site.http.representations import FormatLink, format_links
from kb.site.pages.cite import CitePage, CitePanel, cite_panel, claim_reference, pop_cite_form
from kb.site.pages.claim_words import ClaimSummary, claim_summary, question_words
from kb.site.pages.claims import ClaimsBar, claims_bar
from kb.site.pages.claims_cells import ClaimCells, ClaimPosition
from kb.site.pages.claims_matrix import numbered_sources
from kb.site.pages.claims_silences import Silence, silences
from kb.site.pages.entry import PublicVersion, public_versions
from kb.site.pages.follow import FEEDS
from kb.site.pages.page_meta import Head, claim_head

POSITIONS_PER_PAGE = 25
MAX_EXCERPT_LENGTH = 400
MAX_REQUESTS = 20
MAX_VERSIONS = 10
# Claims of the incident that are read, and names that are listed, for "No position recorded".
MAX_OTHER_CLAIMS = 100
MAX_SILENT_NAMES = 12


class ShownPosition(ClaimPosition):
    """A position on the page of its claim.

    ``party`` is who takes it, and for whom. ``shown`` is the statement with the words that carry
    the position in place of its own. ``strip`` is the date that it gives, on the line that all
    dates of the claim share.
    """

    number: int
    party: str
    is_answer: bool
    shown: HtmlRow | None
    strip: YearStrip | None


class ClaimPages(TypedDict):
    """The page of positions and the pages beside it, as ``_pagination.html`` has them."""

    previous: str
    next: str
    shown: str
    total: int


@dataclass(frozen=True)
class ClaimPage:
    """A claim with one page of its positions. ``years`` is the line of its dates in words."""

    claim: ClaimDetails
    question_words: str
    summary: ClaimSummary
    positions: list[ShownPosition]
    silences: list[tuple[ActorLink, Silence]]
    accounts: ClaimAccounts
    years: str = ""
    known: FuzzyDate | None = None
    start: int = 0
    holders: set[str] = field(default_factory=set)

    @property
    def answers(self) -> list[ShownPosition]:
        return [position for position in self.positions if position["is_answer"]]

    @property
    def total(self) -> int:
        return len(self.accounts.accounts)


class ClaimContext(TypedDict):
    """``unheard`` are actors with a position on other claims of the incident only."""

    page: ClaimPage
    row: ClaimDetails
    unheard: list[ActorLink]
    unheard_more: int
    known: FuzzyDate | None
    bar: ClaimsBar
    path: str
    pages: ClaimPages
    history: list[PublicVersion]
    last_change: PublicVersion | None
    version: int
    cite: CitePanel
    embed: EmbedPanel
    formats: list[FormatLink]
    feeds: list[FormatLink]
    files: list[FormatLink]
    head: Head
    nav: str


def claim_context(request: HttpRequest, revision: Revision) -> ClaimContext:
    """The page of a claim. Costs a fixed number of queries. Raises InvalidParameters."""
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    cite_form = pop_cite_form(data)
    known, start = claim_query(data)
    page = claim_page(revision, known, start)
    path = record_path(revision.kind, revision.slug)
    pairs = [("known", known.edtf)] if known else []
    versions = public_versions(revision, limit=MAX_VERSIONS)
    unheard = _unheard_actors(revision, page)
    formats = format_links("claim", path, pairs)
    cite_page = CitePage(cite_form, path, pairs)
    return {
        "page": page,
        "row": page.claim,
        "unheard": unheard[:MAX_SILENT_NAMES],
        "unheard_more": max(0, len(unheard) - MAX_SILENT_NAMES),
        "known": known,
        "bar": claims_bar(page.accounts.days, page.accounts.later, known, path),
        "path": path,
        "pages": _pages(page, path, pairs),
        "history": versions,
        "last_change": next((version for version in versions if not version["is_link"]), None),
        "version": revision.number,
        "cite": cite_panel(claim_reference(revision, known), cite_page),
        "embed": embed_panel(claim_embed(revision, known)),
        "formats": formats,
        "feeds": [link for link in formats if link["label"] in FEEDS],
        "files": [link for link in formats if link["label"] not in FEEDS],
        "head": claim_head(request, revision, page.summary, _rows(page.positions)),
        "nav": "incidents",
    }


def claim_page(
    revision: Revision, known: FuzzyDate | None, start: int = 0, size: int = POSITIONS_PER_PAGE
) -> ClaimPage:
    """The positions of a claim after the first ``start``."""
    accounts = claim_accounts(revision.document, known)
    listed = accounts.accounts[start : start + size]
    claim: Document = {**accounts.claim, "accounts": listed}
    names = Names([claim])
    # One call for all entries, because it numbers the sources of the whole page.
    entries = [*statement_entries(listed), *_requests(revision.public_id, known)]
    query = TimelineQuery(known=known)
    rows = {row["id"]: row for row in rows_for_entries(entries, query, names)}
    numbers, _sources = numbered_sources([claim], rows, names)
    cells = ClaimCells(names, rows, numbers, (), MAX_EXCERPT_LENGTH)
    positions = [cells.position(account, claim) for account in listed]
    years = common_years(account["date"] for account in accounts.accounts)
    return ClaimPage(
        claim=claim_details(revision, accounts.is_contested, names),
        question_words=question_words(claim["question"]),
        summary=claim_summary(accounts.claim, is_contested=accounts.is_contested),
        positions=[
            _shown(position, number, years, names)
            for number, position in enumerate(positions, start=start + 1)
        ],
        silences=_silences(revision.public_id, rows),
        accounts=accounts,
        years="–".join(map(str, dict.fromkeys(years))) if years else "",
        known=known,
        start=start,
        holders={account["holder"] for account in accounts.accounts if account["holder"]},
    )


def _shown(
    position: ClaimPosition, number: int, years: tuple[int, int] | None, names: Names
) -> ShownPosition:
    row, date = position["row"], position["date"]
    return {
        **position,
        "number": number,
        "party": _party(position, names.actor(position["account"]["holder"])),
        "is_answer": position["position"] in ANSWERS,
        "shown": _with_words(row, position["quotation"].words) if row else None,
        "strip": year_strip(date, STRIP_WIDTH, years) if date else None,
    }


def _with_words(row: Row, words: str) -> HtmlRow:
    """The statement with the words that carry the position, for ``_quotation.html``."""
    part: Row = {**row, "text": words}
    return row_with_html(part)


def _party(position: ClaimPosition, holder: ActorLink | None) -> str:
    """Who takes the position: "Jodi Seth, for ByteDance"."""
    speaker = position["speaker"] or _("An unnamed speaker")
    if holder is None or holder["name"] == speaker:
        return speaker
    return _("%(speaker)s, for %(party)s") % {"speaker": speaker, "party": holder["name"]}


def _requests(claim_id: str, known: FuzzyDate | None) -> list[Entry]:
    """The requests for comment on a claim."""
    keys = Facet.objects.filter(name="claim", value=claim_id).values("entry")
    entries = Entry.objects.filter(pk__in=keys, kind=RecordKind.REQUEST)
    if known and known.latest:
        entries = entries.filter(known_since__lte=known.latest)
    return list(entries.select_related("revision")[:MAX_REQUESTS])


def _silences(claim_id: str, rows: Mapping[str, Row]) -> list[tuple[ActorLink, Silence]]:
    """Who was asked about the claim and did not answer, latest first."""
    actors: dict[str, ActorLink] = {
        actor["id"]: actor
        for row in rows.values()
        if row["kind"] == RecordKind.REQUEST
        for actor in row["asked"]
    }
    return [
        (actors[actor], silence)
        for (claim, actor), listed in silences(rows).items()
        if claim == claim_id
        for silence in listed
    ]


def _unheard_actors(revision: Revision, page: ClaimPage) -> list[ActorLink]:
    """Actors with a position on another claim of the incident, and none on this, by name."""
    others = claims_of_incident(revision.document["incident"])
    documents = others.exclude(pk=revision.pk).values_list("document", flat=True)
    ids = {
        account["holder"]
        for document in documents.order_by("pk")[:MAX_OTHER_CLAIMS]
        for account in document["accounts"]
        if account["holder"]
    }
    ids -= page.holders | {actor["id"] for actor, _silence in page.silences}
    if not ids:
        return []
    names = Names([], also=ids)
    return sorted(names.actors(ids), key=lambda actor: actor["name"])


def _pages(page: ClaimPage, path: str, pairs: Sequence[tuple[str, str]]) -> ClaimPages:
    end = page.start + len(page.positions)
    before = max(0, min(page.start, page.total) - POSITIONS_PER_PAGE)
    return {
        "previous": _page_url(path, pairs, before) if page.start else "",
        "next": _page_url(path, pairs, end) if end < page.total else "",
        "shown": f"{page.start + 1}–{end}" if page.positions else "0",
        "total": page.total,
    }


def _page_url(path: str, pairs: Sequence[tuple[str, str]], start: int) -> str:
    parameters = QueryDict(mutable=True)
    for name, value in [*pairs, *([("after", str(start))] if start else [])]:
        parameters.appendlist(name, value)
    return f"{path}?{parameters.urlencode()}" if parameters else path


def _rows(positions: Sequence[ShownPosition]) -> list[Row]:
    return [position["row"] for position in positions if position["row"]]
