"""The kinds of pages that are measured, each with an address in the record at hand.

The addresses are chosen so that records of different sizes show the same: an actor with about as
many entries, an incident with about as many claims.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple
from urllib.parse import quote

from django.db.models import Count

from kb.record.models import Entry, Facet, Revision
from kb.record.vocabulary import ENTRY_KINDS, RecordKind

# An incident, an actor and a source of the usual size; in a small record, the nearest.
RARE_ACTOR_ENTRIES, SOURCE_ENTRIES, INCIDENT_ENTRIES, INCIDENT_CLAIMS = 20, 20, 60, 4
FILES = ("csv", "calendar")


class Page(NamedTuple):
    """One kind of page. Of a file, only the first piece is read."""

    kind: str
    address: str

    @property
    def is_file(self) -> bool:
        return self.kind in FILES


def pages() -> list[Page]:
    """One page of each kind; costs some scans of the record."""
    addresses = {
        "home": "/",
        "timeline": "/timeline/",
        "filters": f"/timeline/?actor={_hub()}&kind=statement&form=verbatim",
        "histogram range": "/timeline/?from=2019-03&until=2019-09",
        "deep page": f"/timeline/?after={_deep_key()}",
        "search, common word": "/timeline/?q=committee",
        "search, rare word": f"/timeline/?q={quote(_rare_word())}",
        "search page": "/search/?q=committee",
        "quotes": "/quotes/",
        "actor, hub": f"/actors/{_hub()}/",
        "actor, rare": f"/actors/{_slug_with('actor', RARE_ACTOR_ENTRIES)}/",
        "compare": f"/compare/?a={_slug_with('actor', RARE_ACTOR_ENTRIES)}&b={_hub()}",
        "source": f"/sources/{_slug_with('source', SOURCE_ENTRIES)}/",
        "incident": f"/incidents/{_slug_with('incident', INCIDENT_ENTRIES)}/",
        "claims": f"/incidents/{_incident_with_claims()}/claims/",
        "claim": f"/claims/{_claim()}/",
        **{kind.value: f"/{kind.value}s/{_entry(kind)}/" for kind in ENTRY_KINDS},
        "picture": f"/events/{_entry(RecordKind.EVENT)}.png",
        "actors": "/actors/",
        "actors, most entries": "/actors/?order=entries",
        "actors, newest": "/actors/?order=newest",
        # Two thirds of the actors, so that the page is full in a small record too.
        "actors, search": "/actors/?q=-times",
        "sources": "/sources/",
        "sources, most entries": "/sources/?order=entries",
        "sources, newest": "/sources/?order=newest",
        "sources, search": "/sources/?q=report",
        "incidents": "/incidents/",
        "incidents, by title": "/incidents/?order=name",
        "incidents, most entries": "/incidents/?order=entries",
        "changes": "/changes/",
        "json": "/timeline.json",
        "csv": "/timeline.csv",
        "atom": "/timeline.atom",
        "calendar": "/timeline.ics",
    }
    return [Page(kind, address) for kind, address in addresses.items()]


def _hub() -> str:
    """The actor with the most entries."""
    return _slug_with("actor", Entry.objects.count())


def _slug_with(name: str, entries: int) -> str:
    """The slug of the record that has about so many entries under this name of the index."""
    counts = Facet.objects.filter(name=name).values_list("value").order_by()
    rows = counts.annotate(entries=Count("pk"))
    _, public_id = min((abs(count - entries), value) for value, count in rows)
    return Revision.objects.live().get(public_id=public_id).slug


def _incident_with_claims() -> str:
    claims = Revision.objects.live().filter(kind=RecordKind.PROPOSITION)
    counts = Counter(claim["incident"] for claim in claims.values_list("document", flat=True))
    # In a record without claims, any incident: its page says that there are none.
    by_distance = sorted(
        (abs(count - INCIDENT_CLAIMS), incident) for incident, count in counts.items()
    )
    incidents = Revision.objects.live().filter(kind=RecordKind.INCIDENT)
    if by_distance:
        incidents = incidents.filter(public_id=by_distance[0][1])
    return incidents.order_by("pk")[0].slug


def _claim() -> str:
    """The slug of a claim; in a record without claims, one that does not exist."""
    claims = Revision.objects.live().filter(kind=RecordKind.PROPOSITION).order_by("pk")
    claim = claims[claims.count() // 2 :].first()
    return claim.slug if claim else "no-claim"


def _entry(kind: str) -> str:
    """The slug of an entry from the middle of those of its kind, which is not a long one."""
    entries = Entry.objects.filter(kind=kind).order_by("pk")
    middle = entries[entries.count() // 2]
    return middle.revision.slug


def _deep_key() -> str:
    """The sort key in the middle of the timeline."""
    entries = Entry.objects.filter(dated=True).order_by("sort_key")
    return entries.values_list("sort_key", flat=True)[entries.count() // 2]


def _rare_word() -> str:
    """A word that is in few titles: one of those that no language has, of a high rank."""
    from bench.generated.chunks import Record

    words = Record(Entry.objects.count()).words.rare
    return words[len(words) * 9 // 10].shown
