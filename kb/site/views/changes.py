"""Every correction, merge and withdrawal, with its reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.record.addresses import PLURALS, path_of
from kb.record.history import latest_changes
from kb.record.models import Change, Revision
from kb.site.heads import page_head
from kb.site.parameters import WORDS, page_mark, parameters
from kb.site.views.decorators import reader_page

PAGE_SIZE = 50
KINDS = {
    Change.CORRECTION: gettext_lazy("Corrections"),
    Change.WITHDRAWAL: gettext_lazy("Withdrawals"),
    Change.MERGE: gettext_lazy("Merges"),
}


@reader_page
def changes(request: HttpRequest) -> HttpResponse:
    """Newest first; ``change`` is one kind of them, ``after`` the mark of the page before."""
    asked = parameters(request, {"change": list(KINDS), "after": WORDS})
    after = page_mark(request, asked["after"])
    found = latest_changes(corrections_only=True).order_by("-pk")
    if asked["change"]:
        found = found.filter(change=asked["change"])
    rows = list((found.filter(pk__lt=after) if after else found)[: PAGE_SIZE + 1])
    stories = _stories(rows)
    path = reverse("changes")
    chosen = f"change={asked['change']}" if asked["change"] else ""
    more = f"after={rows[PAGE_SIZE - 1].pk}" if len(rows) > PAGE_SIZE else ""
    said = _("Every correction and withdrawal, with its reason. Records are never deleted.")
    ctx = {
        "changes": [_change(one, stories) for one in rows[:PAGE_SIZE]],
        "kinds": [
            {"label": label, "url": _join(path, f"change={key}" if key else ""),
             "current": key == asked["change"]}
            for key, label in [("", _("All")), *((str(one), KINDS[one]) for one in KINDS)]
        ],
        "chosen": asked["change"],
        "said": said,
        "pages": {
            "first": _join(path, chosen) if after else None,
            "next": _join(path, chosen, more) if more else None,
        },
        "head": page_head(request, _("Changes"), said),
        "nav": "changes",
    }  # fmt: skip
    return render(request, "changes/changes.html", ctx)


def _join(path: str, *pairs: str) -> str:
    query = "&".join(one for one in pairs if one)
    return f"{path}?{query}" if query else path


def _stories(rows: list[Revision]) -> dict[str, str]:
    """The slugs of the incidents on whose pages the claims among these rows stand."""
    ids = {one.document.get("incident") for one in rows if one.kind == "proposition"} - {None}
    if not ids:
        return {}
    standing = Revision.objects.standing().filter(kind="incident", public_id__in=ids)
    return dict(standing.values_list("public_id", "slug"))


def _change(one: Revision, stories: dict[str, str]) -> dict[str, Any]:
    url = compare = ""
    if one.kind in PLURALS:
        url = path_of(one.kind, one.slug)
        if one.change == Change.CORRECTION and one.number > 1:
            compare = f"{url}history/?old={one.number - 1}&new={one.number}"
    elif story := stories.get(one.document.get("incident") or ""):
        url = f"{reverse('claims', args=[story])}#{one.slug}"
    return {
        "on": one.published_at,
        "change_words": Change(one.change).label,
        "note": one.note,
        "title": one.title,
        "url": url,
        "compare_url": compare,
    }
