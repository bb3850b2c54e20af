"""The addresses of the readers' pages. The suffixes of files come from the table of formats."""

from django.urls import path

from kb.formats import CLAIM, FROZEN, LIST_KINDS, RECORD_LISTS, formats_for
from kb.formats.references import REFERENCE_FILES
from kb.record.addresses import PLURALS
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.pages.sitemap import SECTIONS
from kb.site.views import (
    about,
    actors,
    api,
    cards,
    change_feed,
    changes,
    claim,
    claims,
    compare,
    embeds,
    entries,
    formats,
    fragments,
    frozen,
    history,
    home,
    incident,
    incidents,
    indexes,
    method,
    numbers,
    oembed,
    options,
    proofs,
    quotes,
    references,
    removed,
    reports,
    search,
    sources,
    timeline,
    wellknown,
)

# /timeline.json, /incidents/<slug>.csv, /events/<slug>.md …
_PATHS = {"timeline": "timeline"} | {
    kind: f"{PLURALS[kind]}/<slug:slug>" for kind in (*LIST_KINDS, *ENTRY_KINDS) if kind in PLURALS
}
format_urls = [
    path(
        f"{_PATHS[kind]}.{form.suffix}",
        formats.list_file if kind in LIST_KINDS else formats.entry_file,
        {"kind": kind, "suffix": form.suffix},
        name=f"{kind}-{form.name}",
    )
    for kind in (*LIST_KINDS, *ENTRY_KINDS)
    for form in formats_for(kind)
]

# /actors.json, /sources.bib …
index_urls = [
    path(
        f"{name}.{form.suffix}",
        indexes.record_list_file,
        {"kind": name, "suffix": form.suffix},
        name=f"{name}-{form.name}",
    )
    for name in RECORD_LISTS
    for form in formats_for(name)
]

# /claims/<slug>/, /claims/<slug>.csv …
claim_urls = [
    path("claims/<slug:slug>/", claim.claim, name="claim"),
    *(
        path(
            f"claims/<slug:slug>.{form.suffix}",
            claim.claim_file,
            {"kind": CLAIM, "suffix": form.suffix},
            name=f"claim-{form.name}",
        )
        for form in formats_for(CLAIM)
    ),
]

# /incidents/<slug>/
incident_urls = [
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/<slug:slug>/", incident.incident, name="incident"),
    path("incidents/<slug:slug>/fragment/", fragments.incident_fragment, name="incident-fragment"),
    path("incidents/<slug:slug>/claims/", claims.claims, name="claims"),
    path("incidents/<slug:slug>/actors/", incident.incident_actors_page, name="incident-actors"),
    path(
        "incidents/<slug:slug>/speakers/",
        incident.incident_speakers_page,
        name="incident-speakers",
    ),
    path("incidents/<slug:slug>/sources/", incident.incident_sources_page, name="incident-sources"),
    path("incidents/<slug:slug>/changes/", incident.incident_changes_page, name="incident-changes"),
]

# /timeline/options/actor/ …: all values of a filter of a list, and their part in its form
option_urls = [
    pattern
    for kind, start in (
        ("timeline", "timeline/"),
        ("incident", "incidents/<slug:slug>/"),
        ("actor", "actors/<slug:slug>/"),
    )
    for pattern in (
        path(
            f"{start}options/<slug:name>/",
            options.options,
            {"kind": kind},
            name=f"{kind}-options",
        ),
        path(
            f"{start}options/<slug:name>/fragment/",
            options.options_fragment,
            {"kind": kind},
            name=f"{kind}-options-fragment",
        ),
    )
]

# /timeline/numbers/ …: the histogram of a list as a table
number_urls = [
    pattern
    for kind, start in (("timeline", "timeline/"), ("incident", "incidents/<slug:slug>/"))
    for pattern in (
        path(f"{start}numbers/", numbers.numbers, {"kind": kind}, name=f"{kind}-numbers"),
        path(
            f"{start}numbers/fragment/",
            numbers.numbers_fragment,
            {"kind": kind},
            name=f"{kind}-numbers-fragment",
        ),
    )
]

# /sources/<slug>.bib …: the reference to the source itself
reference_urls = [
    path(
        f"sources/<slug:slug>.{suffix}",
        references.reference,
        {"suffix": suffix},
        name=f"source-{suffix.replace('.', '-')}",
    )
    for suffix in REFERENCE_FILES
]

# /events/<slug>.png …: the picture of a shared link
card_urls = [
    path("card.png", cards.site_picture, name="card"),
    path("incidents/<slug:slug>.png", cards.incident_picture, name="incident-card"),
] + [
    path(
        f"{PLURALS[kind]}/<slug:slug>.png", cards.entry_picture, {"kind": kind}, name=f"{kind}-card"
    )
    for kind in ENTRY_KINDS
]

# /robots.txt, /sitemap.xml …
wellknown_urls = [
    path("robots.txt", wellknown.robots, name="robots"),
    path(".well-known/security.txt", wellknown.security_txt, name="security-txt"),
    path("site.webmanifest", wellknown.manifest, name="webmanifest"),
    path("sitemap.xml", wellknown.sitemap, name="sitemap"),
] + [
    path(
        f"sitemap-{section}-<int:number>.xml",
        wellknown.sitemap_section,
        {"section": section},
        name=f"sitemap-{section}",
    )
    for section in SECTIONS
]

