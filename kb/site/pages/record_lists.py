"""The lists of records: actors, sources and incidents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kb.record.list_rows import actor_rows, incident_rows, source_rows
from kb.record.vocabulary import ACTOR_KIND_LABELS, SOURCE_KIND_LABELS
from kb.site.pages.list_selection import RecordList

ACTORS = RecordList(
    name="actors",
    kind="actor",
    label=_("Actors"),
    noun=("actor", "actors"),
    orders={
        "name": _("by name"),
        "entries": _("most entries first"),
        "newest": _("recently changed first"),
    },
    rows=actor_rows,
    kinds=ACTOR_KIND_LABELS,
)
SOURCES = RecordList(
    name="sources",
    kind="source",
    label=_("Sources"),
    noun=("source", "sources"),
    orders={
        "name": _("by title"),
        "entries": _("most entries first"),
        "newest": _("recently published first"),
    },
    rows=source_rows,
    kinds=SOURCE_KIND_LABELS,
)
INCIDENTS = RecordList(
    name="incidents",
    kind="incident",
    label=_("Incidents"),
    noun=("incident", "incidents"),
    orders={
        "newest": _("recently changed first"),
        "name": _("by title"),
        "entries": _("most entries first"),
    },
    rows=incident_rows,
    kinds={},
    has_charts=True,
)
LISTS_BY_NAME = {record_list.name: record_list for record_list in (ACTORS, SOURCES, INCIDENTS)}
