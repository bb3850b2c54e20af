"""One box over everything on the record."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kb.record.rows import Row
from kb.site.http.decorators import reader_page
from kb.site.http.parameters import WORDS, parameters
from kb.site.pages.page_meta import page_head
from kb.site.pages.search import Found, address, search, without_each
from kb.text.markdown import plain
from kb.text.marking import excerpt, marked

QUOTATIONS = "quotations"


@reader_page
def results(request: HttpRequest) -> HttpResponse:
    """What was found, by kind, with its words marked; without words, how to search."""
    asked = parameters(request, {"q": WORDS, "scope": (QUOTATIONS,)})
    q, quotations_only = " ".join(asked["q"].split()), asked["scope"] == QUOTATIONS
    found = search(q, quotations_only=quotations_only)
    ctx: dict[str, Any] = {
        "q": q,
        "quotations_only": quotations_only,
        "found": found,
        "sections": _sections(found),
        "entries": [_entry(row, found) for row in found.entries],
        "relief": without_each(q, quotations_only=quotations_only) if q and not found.total else [],
        "head": page_head(request, _("Search"), _("Find entries, actors, incidents and sources.")),
        "nav": "search",
    }
    if q and quotations_only and not found.total:
        ctx["anywhere"] = search(q).total
    return render(request, "search/search.html", ctx)


def _sections(found: Found) -> list[dict[str, Any]]:
    titles = {"incident": _("Incidents"), "actor": _("Actors"), "source": _("Sources")}
    return [
        {
            "kind": kind,
            "title": titles[kind],
            "count": found.counts[kind],
            "more": found.counts[kind] - len(named),
            "rows": [
                {
                    "url": address(one),
                    "title": marked(one.title, found.terms),
                    "summary": ""
                    if one.is_named(found.terms)
                    else marked(excerpt(plain(one.summary), found.terms), found.terms),
                    "also": [marked(name, found.terms) for name in one.also],
                }
                for one in named
            ],
        }
        for kind, named in found.named.items()
    ]


def _entry(row: Row, found: Found) -> dict[str, Any]:
    text = row.get("text") or row["summary"]
    return {
        "row": row,
        "title": marked(row["title"], found.terms),
        "excerpt": marked(excerpt(text, found.terms), found.terms),
    }