# /events/<slug>/history/ …
history_urls = [
    pattern
    for kind in history.HISTORY_KINDS
    for pattern in (
        path(
            f"{PLURALS[kind]}/<slug:slug>/history/",
            history.record_history,
            {"kind": kind},
            name=f"{kind}-history",
        ),
        path(
            f"{PLURALS[kind]}/<slug:slug>/history/<int:number>/",
            history.record_version,
            {"kind": kind},
            name=f"{kind}-version",
        ),
    )
]

# /views/<id>/, /views/<id>.csv …: frozen lists
frozen_urls = [
    path("views/", frozen.freeze_list, name="freeze-list"),
    path("views/<slug:public_id>/", frozen.frozen_list, name="frozen-list"),
    path("views/<slug:public_id>/print/", frozen.frozen_print, name="frozen-print"),
    path("views/<slug:public_id>.html", frozen.frozen_one_file, name="frozen-one-file"),
    *(
        path(
            f"views/<slug:public_id>.{form.suffix}",
            frozen.frozen_file,
            {"suffix": form.suffix},
            name=f"frozen-{form.name}",
        )
        for form in formats_for(FROZEN)
    ),
    *(
        path(
            f"views/<slug:public_id>.{suffix}",
            frozen.frozen_reference,
            {"suffix": suffix},
            name=f"frozen-{suffix.replace('.', '-')}",
        )
        for suffix in REFERENCE_FILES
    ),
]

# /record/checkpoint, /record/tile/0/000 …: the public log, and the proofs from it
log_urls = [
    path("record/proof.json", proofs.proof, name="proof"),
    path(
        "record/proofs/<slug:public_id>/<int:number>.json",
        proofs.whole_proof,
        name="version-proof",
    ),
    path("record/checkpoint", proofs.checkpoint, name="checkpoint"),
    path("record/key", proofs.log_key, name="log-key"),
    path("record/tile/entries/<path:number>", proofs.entries, name="log-entries"),
    path("record/tile/<int:level>/<path:number>", proofs.tile, name="log-tile"),
    path("record/verify.py", proofs.verify_program, name="verify-program"),
]

# /embed/events/<slug>/ …: the address of a page below /embed/
embed_urls = [
    path("embed/timeline/", embeds.embed_timeline, name="embed-timeline"),
    path("embed/incidents/<slug:slug>/", embeds.embed_incident, name="embed-incident"),
    path("embed/incidents/<slug:slug>/claims/", embeds.embed_claims, name="embed-claims"),
    path("embed/views/<slug:public_id>/", embeds.embed_frozen, name="embed-frozen-list"),
    path("embed/claims/<slug:slug>/", embeds.embed_claim, name="embed-claim"),
    path("oembed", oembed.oembed, name="oembed"),
] + [
    pattern
    for kind in ENTRY_KINDS
    for pattern in (
        path(
            f"embed/{PLURALS[kind]}/<slug:slug>/",
            embeds.embed_entry,
            {"kind": kind},
            name=f"embed-{kind}",
        ),
        path(
            f"embed/{PLURALS[kind]}/<slug:slug>/history/<int:number>/",
            embeds.embed_version,
            {"kind": kind},
            name=f"embed-{kind}-version",
        ),
    )
]

# /api/ is for people, the others are for programs
api_urls = [
    path("api/", api.api, name="api"),
    path("api/openapi.json", api.openapi, name="openapi"),
    path("api/schemas/<slug:name>.json", api.schema, name="api-schema"),
    path(".well-known/api-catalog", api.catalog, name="api-catalog"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("timeline/fragment/", fragments.timeline_fragment, name="timeline-fragment"),
    *format_urls,
    *index_urls,
    *claim_urls,
    *incident_urls,
    *option_urls,
    *number_urls,
    *reference_urls,
    *card_urls,
    *wellknown_urls,
    *history_urls,
    *frozen_urls,
    *log_urls,
    *embed_urls,
    *api_urls,
    path("events/<slug:slug>/", entries.event, name="event"),
    path("statements/<slug:slug>/", entries.statement, name="statement"),
    path("requests/<slug:slug>/", entries.comment_request, name="request"),
    path("actors/", actors.actors, name="actors"),
    path("actors/<slug:slug>/", actors.actor, name="actor"),
    path("compare/", compare.compare_page, name="compare"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<slug:slug>/", sources.source, name="source"),
    path("quotes/", quotes.quotes, name="quotes"),
    path("search/", search.search_page, name="search"),
    path("changes/", changes.changes, name="changes"),
    path("changes.atom", change_feed.changes_atom, name="changes-atom"),
    path("removed.json", removed.removed, name="removed"),
    path("reports/", reports.reports, name="reports"),
    path("about/", about.about, name="about"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("method/", method.method, name="method"),
    path("method/dates/", method.method_dates, name="method-dates"),
    path("method/words/", method.method_words, name="method-words"),
    path("method/corrections/", method.method_corrections, name="method-corrections"),
]
