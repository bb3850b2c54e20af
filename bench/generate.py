"""Fill the record with generated entries: ``python -m bench.generate 20000``.

DATABASE_URL or KB_DATA_DIR choose the database, which must be migrated and have an empty record.
The documents are stored in bulk, without the desk and publishing, but the read index is built by
the record's own functions, as after publishing. The same seed gives the same record. ``--hostile``
adds characters that break formats to every text.
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

BATCH_SIZE = 500
HOSTILE = (
    "=1+1", "+SUM(A1)", "-2", "@cmd", "'quoted", '"quotes", and more', "a;b;c", "a\\;b\\n",
    "C:\\new", "two\nlines", "two\r\nlines", "tab\there", "</script><b>&amp;", "]]>", "<!-- -->",
    "{brace} }{", "%25 100%", "~tilde^", "$money$ #hash _under_", "*stars* `ticks` [link](x)",
    "1. list", "# heading", "\u202eabc", "\u2028line", "\u00a0space", "\ufeffmark", "naïve façade",
    "中文，标题；引号“是”", "😀 emoji 👩‍👩‍👧", "ｆｕｌｌ＝width", "BEGIN:VEVENT", "TY  - JOUR",
    "@misc{x,}", "&#60;", "%0D%0A", "e\u0301", "שלום", "x" * 200,
)  # fmt: skip
DATES = (
    "{y}-{m:02}-{d:02}", "{y}-{m:02}-{d:02}", "{y}-{m:02}-{d:02}", "{y}-{m:02}", "{y}",
    "{y}-33", "{y}-{m:02}~", "../{y}-{m:02}-{d:02}", "{y}-{m:02}-{d:02}/..", "{y}?-{m:02}-{d:02}",
    "{y}-01~/{y}-04~", "199X", "", "{y}-{m:02}-01/{y}-{m:02}-{d:02}", "{y}-21",
)  # fmt: skip


class Generator:
    """Generates the documents of a record from the seed."""

    def __init__(self, entries: int, *, seed: int = 1, hostile: bool = False) -> None:
        self.entries, self.hostile = entries, hostile
        self.random = random.Random(seed)
        many = max(3, min(300, entries // 20))
        self.actors = [f"bbactr{n:04}" for n in range(many)]
        self.sources = [f"bbsrce{n:05}" for n in range(max(3, entries // 10))]
        self.incidents = [f"bbincd{n:04}" for n in range(max(2, min(50, entries // 100)))]
        self.topics = [f"bbtopc{n:04}" for n in range(5)]

    def text(self, words: str) -> str:
        """Return the words, with hostile characters before or after them in hostile mode."""
        if not self.hostile:
            return words
        nasty = self.random.choice(HOSTILE)
        return f"{nasty} {words}" if self.random.random() < 0.5 else f"{words} {nasty}"

    def date(self) -> dict[str, Any]:
        from kb.dates import FuzzyDate

        numbers = {
            "y": self.random.randint(1990, 2024),
            "m": self.random.randint(1, 12),
            "d": self.random.randint(2, 28),
        }
        edtf = self.random.choice(DATES).format(**numbers)
        return FuzzyDate(edtf, self.text("as printed") if self.hostile else "").to_json()

    def named(self) -> Iterator[dict[str, Any]]:
        """Yield actors, incidents, topics and sources."""
        from kb.dates import FuzzyDate

        for n, public_id in enumerate(self.actors):
            yield {
                "id": public_id, "kind": "actor", "slug": f"made-actor-{n}",
                "title": self.text(f"Actor {n}"),
                "actor_kind": ("organisation", "person", "publication")[n % 3], "summary": "",
                "other_names": [], "affiliations": [], "part_of": None, "wikidata": "",
                "website": "",
            }  # fmt: skip
        for kind, ids in (("incident", self.incidents), ("topic", self.topics)):
            for n, public_id in enumerate(ids):
                document = {"id": public_id, "kind": kind, "slug": f"made-{kind}-{n}"}
                document |= {"title": self.text(f"{kind.title()} {n}")}
                yield document | ({"summary": ""} if kind == "incident" else {})
        unknown = FuzzyDate().to_json()
        for n, public_id in enumerate(self.sources):
            day = date(2000, 1, 1) + timedelta(days=self.random.randint(0, 9000))
            yield {
                "id": public_id, "kind": "source", "slug": f"made-source-{n}",
                "title": self.text(f"Report {n}"),
                "source_kind": ("article", "document", "post")[n % 3],
                "url": f"https://example.org/report/{n}?a=1&b=%20(x)" if n % 7 else "",
                "publisher": self.actors[n % len(self.actors)], "byline": self.text("A. Writer"),
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
                "title": self.text(f"Entry number {n}"), "date": self.date(),
                "citations": [
                    {"source": choose(self.sources), "exact": self.text("The exact words."),
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
            "summary": self.text("What happened, in a sentence of some length."),
            "actors": [{"actor": actor, "role": "acted"} for actor in parts],
        }

    def _statement(self) -> dict[str, Any]:
        speaker, employer, outlet = self.random.sample(self.actors, 3)
        unnamed = self.random.random() < 0.2
        return {
            "kind": "statement",
            "voice": {
                "speaker": None if unnamed else speaker,
                "label": self.text("a person who was there") if unnamed else "",
                "attribution": "unnamed" if unnamed else "named", "role": self.text("spokesperson"),
                "on_behalf_of": employer, "to": [outlet], "channel": "",
            },
            "form": self.random.choice(("verbatim", "paraphrase")), "wording": "original",
            "text": self.text("We did what we said we would do."), "language": "en",
            "original": None, "outcome": "said", "about": [], "in_reply_to": None, "stances": [],
        }  # fmt: skip


def fill(entries: int, *, seed: int = 1, hostile: bool = False) -> int:
    """Fill the empty record; return the number of entries."""
    from django.db import transaction

    from kb.record import publication_version
    from kb.record.models import Revision
    from kb.record.search_index import index_in_bulk
    from kb.record.statistics import analyze_tables

    generator = Generator(entries, seed=seed, hostile=hostile)
    if Revision.objects.exists():
        raise SystemExit("The record is not empty: generate into a database of its own.")
    with transaction.atomic():
        publication_version.bump_version()
        for batch in _batches(generator.named()):
            _store(batch)
        for batch in _batches(generator.listed()):
            index_in_bulk(_store(batch))
        analyze_tables()
    return entries


def _batches(documents: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch = []
    for document in documents:
        batch.append(document)
        if len(batch) == BATCH_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch


def _store(documents: list[dict[str, Any]]) -> list[Any]:
    from kb.record.documents import digest, upgrade
    from kb.record.models import Revision
    from kb.record.vocabulary import Change

    # The generator makes documents of the first edition; code in memory knows the newest only.
    documents = [upgrade(document) for document in documents]
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
        for document in map(upgrade, documents)
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("entries", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hostile", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    django.setup()
    print(f"{fill(options.entries, seed=options.seed, hostile=options.hostile)} entries")


if __name__ == "__main__":
    main()
