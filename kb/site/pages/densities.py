"""How much of each entry a list shows: everything, one line, or a row of a table."""

from __future__ import annotations

from typing import TypedDict

from django.http import QueryDict
from django.utils.translation import gettext as _

from kb.record.query import TimelineQuery
from kb.site.http.parameters import pop_choice
from kb.site.pages.list_paths import ListPath

PARAMETER = "view"
FULL, COMPACT, TABLE = "full", "compact", "table"
DENSITIES = (FULL, COMPACT, TABLE)
# Lines take less room, so a page has more of them.
LINES_PER_PAGE = 50


class DensityLink(TypedDict):
    label: str
    url: str
    current: bool


def pop_density(data: QueryDict) -> str:
    """Remove ``view`` from the parameters, and let a list of lines have more of them.

    Raises InvalidParameters if there is no such view.
    """
    density = pop_choice(data, PARAMETER, DENSITIES)
    if density != FULL and not data.get("size"):
        data["size"] = str(LINES_PER_PAGE)
    return density


def density_pairs(density: str) -> tuple[tuple[str, str], ...]:
    """The parameters of an address that keep a density."""
    return () if density == FULL else ((PARAMETER, density),)


def density_links(query: TimelineQuery, list_path: ListPath) -> list[DensityLink]:
    """The same entries in each density, the current one marked."""
    labels = {FULL: _("Full"), COMPACT: _("Compact"), TABLE: _("Table")}
    chosen = dict(list_path.display).get(PARAMETER, FULL)
    usual = TimelineQuery().size
    size = usual if query.size == LINES_PER_PAGE else query.size
    return [
        {
            "label": label,
            "url": list_path.with_display(density_pairs(density)).url(query.with_(size=size)),
            "current": density == chosen,
        }
        for density, label in labels.items()
    ]
