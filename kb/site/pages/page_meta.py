"""The metadata in the ``<head>`` of a page: canonical address, description, Open Graph, JSON-LD.

Each kind of page has one function. Its result is in the page's context as ``head``, and
``templates/_meta.html`` prints it. Absolute addresses come from the settings, never the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kb.formats import jsonld
from kb.formats.jsonld import Node
from kb.formats.view import SiteIdentity
from kb.record.addresses import absolute_url, in_language, record_path
from kb.record.answers import ActorLink, RecordLink
from kb.record.date_words import date_with_words
from kb.record.documents import Document
from kb.record.models import Revision
from kb.record.past.serving import served_time
from kb.record.query import TimelineQuery
from kb.record.quotation import quotation_of
from kb.record.rows import Row
from kb.record.voice_words import voice_names
from kb.site.cards.card import CARD_HEIGHT, CARD_WIDTH
from kb.site.http.past_links import ON, day_path
from kb.site.pages.card import CardLink
from kb.site.pages.claim_words import ClaimSummary
from kb.site.pages.sentences import as_sentence, joined_sentences, labelled
from kb.text.markdown import markdown_to_text
from kb.text.quoting import shorten_quotation

MAX_DESCRIPTION_LENGTH = 200
MIN_DESCRIPTION_LENGTH = 120  # a shorter cut is made inside a word instead
# These parameters show the same page in another way.
NOT_CANONICAL = {"order", "size", "known", "known_after", "later", "after", "before"}


class Head(TypedDict):
    """The context of ``_meta.html``.

    ``og`` holds Open Graph properties; ``languages`` the address of the page in each language;
    ``card`` the size of the picture where the page is shared.
    """

    canonical: str
    description: str
    og: list[tuple[str, str]]
    languages: Sequence[tuple[str, str]]
    card: str
    jsonld: SafeString | str


def site_identity_node() -> SiteIdentity:
    return SiteIdentity(settings.SITE_URL, settings.SITE_NAME)


def canonical(path: str, pairs: Iterable[tuple[str, str]] = ()) -> str:
    """The absolute address of a page, without the parameters that only change how it is shown.

    A page of an earlier day (``on``) is a page of its own.
    """
    own = {pair for pair in pairs if pair[0] not in NOT_CANONICAL}
    if when := served_time():
        own.add((ON, when.text))
    query_string = urlencode(sorted(own))
    return absolute_url(path) + (f"?{query_string}" if query_string else "")


def in_languages(path: str, pairs: Iterable[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """The absolute address of a page in each language, and for all other languages."""
    addresses = [
        (code, canonical(in_language(path, code), pairs)) for code, _name in settings.LANGUAGES
    ]
    return [*addresses, ("x-default", canonical(in_language(path, settings.LANGUAGE_CODE), pairs))]


def meta(
    request: HttpRequest,
    *,
    title: str,
    description: str = "",
    kind: str = "website",
    pairs: Iterable[tuple[str, str]] = (),
    nodes: Sequence[Node] = (),
    modified: str = "",
    languages: Sequence[tuple[str, str]] = (),
    picture: CardLink | None = None,
) -> Head:
    """The head of any page.

    ``kind`` is the Open Graph type; ``pairs`` are the page's parameters; ``nodes`` JSON-LD nodes;
    ``modified`` is an ISO time; ``languages`` are pairs of language code and absolute address;
    ``picture`` is that of the record, in place of the icon of the site.
    """
    pairs = list(pairs)
    address = canonical(request.path, pairs)
    short_description = _short(description)
    properties = [
        ("og:type", kind),
        ("og:site_name", settings.SITE_NAME),
        ("og:title", title),
        ("og:description", short_description),
        ("og:url", address),
        *_image(picture),
        ("og:locale", {"zh-hans": "zh_CN"}.get(get_language() or "en", "en_GB")),
        ("article:modified_time", modified if kind == "article" else ""),
    ]
    return {
        "canonical": address,
        "description": short_description,
        "og": [(name, value) for name, value in properties if value],
        "languages": languages or in_languages(request.path, pairs),
        "card": "summary_large_image" if picture else "summary",
        # kb.formats.jsonld.jsonld_text() escapes all characters that are special in HTML.
        "jsonld": mark_safe(jsonld.jsonld_text(nodes)) if nodes else "",  # noqa: S308
    }


def _image(picture: CardLink | None) -> list[tuple[str, str]]:
    if picture is None:
        return [("og:image", absolute_url(static("img/icon-512.png")))]
    return [
        ("og:image", absolute_url(day_path(picture.path))),
        ("og:image:type", "image/png"),
        ("og:image:width", str(CARD_WIDTH)),
        ("og:image:height", str(CARD_HEIGHT)),
        ("og:image:alt", picture.alt),
    ]


def page_head(request: HttpRequest, title: str, description: str = "") -> Head:
    """The head of a page that is not a record, such as a list or a page on the method."""
    crumbs = [(settings.SITE_NAME, reverse("home")), (title, request.path)]
    node = jsonld.webpage_node(
        site_identity_node(),
        url=canonical(request.path),
        name=title,
        description=_short(description),
        inLanguage=get_language() or "",
        breadcrumb=jsonld.breadcrumbs_node(site_identity_node(), crumbs),
    )
    return meta(request, title=title, description=description, nodes=[node])


def home_head(request: HttpRequest) -> Head:
    description = _(
        "Dated events and statements, each with its sources. Where positions differ, they are "
        "shown side by side."
    )
    language = get_language() or ""
    node = jsonld.website_node(
        site_identity_node(), home=reverse("home"), search=_search(), language=language
    )
    return meta(request, title=settings.SITE_NAME, description=description, nodes=[node])


def timeline_head(request: HttpRequest, query: TimelineQuery, rows: Sequence[Row]) -> Head:
    """The head of /timeline/, filtered or not; ``rows`` are those of the page."""
    is_filtered = bool(query.chosen or query.q or query.has_range)
    title = query.describe() if is_filtered else _("Timeline")
    summary = _("Events and statements by date, each with its sources.")
    crumbs = [(settings.SITE_NAME, reverse("home")), (_("Timeline"), reverse("timeline"))]
    pairs = query.pairs()
    node = jsonld.collection_node(
        site_identity_node(),
        rows,
        url=canonical(request.path, pairs),
        name=title,
        breadcrumb=jsonld.breadcrumbs_node(site_identity_node(), crumbs),
    )
    description = joined_sentences(title, summary) if is_filtered else summary
    return meta(request, title=title, description=description, pairs=pairs, nodes=[node])


def entry_head(
    request: HttpRequest, row: Row, revision: Revision, picture: CardLink | None = None
) -> Head:
    """The head of an entry's page."""
    where = site_identity_node()
    if row["kind"] == "event":
        summary = markdown_to_text(row["summary"]) or row["headline"]
        description = joined_sentences(row["date"]["words"], summary)
        entity = jsonld.event_node(row, where, description=_short(summary))
    elif row["kind"] == "request":
        description = joined_sentences(row["date"]["words"], row["title"])
        entity = jsonld.request_node(row, where)
    else:
        description = _statement_description(row)
        entity = jsonld.statement_node(row, where)
    crumbs = [(_("Timeline"), reverse("timeline"))]
    crumbs += [(incident["title"], incident["url"]) for incident in row["incidents"][:1]]
    # The node of a statement has its own date.
    coverage = jsonld.edtf_date(row["date"]) if row["kind"] != "statement" else ""
    title = row["headline"]
    page = _record_page(where, revision, row["url"], description, crumbs, title=title)
    page |= {"mainEntity": {"@id": entity["@id"]}} | (
        {"temporalCoverage": coverage} if coverage else {}
    )
    nodes = [page, entity]
    return _record_head(
        request, revision, description, nodes, kind="article", title=title, picture=picture
    )


