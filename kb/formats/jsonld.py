"""JSON-LD in the vocabulary of schema.org: pure functions from rows and documents to nodes.

A node is a plain dictionary; ``graph`` makes one document of several. A date goes into a date
property only if it is one day, month or year without doubt; all others are given as EDTF, which
ISO 8601-2 holds, in ``temporalCoverage`` of the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kb.dates import FuzzyDate
from kb.formats.view import SiteIdentity
from kb.record.answers import ActorLink, Citation, EntryRow, Voice
from kb.record.citation_words import citations_by_source, cited_title
from kb.record.headlines import possibly
from kb.record.quotation import quotation_of
from kb.record.vocabulary import ActorKind, Certainty, LinkKind, SourceKind, StatementForm

Node = dict[str, Any]

_ACTORS: dict[str, str] = {
    ActorKind.PERSON: "Person",
    ActorKind.PUBLICATION: "NewsMediaOrganization",
    ActorKind.GOVERNMENT: "GovernmentOrganization",
    ActorKind.PRODUCT: "Thing",
    ActorKind.PROJECT: "Project",
}
_SOURCES: dict[str, str] = {
    SourceKind.ARTICLE: "NewsArticle",
    SourceKind.DOCUMENT: "DigitalDocument",
    SourceKind.POST: "SocialMediaPosting",
}
_STATEMENTS: dict[str, str] = {
    StatementForm.VERBATIM: "Quotation",
    StatementForm.PARAPHRASE: "Claim",
    StatementForm.ATTRIBUTED: "Claim",
}
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def jsonld_text(nodes: Iterable[Node]) -> str:
    """The nodes as one JSON-LD document that nothing can end early inside a script element."""
    document = {"@context": "https://schema.org", "@graph": list(nodes)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def without_empty(**properties: Any) -> Node:
    """A node of the properties that have a value; ``type_`` and ``id_`` are JSON-LD's own."""
    names = {"type_": "@type", "id_": "@id"}
    return {names.get(key, key): value for key, value in properties.items() if value}


def iso_date(when: Mapping[str, Any] | None) -> str:
    """The ISO date of a document's date that is one day, month or year; "" for all others.

    With the time of day only if its zone is stated: readers of JSON-LD take any other for theirs.
    """
    value = FuzzyDate.from_json(when or {})
    if moment := value.iso_datetime():
        return moment
    plain = value.precision in ("day", "month", "year") and not value.qualifier
    return value.edtf.replace("-XX", "") if plain else ""


def edtf_date(when: Mapping[str, Any] | None) -> str:
    """The EDTF of a document's date that ``iso`` has no answer for; "" for an unknown date."""
    value = FuzzyDate.from_json(when or {})
    return "" if iso_date(when) or value.is_unknown else value.edtf


# --- The site and its pages --------------------------------------------------------------------


def website_node(site: SiteIdentity, *, home: str, search: str, language: str = "") -> Node:
    """The site with its search; ``home`` and ``search`` are paths."""
    return without_empty(
        type_="WebSite",
        id_=site.ref["@id"],
        url=site.at(home),
        name=site.name,
        inLanguage=language,
        potentialAction={
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": site.at(search) + "?q={search_term_string}",
            },
            "query-input": "required name=search_term_string",
        },
    )


def breadcrumbs_node(site: SiteIdentity, crumbs: Sequence[tuple[str, str]]) -> Node:
    """The way to a page, as (name, path) from the top down to the page itself."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": site.at(path)}
            for place, (name, path) in enumerate(crumbs, 1)
        ],
    }


def webpage_node(
    site: SiteIdentity, *, url: str, name: str, kind: str = "WebPage", **properties: Any
) -> Node:
    """A page of the site; ``url`` is absolute. ``properties`` are schema.org's own names."""
    return without_empty(type_=kind, id_=url, url=url, name=name, isPartOf=site.ref, **properties)


def collection_node(
    site: SiteIdentity, rows: Sequence[Mapping[str, Any]], *, url: str, name: str, **properties: Any
) -> Node:
    """A page that lists rows (each with a url), in their order.

    The names are those of the pages that the list leads to.
    """
    items = {
        "@type": "ItemList",
        "numberOfItems": len(rows),
        "itemListElement": [
            {"@type": "ListItem", "position": place, "url": site.at(row["url"])}
            for place, row in enumerate(rows, 1)
        ],
    }
    kind = "CollectionPage"
    entity = items if rows else None
    return webpage_node(site, url=url, name=name, kind=kind, mainEntity=entity, **properties)


