"""Readers' addresses. The suffixes of lists and entries come from the table of formats."""

from django.urls import path

from kb.formats import ENTRIES, INDEXES, LISTS, formats_of
from kb.formats.references import FILES
from kb.record.addresses import PLURALS
from kb.site.views import (
    actors,
    api,
    change_feed,
    changes,
    claims,
    embeds,
    entries,
    formats,
    history,
    home,
    incident,
    incidents,
    indexes,
    method,
    oembed,
    references,
    search,
    sources,
    timeline,
    wellknown,
)

# /timeline.json, /incidents/<slug>.csv, /events/<slug>.md …
_BESIDE = {"timeline": "timeline"} | {
    kind: f"{PLURALS[kind]}/<slug:slug>" for kind in (*LISTS, *ENTRIES) if kind in PLURALS
}
format_urls = [
    path(
        f"{_BESIDE[kind]}.{one.suffix}",
        formats.list_as if kind in LISTS else formats.entry_as,
        {"kind": kind, "suffix": one.suffix},
        name=f"{kind}-{one.name}",
    )
    for kind in (*LISTS, *ENTRIES)
    for one in formats_of(kind)
]

# /actors.json, /sources.bib …
index_urls = [
    path(
        f"{name}.{one.suffix}",
        indexes.index_as,
        {"kind": name, "suffix": one.suffix},
        name=f"{name}-{one.name}",
    )
    for name in INDEXES
    for one in formats_of(name)
]

# /incidents/<slug>/
incident_urls = [
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/<slug:slug>/", incident.incident, name="incident"),
    path("incidents/<slug:slug>/claims/", claims.claims, name="claims"),
    path("incidents/<slug:slug>/actors/", incident.actors, name="incident-actors"),
    path("incidents/<slug:slug>/sources/", incident.sources, name="incident-sources"),
    path("incidents/<slug:slug>/changes/", incident.changes, name="incident-changes"),
]

# /sources/<slug>.bib …: the source's own reference, where other lists have all of theirs
reference_urls = [
    path(
        f"sources/<slug:slug>.{suffix}",
        references.reference,
        {"suffix": suffix},
        name=f"source-{suffix.replace('.', '-')}",
    )
    for suffix in FILES
]

# /robots.txt, /sitemap.xml …
wellknown_urls = [
    path("robots.txt", wellknown.robots, name="robots"),
    path(".well-known/security.txt", wellknown.security, name="security-txt"),
    path("site.webmanifest", wellknown.manifest, name="webmanifest"),
    path("sitemap.xml", wellknown.sitemap, name="sitemap"),
] + [
    path(
        f"sitemap-{section}-<int:number>.xml",
        wellknown.section,
        {"section": section},
        name=f"sitemap-{section}",
    )
    for section in wellknown.SECTIONS
]

# /events/<slug>/history/ …
history_urls = [
    one
    for kind in history.KINDS
    for one in (
        path(
            f"{PLURALS[kind]}/<slug:slug>/history/",
            history.history,
            {"kind": kind},
            name=f"{kind}-history",
        ),
        path(
            f"{PLURALS[kind]}/<slug:slug>/history/<int:number>/",
            history.version,
            {"kind": kind},
            name=f"{kind}-version",
        ),
    )
]

# /embed/events/<slug>/ …: a page's address below /embed/ is its embed
embed_urls = [
    path("embed/timeline/", embeds.timeline, name="embed-timeline"),
    path("embed/incidents/<slug:slug>/", embeds.incident, name="embed-incident"),
    path("embed/incidents/<slug:slug>/claims/", embeds.claims, name="embed-claims"),
    path("oembed", oembed.oembed, name="oembed"),
] + [
    one
    for kind in ("event", "statement")
    for one in (
        path(
            f"embed/{PLURALS[kind]}/<slug:slug>/",
            embeds.entry,
            {"kind": kind},
            name=f"embed-{kind}",
        ),
        path(
            f"embed/{PLURALS[kind]}/<slug:slug>/history/<int:number>/",
            embeds.version,
            {"kind": kind},
            name=f"embed-{kind}-version",
        ),
    )
]

# /api/ for people, the rest for programs
api_urls = [
    path("api/", api.api, name="api"),
    path("api/openapi.json", api.openapi, name="openapi"),
    path("api/schemas/<slug:name>.json", api.schema, name="api-schema"),
    path(".well-known/api-catalog", api.catalog, name="api-catalog"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("timeline/", timeline.timeline, name="timeline"),
    *format_urls,
    *index_urls,
    *incident_urls,
    *reference_urls,
    *wellknown_urls,
    *history_urls,
    *embed_urls,
    *api_urls,
    path("events/<slug:slug>/", entries.event, name="event"),
    path("statements/<slug:slug>/", entries.statement, name="statement"),
    path("actors/", actors.actors, name="actors"),
    path("actors/<slug:slug>/", actors.actor, name="actor"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<slug:slug>/", sources.source, name="source"),
    path("search/", search.results, name="search"),
    path("changes/", changes.changes, name="changes"),
    path("changes.atom", change_feed.changes_atom, name="changes-atom"),
    path("method/", method.index, name="method"),
    path("method/dates/", method.dates, name="method-dates"),
    path("method/words/", method.words, name="method-words"),
    path("method/corrections/", method.corrections, name="method-corrections"),
]