def source_head(
    request: HttpRequest,
    revision: Revision,
    *,
    publisher: ActorLink | None,
    origin: RecordLink | None,
) -> Head:
    """The head of a source's page; ``origin`` is the source that it derives from."""
    where, document = site_identity_node(), revision.document
    parts = [
        publisher["name"] if publisher else "",
        document["byline"],
        date_with_words(document["published"])["words"],
    ]
    details = ", ".join(part for part in parts if part)
    description = joined_sentences(revision.title, as_sentence(details))
    entity = jsonld.source_node(
        document,
        where,
        url=request.path,
        publisher=dict(publisher) if publisher else None,
        origin=dict(origin) if origin else None,
    )
    crumbs = [(_("Sources"), reverse("sources"))]
    page = _record_page(where, revision, request.path, description, crumbs)
    page["mainEntity"] = {"@id": entity["@id"]}
    if coverage := jsonld.edtf_date(document["published"]):
        entity["temporalCoverage"] = coverage
    return _record_head(request, revision, description, [page, entity])


def actor_head(request: HttpRequest, revision: Revision, card: Mapping[str, object]) -> Head:
    """The head of an actor's page; ``card`` is its ``kb.site.pages.actor.ActorCard``."""
    where = site_identity_node()
    description = (
        markdown_to_text(revision.document["summary"]) or f"{revision.title}, {card['kind_words']}"
    )
    entity = jsonld.actor_node(
        revision.document, where, url=request.path, card=dict(card), description=_short(description)
    )
    crumbs = [(_("Actors"), reverse("actors"))]
    page = _record_page(where, revision, request.path, description, crumbs, kind="ProfilePage")
    page["mainEntity"] = {"@id": entity["@id"]}
    kind = "profile" if revision.document["actor_kind"] == "person" else "website"
    return _record_head(request, revision, description, [page, entity], kind=kind)


