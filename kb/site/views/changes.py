"""Every correction, merge and withdrawal, with its reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.formats import FORMATS
from kb.record.addresses import PLURALS, data_path
from kb.record.models import Revision
from kb.record.vocabulary import CHANGE_HEADINGS, Change
from kb.site.http.decorators import reader_page
from kb.site.pages.corrections import (
    CORRECTION_CHANGES,
    PAGE_SIZE,
    correction_parameters,
    correction_paths,
    corrections,
    path_with_parameters,
)
from kb.site.pages.page_meta import page_head


@reader_page
def changes(request: HttpRequest) -> HttpResponse:
    """Newest first; ``change`` is one kind of them, ``after`` the mark of the page before."""
    change, after = correction_parameters(request)
    found = corrections(change)
    rows = list((found.filter(pk__lt=after) if after else found)[: PAGE_SIZE + 1])
    places = correction_paths(rows)
    path = reverse("changes")
    chosen = f"change={change}" if change else ""
    more = f"after={rows[PAGE_SIZE - 1].pk}" if len(rows) > PAGE_SIZE else ""
    said = _("All corrections and withdrawals, with their reasons. Records are never deleted.")
    ctx = {
        "changes": [_change(one, places[one.pk]) for one in rows[:PAGE_SIZE]],
        "kinds": [
            {
                "label": label,
                "url": path_with_parameters(path, f"change={key}" if key else ""),
                "current": key == change,
            }
            for key, label in [
                ("", _("All")),
                *((str(kind), CHANGE_HEADINGS[kind]) for kind in CORRECTION_CHANGES),
            ]
        ],
        "chosen": change,
        "said": said,
        "pages": {
            "first": path_with_parameters(path, chosen) if after else None,
            "next": path_with_parameters(path, chosen, more) if more else None,
        },
        "head": page_head(request, _("Changes"), said),
        "formats": [
            {
                "label": FORMATS["atom"].label,
                "url": path_with_parameters(data_path(reverse("changes-atom")), chosen),
                "type": FORMATS["atom"].media_type,
            }
        ],
        "nav": "changes",
    }  # fmt: skip
    return render(request, "changes/changes.html", ctx)


def _change(one: Revision, url: str) -> dict[str, Any]:
    compare = ""
    if one.kind in PLURALS and one.change == Change.CORRECTION and one.number > 1:
        compare = f"{url}history/?new={one.number}"
    return {
        "on": one.published_at,
        "change_words": Change(one.change).label,
        "note": one.note,
        "title": one.title,
        "url": url,
        "compare_url": compare,
    }
