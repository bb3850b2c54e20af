"""One box over everything on the record."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kb.record.rows import Row
from kb.site.http.decorators import reader_page
from kb.site.http.parameters import ANY_TEXT, clean_parameters
from kb.site.pages.page_meta import page_head
from kb.site.pages.search import SearchResults, counts_without_each_word, result_path, search
from kb.text.markdown import markdown_to_text
from kb.text.marking import excerpt, mark_matches

QUOTATIONS = "quotations"


@reader_page
def search_page(request: HttpRequest) -> HttpResponse:
    """What was found, by kind, with its words marked; without words, how to search."""
    asked = clean_parameters(request, {"q": ANY_TEXT, "scope": (QUOTATIONS,)})
    q, quotations_only = " ".join(asked["q"].split()), asked["scope"] == QUOTATIONS
    found = search(q, quotations_only=quotations_only)
    ctx: dict[str, Any] = {
        "q": q,
        "quotations_only": quotations_only,
        "found": found,
        "sections": _sections(found),
        "entries": [_entry(row, found) for row in found.entries],
        "relief": counts_without_each_word(q, quotations_only=quotations_only)
        if q and not found.total
        else [],
        "head": page_head(request, _("Search"), _("Find entries, actors, incidents and sources.")),
        "nav": "search",
    }
    if q and quotations_only and not found.total:
        ctx["anywhere"] = search(q).total
    return render(request, "search/search.html", ctx)


def _sections(found: SearchResults) -> list[dict[str, Any]]:
    titles = {"incident": _("Incidents"), "actor": _("Actors"), "source": _("Sources")}
    return [
        {
            "kind": kind,
            "title": titles[kind],
            "count": found.counts[kind],
            "more": found.counts[kind] - len(named),
            "rows": [
                {
                    "url": result_path(one),
                    "title": mark_matches(one.title, found.terms),
                    "summary": ""
                    if one.is_named(found.terms)
                    else mark_matches(
                        excerpt(markdown_to_text(one.summary), found.terms), found.terms
                    ),
                    "also": [mark_matches(name, found.terms) for name in one.also],
                }
                for one in named
            ],
        }
        for kind, named in found.named.items()
    ]


def _entry(row: Row, found: SearchResults) -> dict[str, Any]:
    text = row.get("text") or row["summary"]
    return {
        "row": row,
        "title": mark_matches(row["title"], found.terms),
        "excerpt": mark_matches(excerpt(text, found.terms), found.terms),
    }