def incident_head(
    request: HttpRequest,
    revision: Revision,
    query: TimelineQuery,
    rows: Sequence[Row],
    picture: CardLink | None = None,
) -> Head:
    """The head of an incident's timeline; ``rows`` are those of the page."""
    where = site_identity_node()
    description = markdown_to_text(revision.document["summary"]) or revision.title
    pairs = [pair for pair in query.pairs() if pair[0] != "incident"]
    crumbs = [(settings.SITE_NAME, reverse("home")), (revision.title, request.path)]
    page = jsonld.collection_node(
        where,
        rows,
        url=canonical(request.path, pairs),
        name=revision.title,
        description=_short(description),
        dateModified=revision.published_at.isoformat(),
        breadcrumb=jsonld.breadcrumbs_node(where, crumbs),
    )
    return _record_head(
        request, revision, description, [page], kind="article", pairs=pairs, picture=picture
    )


def claims_head(request: HttpRequest, revision: Revision, documents: Sequence[Document]) -> Head:
    """The head of an incident's claims; ``documents`` are those of the claims."""
    where = site_identity_node()
    title = _("Claims: %(title)s") % {"title": revision.title}
    description = _("Each party’s position on each claim, with dates and sources.")
    crumbs = [
        (settings.SITE_NAME, reverse("home")),
        (revision.title, reverse("incident", args=[revision.slug])),
        (_("Claims"), request.path),
    ]
    claims = [
        jsonld.claim_node({**document}, where, url=record_path(document["kind"], document["slug"]))
        for document in documents
    ]
    page = jsonld.webpage_node(
        where,
        url=canonical(request.path),
        name=title,
        kind="CollectionPage",
        description=description,
        breadcrumb=jsonld.breadcrumbs_node(where, crumbs),
        hasPart=claims,
    )
    return meta(request, title=title, description=description, nodes=[page])


def claim_head(
    request: HttpRequest, revision: Revision, summary: ClaimSummary, rows: Sequence[Row]
) -> Head:
    """The head of the page of a claim; ``rows`` are the statements with a position on it."""
    where = site_identity_node()
    description = joined_sentences(revision.title, summary.heading, summary.text)
    document = {**revision.document}
    path = record_path(revision.kind, revision.slug)
    entity = jsonld.claim_node(document, where, url=path, rows=[{**row} for row in rows])
    page = _record_page(where, revision, path, description, [])
    page["mainEntity"] = {"@id": entity["@id"]}
    return _record_head(request, revision, description, [page, entity], kind="article")


def _record_page(
    where: SiteIdentity,
    revision: Revision,
    path: str,
    description: str,
    crumbs: list[tuple[str, str]],
    *,
    kind: str = "WebPage",
    title: str = "",
) -> Node:
    title = title or revision.title
    return jsonld.webpage_node(
        where,
        url=where.at(path),
        name=title,
        kind=kind,
        description=_short(description),
        dateModified=revision.published_at.isoformat(),
        version=revision.number,
        breadcrumb=jsonld.breadcrumbs_node(where, [*crumbs, (title, path)]),
    )


def _record_head(
    request: HttpRequest,
    revision: Revision,
    description: str,
    nodes: Sequence[Node],
    *,
    kind: str = "website",
    pairs: Iterable[tuple[str, str]] = (),
    title: str = "",
    picture: CardLink | None = None,
) -> Head:
    return meta(
        request,
        title=title or revision.title,
        description=description,
        kind=kind,
        nodes=nodes,
        pairs=pairs,
        modified=revision.published_at.isoformat(),
        picture=picture,
    )


def _statement_description(row: Row) -> str:
    """Date, speaker and words of a statement; without words that are too long to be cut safely."""
    quotation = quotation_of(row)
    date_words = row["date"]["words"]
    if not quotation.words:
        return joined_sentences(date_words, markdown_to_text(row["summary"]) or row["headline"])
    # Before the words, because a description may be cut at its end.
    label = f"[{quotation.labels}]" if quotation.labels else ""
    who = " ".join(part for part in (voice_names(row["voice"]), label) if part)

    def with_quotation(words: str) -> str:
        return joined_sentences(date_words, labelled(who, words) if who else words)

    max_length = MAX_DESCRIPTION_LENGTH - len(with_quotation("“” …"))
    words = " ".join(quotation.words.split())
    words = shorten_quotation(words, max(max_length, 0), language=row["language"])
    description = with_quotation(quotation.with_words(words).marked_words)
    is_fitting = len(description) <= MAX_DESCRIPTION_LENGTH
    return description if is_fitting else joined_sentences(date_words, row["headline"])


def _short(text: str) -> str:
    """The text in one line, cut between two words if it is long."""
    line = " ".join(text.split())
    if len(line) <= MAX_DESCRIPTION_LENGTH:
        return line
    cut = line[: MAX_DESCRIPTION_LENGTH - 1]
    # Chinese has no spaces, so it is cut after any character.
    if " " in cut[MIN_DESCRIPTION_LENGTH:]:
        cut = cut.rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:.") + "…"


def _search() -> str:
    """The path of the search page; without one, of the timeline, which takes the same parameter."""
    try:
        return reverse("search")
    except NoReverseMatch:
        return reverse("timeline")
