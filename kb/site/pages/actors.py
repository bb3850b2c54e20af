"""The context of the list of actors."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kb.record.answers import ActorRow
from kb.record.list_rows import actor_rows
from kb.record.vocabulary import ACTOR_KIND_LABELS
from kb.site.pages.list_page import ListPage, list_page
from kb.site.pages.list_selection import Selection

MAX_NAMES = 3  # of each actor in the list


class ActorListRow(ActorRow):
    kind_words: str


class ActorsContext(ListPage):
    rows: list[ActorListRow]
    nav: str


def actors_context(selection: Selection) -> ActorsContext:
    description = _("People, organisations and publications that act or speak in the record.")
    rows: list[ActorListRow] = [
        {
            **row,
            "kind_words": str(ACTOR_KIND_LABELS[row["kind"]]),
            "other_names": row["other_names"][:MAX_NAMES],
        }
        for row in actor_rows(selection.records)
    ]
    return {**list_page(selection, description), "rows": rows, "nav": "actors"}
