"""What was published, and what rests on it."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.record.addresses import path_of
from kb.record.models import Entry, Facet, Revision
from kb.record.rows import Names, Row, rows_of
from kb.site.prose import html, with_html
from kb.site.views.decorators import reader_page
from kb.site.views.errors import standing_or_answer
from kb.site.words import DERIVATIONS, SOURCE_KINDS


@reader_page
def sources(request: HttpRequest) -> HttpResponse:
    found = list(Revision.objects.standing().filter(kind="source").order_by("title", "pk"))
    names = Names([one.document for one in found])
    counts = dict(
        Facet.objects.filter(name="source").values_list("value").annotate(entries=Count("entry"))
    )
    ctx = {
        "sources": [
            {
                "title": one.title,
                "url": path_of("source", one.slug),
                "publisher": names.actor(one.document["publisher"]),
                "published_words": one.document["published"]["words"],
                "entries": counts.get(one.public_id, 0),
            }
            for one in found
        ],
        "nav": "sources",
    }
    return render(request, "sources/sources.html", ctx)


@reader_page
def source(request: HttpRequest, slug: str) -> HttpResponse:
    revision = standing_or_answer(request, "source", slug)
    document = revision.document
    names = Names([document])
    cited = Facet.objects.filter(name="source", value=revision.public_id).values("entry")
    entries = Entry.objects.filter(pk__in=cited).select_related("revision")[:200]
    rests = [
        part
        for row in rows_of(list(entries))
        for part in _resting(with_html(row), revision.public_id)
    ]
    ctx = {
        "source": {
            **{name: document[name] for name in ("byline", "published", "language")},
            "id": revision.public_id,
            "title": revision.title,
            "kind_words": SOURCE_KINDS[document["source_kind"]],
            "url": document["url"],
            "publisher": names.actor(document["publisher"]),
            "archive_url": document["archive_url"],
            "note_html": html(document["note"]),
            "derives_from": names.link(document["derives_from"]),
            "derivation_words": DERIVATIONS[document["derivation"]],
        },
        "rests": rests,
        "entry_count": len({one["row"]["id"] for one in rests}),
        "alone_count": len({one["row"]["id"] for one in rests if one["alone"]}),
        "nav": "sources",
    }
    return render(request, "sources/source.html", ctx)


def _resting(row: Row, source_id: str) -> list[dict]:
    """One line for each citation of this source; alone when no other source supports the row."""
    supporting = {one["source"]["id"] for one in row["citations"] if one["bearing"] == "supports"}
    return [
        {
            "row": row,
            "exact": one["exact"],
            "locator": one["locator"],
            "alone": supporting == {source_id},
        }
        for one in row["citations"]
        if one["source"]["id"] == source_id
    ]
