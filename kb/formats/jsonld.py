"""JSON-LD in the vocabulary of schema.org: pure functions from rows and documents to nodes.

A node is a plain dictionary; ``graph`` makes one document of several. A date goes into a date
property only if it is one day, month or year without doubt; all others are given as EDTF, which
ISO 8601-2 holds, in ``temporalCoverage`` of the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from kb.dates import FuzzyDate
from kb.formats.view import Site

Node = dict[str, Any]

_ACTORS = {
    "person": "Person",
    "publication": "NewsMediaOrganization",
    "government": "GovernmentOrganization",
    "product": "Thing",
    "project": "Project",
}
_SOURCES = {
    "article": "NewsArticle",
    "document": "DigitalDocument",
    "post": "SocialMediaPosting",
}
_STATEMENTS = {"verbatim": "Quotation", "paraphrase": "Claim"}
_ESCAPES = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}


def text(nodes: Iterable[Node]) -> str:
    """The nodes as one JSON-LD document that nothing can end early inside a script element."""
    document = {"@context": "https://schema.org", "@graph": list(nodes)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def filled(**properties: Any) -> Node:
    """A node of the properties that have a value; ``type_`` and ``id_`` are JSON-LD's own."""
    names = {"type_": "@type", "id_": "@id"}
    return {names.get(key, key): value for key, value in properties.items() if value}


def iso(when: Node | None) -> str:
    """The ISO date of a document's date that is one day, month or year; "" for all others."""
    found = FuzzyDate.from_json(when or {})
    plain = found.precision in ("day", "month", "year") and not found.qualifier
    return found.edtf.replace("-XX", "") if plain else ""


def coverage(when: Node | None) -> str:
    """The EDTF of a document's date that ``iso`` has no answer for; "" for an unknown date."""
    found = FuzzyDate.from_json(when or {})
    return "" if iso(when) or found.is_unknown else found.edtf


# --- The site and its pages --------------------------------------------------------------------


def website(site: Site, *, home: str, search: str, language: str = "") -> Node:
    """The site with its search; ``home`` and ``search`` are paths."""
    return filled(
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


def breadcrumbs(site: Site, crumbs: Sequence[tuple[str, str]]) -> Node:
    """The way to a page, as (name, path) from the top down to the page itself."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": site.at(path)}
            for place, (name, path) in enumerate(crumbs, 1)
        ],
    }


def webpage(site: Site, *, url: str, name: str, kind: str = "WebPage", **properties: Any) -> Node:
    """A page of the site; ``url`` is absolute. ``properties`` are schema.org's own names."""
    return filled(type_=kind, id_=url, url=url, name=name, isPartOf=site.ref, **properties)


def collection(site: Site, rows: Sequence[Node], *, url: str, name: str, **properties: Any) -> Node:
    """A page that lists rows (each with a title and a url), in their order."""
    items = {
        "@type": "ItemList",
        "numberOfItems": len(rows),
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": row["title"],
                "url": site.at(row["url"]),
            }
            for place, row in enumerate(rows, 1)
        ],
    }
    kind = "CollectionPage"
    found = items if rows else None
    return webpage(site, url=url, name=name, kind=kind, mainEntity=found, **properties)


# --- Records -----------------------------------------------------------------------------------


def event(row: Node, site: Site, *, description: str = "") -> Node:
    """What happened, from an event's row."""
    return filled(
        type_="Event",
        id_=_it(site, row),
        name=row["title"],
        description=description,
        url=site.at(row["url"]),
        startDate=iso(row["date"]),
        about=[_named_actor(one, site) for one in row["actors"]],
        subjectOf=_citations(row, site),
    )


