"""The lists of records: actors, sources and incidents."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from kb.record.documents import Document
from kb.record.list_rows import actor_rows, incident_rows, source_rows
from kb.record.models import Revision
from kb.record.vocabulary import ACTOR_KIND_LABELS, SOURCE_KIND_LABELS
from kb.site.pages.list_page import RecordList

_Rows = Iterable[tuple[int, str, Document]]
_Texts = Iterable[tuple[int, list[str]]]


def _actor_texts(rows: _Rows) -> _Texts:
    """All names of an actor, in any language."""
    for pk, title, document in rows:
        yield pk, [title, *(name["name"] for name in document["other_names"])]


def _source_texts(rows: _Rows) -> _Texts:
    """Title, byline, address and all names of the publisher."""
    all_rows = list(rows)
    ids = {document["publisher"] for _pk, _title, document in all_rows} - {None}
    publishers = dict(
        Revision.objects.live().filter(public_id__in=ids).values_list("public_id", "document")
    )
    for pk, title, document in all_rows:
        texts = [title, document["byline"], document["url"]]
        if publisher := publishers.get(document["publisher"] or ""):
            texts += [publisher["title"], *(name["name"] for name in publisher["other_names"])]
        yield pk, texts


def _incident_texts(rows: _Rows) -> _Texts:
    """Title and summary."""
    for pk, title, document in rows:
        yield pk, [title, document["summary"]]


def _publication_day(end: str) -> NullIf:
    """An end of the publication date. SQLite returns JSON's null as the text "null"."""
    return NullIf(KT(f"document__published__{end}"), Value("null", output_field=TextField()))


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
    newest=F("published_at"),
    texts=_actor_texts,
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
    newest=Coalesce(
        _publication_day("latest"),
        _publication_day("earliest"),
        Value("", output_field=TextField()),
    ),
    texts=_source_texts,
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
    newest=F("published_at"),
    texts=_incident_texts,
    rows=incident_rows,
    kinds={},
    has_charts=True,
)
LISTS_BY_NAME = {record_list.name: record_list for record_list in (ACTORS, SOURCES, INCIDENTS)}
