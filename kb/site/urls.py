"""Readers' addresses. The suffixes of lists come from the table of formats."""

from django.urls import path

from kb.formats import FORMATS
from kb.site.views import actors, changes, entries, home, incidents, method, sources, timeline

# /timeline/, /timeline.json …
timeline_urls = [path("timeline/", timeline.timeline, name="timeline")] + [
    path(f"timeline.{suffix}", timeline.timeline_as, {"suffix": suffix}, name=f"timeline-{suffix}")
    for suffix in FORMATS
]

# /incidents/<slug>/
incident_urls = [
    path("incidents/<slug:slug>/", incidents.incident, name="incident"),
    path("incidents/<slug:slug>/claims/", incidents.claims, name="claims"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    *timeline_urls,
    *incident_urls,
    path("events/<slug:slug>/", entries.event, name="event"),
    path("statements/<slug:slug>/", entries.statement, name="statement"),
    path("actors/", actors.actors, name="actors"),
    path("actors/<slug:slug>/", actors.actor, name="actor"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<slug:slug>/", sources.source, name="source"),
    path("changes/", changes.changes, name="changes"),
    path("method/dates/", method.dates, name="method-dates"),
]