def statement(row: Node, site: Site) -> Node:
    """What was said, from a statement's row: Quotation if verbatim, Claim if in other words."""
    voice = row["voice"]
    speaker = voice["speaker"]
    said_by: Node | None
    if speaker:
        said_by = _named_actor(speaker, site)
    else:
        said_by = {"@type": "Thing", "name": voice["label"]} if voice["label"] else None
    kind = _STATEMENTS.get(row["form"], "CreativeWork")
    return filled(
        type_=kind,
        id_=_it(site, row),
        name=row["title"],
        url=site.at(row["url"]),
        text=row["text"],
        inLanguage=row["language"] if row["text"] else "",
        dateCreated=iso(row["date"]),
        temporalCoverage=coverage(row["date"]),
        spokenByCharacter=said_by if kind == "Quotation" else None,
        creator=said_by if kind != "Quotation" and speaker else None,
        about=[
            {"@type": "Event", "name": one["title"], "url": site.at(one["url"])}
            for one in row["about"]
        ],
        citation=_citations(row, site),
    )


def claim(proposition: Node, site: Site, *, url: str, rows: Sequence[Node] = ()) -> Node:
    """A contested claim from its document; ``url`` is its path, ``rows`` the statements on it."""
    return filled(
        type_="Claim",
        id_=site.at(url),
        name=proposition["title"],
        url=site.at(url),
        appearance=[
            {"@type": "CreativeWork", "name": row["title"], "url": site.at(row["url"])}
            for row in rows
        ],
    )


def source(
    document: Node, site: Site, *, url: str, publisher: Node | None, origin: Node | None
) -> Node:
    """A source from its document; ``publisher`` and ``origin`` are links of its row."""
    return filled(
        type_=_SOURCES.get(document["source_kind"], "CreativeWork"),
        id_=site.at(url) + "#it",
        name=document["title"],
        headline=document["title"],
        url=document["url"] or site.at(url),
        creditText=document["byline"],
        publisher=_named_actor({"kind": "publication", **publisher}, site) if publisher else None,
        datePublished=iso(document["published"]),
        inLanguage=document["language"],
        archivedAt=document["archive_url"],
        isBasedOn=origin
        and {"@type": "CreativeWork", "name": origin["title"], "url": site.at(origin["url"])},
    )


def actor(document: Node, site: Site, *, url: str, card: Node, description: str = "") -> Node:
    """An actor from its document; ``card`` has the links: affiliations, part_of and parts."""
    kind = _ACTORS.get(document["actor_kind"], "Organization")
    wikidata = document["wikidata"]
    same = [f"https://www.wikidata.org/wiki/{wikidata}" if wikidata else "", document["website"]]
    found = filled(
        type_=kind,
        id_=site.at(url) + "#it",
        name=document["title"],
        alternateName=[one["name"] for one in document["other_names"]],
        description=description,
        url=site.at(url),
        sameAs=[one for one in same if one],
    )
    whole = card.get("part_of")
    if kind == "Person":
        parts = [one["organisation"] for one in card.get("affiliations", []) if one["organisation"]]
        found |= filled(affiliation=[_named_actor(one, site) for one in parts])
    elif kind != "Thing":
        found |= filled(parentOrganization=_named_actor(whole, site) if whole else None)
    return found


def _named_actor(link: Node, site: Site) -> Node:
    return {
        "@type": _ACTORS.get(link.get("kind", ""), "Organization"),
        "name": link["name"],
        "url": site.at(link["url"]),
    }


def _citations(row: Node, site: Site) -> list[Node]:
    """The sources of a row, each once."""
    found = {one["source"]["id"]: one["source"] for one in row["citations"]}
    return [
        filled(
            type_=_SOURCES.get(one.get("kind", ""), "CreativeWork"),
            name=one["title"],
            url=one["link"] or site.at(one["url"]),
            publisher=one["publisher"] and _named_actor(one["publisher"], site),
            datePublished=iso(one["published"]),
        )
        for one in found.values()
    ]


def _it(site: Site, row: Node) -> str:
    """The thing itself, apart from the page about it."""
    return site.at(row["url"]) + "#it"