# --- Records -----------------------------------------------------------------------------------


def event_node(row: EntryRow, site: SiteIdentity, *, description: str = "") -> Node:
    """What happened, from an event's row: an Event if its day and its place are known.

    Search engines require of an Event a ``startDate`` with a day, and a ``location`` with an
    address; they report every other Event as an error. Records often have neither, and nothing is
    invented here. So without a certain day or a place the node is a CreativeWork, the account of
    what happened, with the date in ``temporalCoverage`` and the place in ``contentLocation``. For
    the same reason no node names another entry as an Event.
    """
    start, place = iso_date(row["date"]), _place(row)
    wholes = [
        _other_entry(link["entry"]["title"], link["entry"]["url"], site)
        for link in row["links"]
        if link["kind"] == LinkKind.PART_OF and link["entry_kind"] == "event"
    ]
    about = [_named_actor(actor, site) for actor in row["actors"]]
    citations = _citations(row, site)
    own: Node
    if place and len(start) >= len("2023-12-15"):
        own = {
            "type_": "Event",
            "startDate": start,
            "location": place | {"address": place["name"]},
            "superEvent": wholes,
            "subjectOf": citations,
        }
    else:
        own = {
            "type_": "CreativeWork",
            "temporalCoverage": start or edtf_date(row["date"]),
            "contentLocation": place,
            "isPartOf": wholes,
            "citation": citations,
        }
    return without_empty(
        id_=_it(site, row),
        name=row["headline"],
        description=description,
        url=site.at(row["url"]),
        about=about,
        **own,
    )


def _other_entry(name: str, url: str, site: SiteIdentity) -> Node:
    """A reference to the node of another entry; its own node has its type."""
    return {"@id": site.at(url) + "#it", "name": name, "url": site.at(url)}


def statement_node(row: EntryRow, site: SiteIdentity) -> Node:
    """What was said, from a statement's row: Quotation if verbatim, Claim if in other words.

    A quotation whose carrier changed the words is a CreativeWork; ``description`` says so.
    """
    voice = row["voice"]
    said_by = _speakers(voice, site)
    has_named = bool(voice["speakers"]) and voice["identity"] != Certainty.POSSIBLE
    quotation = quotation_of(row)
    kind = _STATEMENTS.get(row["form"], "CreativeWork")
    if kind == "Quotation" and quotation.words and not quotation.has_marks:
        kind = "CreativeWork"
    return without_empty(
        type_=kind,
        id_=_it(site, row),
        name=row["headline"],
        url=site.at(row["url"]),
        text=row["text"],
        # What kind of words the text is: schema.org has no property for it.
        description=quotation.labels,
        inLanguage=row["language"] if row["text"] else "",
        dateCreated=iso_date(row["date"]),
        temporalCoverage=edtf_date(row["date"]),
        spokenByCharacter=said_by if kind == "Quotation" else None,
        creator=said_by if kind != "Quotation" and has_named else None,
        author=said_by if row["form"] == StatementForm.ATTRIBUTED else None,
        locationCreated=_place(row),
        about=[_other_entry(event["headline"], event["url"], site) for event in row["about"]]
        + _ascribed_to(voice, site),
        citation=_citations(row, site),
    )


def request_node(row: EntryRow, site: SiteIdentity) -> Node:
    """Who asked whom, from a request's row: an action, and never a Claim, as nobody claims."""
    asked_by, answer = row["asked_by"], row["answer"]
    result = answer and {"@type": "Comment", "name": answer["title"], "url": site.at(answer["url"])}
    return without_empty(
        type_="AskAction",
        id_=_it(site, row),
        name=row["title"],
        url=site.at(row["url"]),
        agent=_named_actor(asked_by, site) if asked_by else None,
        recipient=[_named_actor(actor, site) for actor in row["asked"]],
        startTime=iso_date(row["date"]),
        result=result,
        about=[_other_entry(event["title"], event["url"], site) for event in row["about"]],
        subjectOf=_citations(row, site),
    )


def claim_node(
    proposition: Node, site: SiteIdentity, *, url: str, rows: Sequence[Node] = ()
) -> Node:
    """A claim from its document; ``url`` is its path, ``rows`` the statements on it."""
    return without_empty(
        type_="Claim",
        id_=site.at(url),
        name=proposition["title"],
        url=site.at(url),
        appearance=[
            {
                "@type": "CreativeWork",
                "name": row.get("headline") or row["title"],
                "url": site.at(row["url"]),
            }
            for row in rows
        ],
    )


