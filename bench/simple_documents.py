"""Simple documents of events and statements, one at a time: for what publishes or changes them.

``bench.generate`` fills a record at once. These are of the first edition, as old exports are.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

BATCH_SIZE = 500
DATES = (
    "{y}-{m:02}-{d:02}", "{y}-{m:02}-{d:02}", "{y}-{m:02}-{d:02}", "{y}-{m:02}", "{y}",
    "{y}-33", "{y}-{m:02}~", "../{y}-{m:02}-{d:02}", "{y}-{m:02}-{d:02}/..", "{y}?-{m:02}-{d:02}",
    "{y}-01~/{y}-04~", "199X", "", "{y}-{m:02}-01/{y}-{m:02}-{d:02}", "{y}-21",
)  # fmt: skip


class SimpleDocuments:
    """The documents of a small record, the same for the same seed."""

    def __init__(self, entries: int, *, seed: int = 1) -> None:
        self.entries = entries
        self.random = random.Random(seed)
        many = max(3, min(300, entries // 20))
        self.actors = [f"bbactr{n:04}" for n in range(many)]
        self.sources = [f"bbsrce{n:05}" for n in range(max(3, entries // 10))]
        self.incidents = [f"bbincd{n:04}" for n in range(max(2, min(50, entries // 100)))]
        self.topics = [f"bbtopc{n:04}" for n in range(5)]

    def date(self) -> dict[str, Any]:
        from kb.dates import FuzzyDate

        numbers = {
            "y": self.random.randint(1990, 2024),
            "m": self.random.randint(1, 12),
            "d": self.random.randint(2, 28),
        }
        edtf = self.random.choice(DATES).format(**numbers)
        return FuzzyDate(edtf).to_json()

    def named(self) -> Iterator[dict[str, Any]]:
        """Yield actors, incidents, topics and sources."""
        from kb.dates import FuzzyDate

        for n, public_id in enumerate(self.actors):
            yield {
                "id": public_id, "kind": "actor", "slug": f"made-actor-{n}",
                "title": f"Actor {n}",
                "actor_kind": ("organisation", "person", "publication")[n % 3], "summary": "",
                "other_names": [], "affiliations": [], "part_of": None, "wikidata": "",
                "website": "",
            }  # fmt: skip
        for kind, ids in (("incident", self.incidents), ("topic", self.topics)):
            for n, public_id in enumerate(ids):
                document = {"id": public_id, "kind": kind, "slug": f"made-{kind}-{n}"}
                document |= {"title": f"{kind.title()} {n}"}
                yield document | ({"summary": ""} if kind == "incident" else {})
        unknown = FuzzyDate().to_json()
        for n, public_id in enumerate(self.sources):
            day = date(2000, 1, 1) + timedelta(days=self.random.randint(0, 9000))
            yield {
                "id": public_id, "kind": "source", "slug": f"made-source-{n}",
                "title": f"Report {n}",
                "source_kind": ("article", "document", "post")[n % 3],
                "url": f"https://example.org/report/{n}?a=1&b=%20(x)" if n % 7 else "",
                "publisher": self.actors[n % len(self.actors)], "byline": "A. Writer",
                "published": FuzzyDate(day.isoformat()).to_json() if n % 9 else unknown,
                "language": "en", "accessed_on": None, "archive_url": "", "archived_on": None,
                "derives_from": None, "derivation": "", "note": "",
            }  # fmt: skip

    def listed(self) -> Iterator[dict[str, Any]]:
        """Yield events and statements, two events for each statement."""
        choose = self.random.choice
        for n in range(self.entries):
            document: dict[str, Any] = {
                "id": f"bbentr{n:06}", "slug": f"made-entry-{n}",
                "title": f"Entry number {n}", "date": self.date(),
                "citations": [
                    {"source": choose(self.sources), "exact": "The exact words.",
                     "locator": f"p. {n % 30}", "bearing": "supports", "note": ""}
                    for _ in range(1 + n % 2)
                ],
                "incidents": [choose(self.incidents)] if n % 4 else [],
                "topics": [choose(self.topics)] if n % 3 else [],
            }  # fmt: skip
            yield document | (self._statement() if n % 3 == 2 else self._event())

    def _event(self) -> dict[str, Any]:
        parts = self.random.sample(self.actors, 2)
        return {
            "kind": "event",
            "standing": self.random.choice(("undisputed", "reported", "one_party", "announced")),
            "summary": "What happened, in a sentence of some length.",
            "actors": [{"actor": actor, "role": "acted"} for actor in parts],
        }

    def _statement(self) -> dict[str, Any]:
        speaker, employer, outlet = self.random.sample(self.actors, 3)
        unnamed = self.random.random() < 0.2
        return {
            "kind": "statement",
            "voice": {
                "speaker": None if unnamed else speaker,
                "label": "a person who was there" if unnamed else "",
                "attribution": "unnamed" if unnamed else "named", "role": "spokesperson",
                "on_behalf_of": employer, "to": [outlet], "channel": "",
            },
            "form": self.random.choice(("verbatim", "paraphrase")), "wording": "original",
            "text": "We did what we said we would do.", "language": "en",
            "original": None, "outcome": "said", "about": [], "in_reply_to": None, "stances": [],
        }  # fmt: skip


def batches(documents: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the documents in lists of BATCH_SIZE."""
    batch = []
    for document in documents:
        batch.append(document)
        if len(batch) == BATCH_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch


def store(documents: list[dict[str, Any]]) -> list[Any]:
    """Store documents as first revisions, without indexing them; return the revisions."""
    from kb.record.documents import Document, digest, upgrade
    from kb.record.models import Revision
    from kb.record.vocabulary import Change

    # The generator makes documents of the first edition; code in memory knows the newest only.
    day = datetime(2024, 6, 1, 12, tzinfo=UTC)
    return Revision.objects.bulk_create(
        Revision(
            public_id=document["id"],
            kind=document["kind"],
            slug=document["slug"],
            title=document["title"][:300],
            number=1,
            document=document,
            change=Change.FIRST,
            published_at=day,
            sha256=digest(document),
        )
        for document in (upgrade(cast("Document", document)) for document in documents)
    )
