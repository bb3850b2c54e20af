"""Records with random histories, random questions about them, and the comparison of two sources."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise
from typing import Any

from django.db import transaction

from bench.simple_documents import SimpleDocuments
from kb.dates import FuzzyDate, parse_edtf
from kb.record import publication_version
from kb.record.documents import upgrade
from kb.record.entry_source import EntrySource
from kb.record.facets import SHOWN_VALUES
from kb.record.filter_fields import Choice
from kb.record.filters import ALL_OF
from kb.record.models import Facet, Revision
from kb.record.publish import PendingRevision, add_tombstone, append_revisions
from kb.record.query import TimelineQuery
from kb.record.rebuild import rebuild_index

EDTF = (
    "2023-12-15", "2023-12-15", "2023-12-16", "2023-12", "2023", "2023-04~", "../2023-06",
    "2023-08/..", "", "2022-33", "199X", "2023-11-30/2023-12-02", "1999-01-01", "2024-02-29",
)  # fmt: skip
SCALES = ("day", "month", "quarter", "year", "decade")


def choice_of(value: str) -> Choice:
    return Choice(value, value, value)


class History:
    """Publishes, corrects and withdraws at random; each step is one publication."""

    def __init__(self, seed: int, entries: int = 40) -> None:
        self.random = random.Random(seed)
        self.generator = SimpleDocuments(entries, seed=seed)
        self.waiting = [upgrade(document) for document in self.generator.listed()]
        self.live: dict[str, dict[str, Any]] = {}
        self.named = [upgrade(document) for document in self.generator.named()]
        self.claims: dict[str, dict[str, Any]] = {}
        self.publish(*self.named)
        for _ in range(entries // 2):
            self.publish_next()

    def publish(self, *documents: dict[str, Any], change: str = "correction") -> None:
        with transaction.atomic():
            publication_version.bump_version()
            append_revisions([PendingRevision(document, change, "why") for document in documents])

    def step(self) -> None:
        steps = [
            self.publish_next, self.publish_next, self.correct, self.correct, self.withdraw,
            self.rename, self.merge, self.claim, self.claim, self.link, self.undo,
        ]  # fmt: skip
        self.random.choice(steps)()

    def publish_next(self) -> None:
        if not self.waiting:
            return
        document = self.waiting.pop()
        document["date"] = self._date()
        if self.random.random() < 0.3:
            names = ("Montréal", "montreal", "北京", "Paris")
            place = {"name": self.random.choice(names), "wikidata": "", "latitude": ""}
            document["place"] = {**place, "longitude": ""}
        if document["kind"] == "statement" and self.random.random() < 0.3:
            document = self._request(document)
        self.live[document["id"]] = document
        self.publish(document)

    def correct(self) -> None:
        document = self._any_entry()
        if document is None:
            return
        changed = {**document, "date": self._date(), "title": f"Corrected {self.random.random()}"}
        if "actors" in document:
            changed["actors"] = [
                {"actor": self.random.choice(self.generator.actors), "role": "acted"}
            ]
        changed["incidents"] = [self.random.choice(self.generator.incidents)]
        self.live[document["id"]] = changed
        self.publish(changed)

    def undo(self) -> None:
        """Publish the first version of an entry again, also of one that was withdrawn."""
        entries = Revision.objects.filter(kind__in=("event", "statement"), number=1)
        first = self.random.choice(list(entries.order_by("pk")))
        document = dict(first.document)
        self.live[document["id"]] = document
        self.publish(document)

    def withdraw(self) -> None:
        document = self._any_entry()
        if document is not None:
            del self.live[document["id"]]
            self._bury(document["id"], "withdrawal")

    def merge(self) -> None:
        """Merge an entry into another one."""
        document = self._any_entry()
        if document is not None and len(self.live) > 1:
            del self.live[document["id"]]
            self._bury(document["id"], "merge", into=self.random.choice(sorted(self.live)))

    def rename(self) -> None:
        """A new name of an actor, or a new date and publisher of a source."""
        document = dict(self.random.choice(self.named))
        document["title"] = f"Renamed {self.random.choice(('alpha', 'Open AI', 'GPT-4 臺灣'))}"
        if document["kind"] == "source":
            document["published"] = parse_edtf(f"20{self.random.randint(10, 24)}-03-01").to_json()
            document["publisher"] = self.random.choice(self.generator.actors)
        self.publish(document)

    def claim(self) -> None:
        """A claim about an event, with positions that differ or agree."""
        events = [entry for entry in self.live.values() if entry["kind"] == "event"]
        if not events:
            return
        number = self.random.randint(0, 3)
        sources = self.random.sample(self.generator.sources, 2)
        statements = [entry["id"] for entry in self.live.values() if entry["kind"] == "statement"]
        statement = self.random.choice([None, *statements])
        unknown = FuzzyDate().to_json()
        self.publish(
            {
                "id": f"bbclaim{number}", "kind": "proposition", "slug": f"claim-{number}",
                "title": f"Was it {number}?", "edition": 2, "aspect": "fact",
                "question": "whether", "options": [], "unit": "",
                "incident": self.generator.incidents[0],
                "events": [self.random.choice(events)["id"]],
                "accounts": [
                    {
                        "statement": None if place else statement,
                        "source": source if place or not statement else None,
                        "holder": None, "position": position,
                        "note": "", "exact": "words", "date": unknown, "option": "",
                        "number": None, "actor": None,
                    }
                    for place, source, position in zip(
                        (0, 1), sources,
                        ("asserts", self.random.choice(("denies", "asserts"))), strict=True,
                    )
                ],
            }
        )  # fmt: skip

    def link(self) -> None:
        """State an order between two entries of one day."""
        same = {"date": parse_edtf("2023-12-15").to_json()}
        entries = self.random.sample(sorted(self.live), min(3, len(self.live)))
        for later, earlier in pairwise(sorted(entries)):
            link = {"kind": "follows", "to": earlier, "source": None, "exact": "", "inferred": True}
            document = {**self.live[later], **same, "links": [link]}
            self.live[later] = document
            self.publish(document)

    def rebuild(self) -> None:
        with transaction.atomic():
            publication_version.bump_version()
            rebuild_index()

    def _any_entry(self) -> dict[str, Any] | None:
        return self.live[self.random.choice(sorted(self.live))] if self.live else None

    def _bury(self, public_id: str, change: str, **options: str) -> None:
        with transaction.atomic():
            publication_version.bump_version()
            add_tombstone(public_id, change, "why", **options)

    def _date(self) -> dict[str, Any]:
        return FuzzyDate(self.random.choice(EDTF)).to_json()

    def _request(self, statement: dict[str, Any]) -> dict[str, Any]:
        shared = ("id", "slug", "title", "date", "citations", "links", "incidents", "topics")
        asked, asked_by = self.random.sample(self.generator.actors, 2)
        return {
            **{name: statement[name] for name in shared}, "kind": "request", "edition": 2,
            "asked_by": asked_by, "asked": [asked], "no_reply_by": None, "answer": None,
            "claims": [], "text": "", "outcome": "no_reply", "about": [],
        }  # fmt: skip


def random_query(seed: int) -> TimelineQuery:
    """A query with a few filters, of values that entries have and of one that none has."""
    chance = random.Random(seed)
    names = [name for name in (*SHOWN_VALUES, "incident", "source") if chance.random() < 0.12]
    query = TimelineQuery()
    for name in names:
        values = sorted(
            set(Facet.objects.filter(name=name).values_list("value", flat=True)) | {"nothing"}
        )
        chosen = chance.sample(values, min(len(values), chance.randint(1, 3)))
        asked = [name, f"not_{name}", *(other for other, base in ALL_OF.items() if base == name)]
        query = query.with_values(chance.choice(asked), tuple(map(choice_of, chosen)))
    if chance.random() < 0.2:
        query = query.with_(
            q=chance.choice(
                (
                    "corrected",
                    "Renamed al*",
                    "openai",
                    "GPT4 台湾",
                    "zzz",
                    '"',
                    "-corrected",
                    "openai -台湾",
                )
            )
        )
    if chance.random() < 0.3:
        query = query.with_(known=parse_edtf(chance.choice(("2015", "2020-06", "2010-01-01"))))
        query = query.with_(later=chance.choice(("mark", "hide")))
    if chance.random() < 0.3:
        # Before each of the days above, or without one.
        after = parse_edtf(chance.choice(("2005", "2009-12-31")))
        query = query.with_(known_after=after, later="mark", only_new=chance.random() < 0.3)
    if chance.random() < 0.3:
        query = query.with_(since=parse_edtf(chance.choice(("2023-04", "2023-12-15", "1990"))))
    if chance.random() < 0.3:
        query = query.with_(until=parse_edtf(chance.choice(("2023-12-15", "2024", "2030"))))
    if chance.random() < 0.2:
        query = query.with_(origins=chance.randint(1, 2))
    return query.with_(
        order=chance.choice(("oldest", "newest", "changed")),
        match=chance.choice(("possible", "certain")),
        size=chance.choice((1, 3, 25)),
    )


def answers(source: EntrySource, query: TimelineQuery) -> dict[str, Any]:
    """Everything that lists ask about a query, in values that can be compared."""
    day = query.as_of_day if query.shows_later else None
    later = bool(day)
    first, last = date(2019, 1, 1), date(2022, 1, 1)
    return {
        "certain": source.count(query, match="certain"),
        "count": source.count(query),
        "with_dates": [source.count_with_dates(query, shows) for shows in ("", "dated", "days")],
        "total": source.count(query, with_later=True),
        "values": source.value_counts(query, SHOWN_VALUES),
        "outcomes": source.value_counts(query, ["outcome"]),
        "frequent": frequent_values(source, query),
        "distinct": source.distinct_counts(query, ["actor", "source", "incident"]),
        "pages": pages(source, query, with_later=later),
        "revisions": list(source.revision_keys(query, limit=100)),
        "ends_in_years": source.ends_in_years(query, with_later=later),
        "days_around": source.days_around(query, first, last),
        "ends": source.ends_of_dates(query, with_later=later),
        "columns": {
            scale: sorted(source.column_counts(query, scale, day).items()) for scale in SCALES
        },
        "wide": {
            scale: keys_of(source.wide_entries(query, scale, limit=5, with_later=later))
            for scale in SCALES
        },
        "wide_ends": {
            scale: tuple(map(dict, source.wide_ends(query, scale, with_later=later)))
            for scale in SCALES
        },
        "latest": keys_of(filter(None, [source.latest(query)])),
    }


def frequent_values(source: EntrySource, query: TimelineQuery) -> list[dict[str, Any]]:
    """The most frequent values of each facet, with those that the query names, and all."""
    also = {name: [choice.value for choice in query.values(name)] for name in SHOWN_VALUES}
    return [
        source.frequent_values(query.without(name), SHOWN_VALUES, most=most, also=also)
        for most, name in ((1, "actor"), (3, "standing"), (None, "actor"))
    ]


def list_answers(source: EntrySource) -> dict[str, Any]:
    """Everything that lists of actors, incidents and sources ask."""
    rows = Facet.objects.filter(name__in=("incident", "actor", "source")).order_by("name", "value")
    values: dict[str, list[str]] = {}
    for name, value in rows.values_list("name", "value").distinct():
        values.setdefault(name, ["nothing"]).append(value)
    return {
        name: {
            "totals": source.totals(name, members),
            "sources": source.source_totals(name, members),
            "spans": source.spans(name, members),
            "last": source.last_entries(name, members, limit=3),
            "months": [source.month_counts(name, members, scale) for scale in SCALES[1:]],
            "dates": {
                (member, scale): source.date_counts(member, ("actor", "by", "about", name), scale)
                for member in members[:6]
                for scale in SCALES[1:]
            },
            "wide": [source.wide_days(name, members, scale, limit=2) for scale in SCALES[1:]],
        }
        for name, members in values.items()
    }


def pages(source: EntrySource, query: TimelineQuery, *, with_later: bool) -> list[Any]:
    """The pages of a list forwards, and backwards from its end, up to eight each way."""
    listed: list[Any] = []
    for direction in ("after", "before"):
        cursor = ""
        for _ in range(8):
            page = source.page(query.with_(**{direction: cursor}), with_later=with_later)
            listed.append((keys_of(page.entries), page.has_before, page.has_after))
            if not page.entries:
                break
            entry = page.entries[-1 if direction == "after" else 0]
            cursor = str(entry.sort_key if query.is_by_time else entry.revision_id)
            beside = source.beside(
                query, cursor, is_after=direction == "after", limit=2, with_later=with_later
            )
            listed.append(keys_of(beside))
        if direction == "after" and cursor:
            # A cursor that is between two entries, or beyond all.
            listed.append(keys_of(source.page(query.with_(before=cursor)).entries))
    return listed


def keys_of(entries: Any) -> list[tuple[int, int]]:
    return [(entry.pk, entry.revision_id) for entry in entries]