def source_node(
    document: Node, site: SiteIdentity, *, url: str, publisher: Node | None, origin: Node | None
) -> Node:
    """A source from its document; ``publisher`` and ``origin`` are links of its row."""
    return without_empty(
        type_=_SOURCES.get(document["source_kind"], "CreativeWork"),
        id_=site.at(url) + "#it",
        name=document["title"],
        headline=document["title"],
        url=document["url"] or site.at(url),
        creditText=document["byline"],
        publisher=_named_actor({"kind": "publication", **publisher}, site) if publisher else None,
        datePublished=iso_date(document["published"]),
        inLanguage=document["language"],
        archivedAt=document["archive_url"],
        isBasedOn=origin
        and {"@type": "CreativeWork", "name": origin["title"], "url": site.at(origin["url"])},
    )


def actor_node(
    document: Node, site: SiteIdentity, *, url: str, card: Node, description: str = ""
) -> Node:
    """An actor from its document; ``card`` has the links: affiliations, part_of and parts."""
    kind = _ACTORS.get(document["actor_kind"], "Organization")
    wikidata = document["wikidata"]
    same = [f"https://www.wikidata.org/wiki/{wikidata}" if wikidata else "", document["website"]]
    node = without_empty(
        type_=kind,
        id_=site.at(url) + "#it",
        name=document["title"],
        alternateName=[name["name"] for name in document["other_names"]],
        description=description,
        url=site.at(url),
        sameAs=[address for address in same if address],
    )
    whole = card.get("part_of")
    if kind == "Person":
        organisations = [
            affiliation["organisation"]
            for affiliation in card.get("affiliations", [])
            if affiliation["organisation"]
        ]
        node |= without_empty(
            affiliation=[_named_actor(organisation, site) for organisation in organisations]
        )
    elif kind != "Thing":
        node |= without_empty(parentOrganization=_named_actor(whole, site) if whole else None)
    return node


def _named_actor(link: Mapping[str, Any], site: SiteIdentity) -> Node:
    return {
        "@type": _ACTORS.get(link.get("kind", ""), "Organization"),
        "name": link["name"],
        "url": site.at(link["url"]),
    }


def _speakers(voice: Voice, site: SiteIdentity) -> Node | list[Node] | None:
    """Who speaks; an actor of whom that is not certain by name only."""
    if not voice["speakers"]:
        return {"@type": "Thing", "name": voice["label"]} if voice["label"] else None
    nodes = [_speaker(actor, voice["identity"], site) for actor in voice["speakers"]]
    return nodes if len(nodes) > 1 else nodes[0]


def _speaker(actor: ActorLink, identity: str, site: SiteIdentity) -> Node:
    if identity == Certainty.POSSIBLE:
        return {"@type": "Thing", "name": possibly(actor["name"])}
    return _named_actor(actor, site)


def _ascribed_to(voice: Voice, site: SiteIdentity) -> list[Node]:
    """Those to whom an outlet ascribes its words: what the words are about, not their authors."""
    ascribed = voice["attributed_to"]
    if not ascribed:
        return []
    speakers = [_speaker(actor, ascribed["identity"], site) for actor in ascribed["speakers"]]
    return speakers + [_named_actor(actor, site) for actor in ascribed["principals"]]


def _place(row: EntryRow) -> Node | None:
    place = row["place"]
    if not place:
        return None
    has_coordinates = place["latitude"] and place["longitude"]
    wikidata = place["wikidata"]
    return without_empty(
        type_="Place",
        name=place["name"],
        sameAs=f"https://www.wikidata.org/wiki/{wikidata}" if wikidata else "",
        geo={
            "@type": "GeoCoordinates",
            "latitude": float(place["latitude"]),
            "longitude": float(place["longitude"]),
        }
        if has_coordinates
        else None,
    )


def _citations(row: EntryRow, site: SiteIdentity) -> list[Node]:
    """The sources of a row, each once."""
    return [_cited_node(citation, site) for citation in citations_by_source(row)]


def _cited_node(citation: Citation, site: SiteIdentity) -> Node:
    source = citation["source"]
    return without_empty(
        type_=_SOURCES.get(source.get("kind", ""), "CreativeWork"),
        name=cited_title(citation),
        url=source["link"] or site.at(source["url"]),
        publisher=source["publisher"] and _named_actor(source["publisher"], site),
        datePublished=iso_date(source["published"]),
    )


def _it(site: SiteIdentity, row: Mapping[str, Any]) -> str:
    """The thing itself, apart from the page about it."""
    return site.at(row["url"]) + "#it"
