"""What the entries of the generated record name: actors, incidents, topics and sources.

Some are hubs: the first actors, sources, incidents and topics are in far more entries than others,
by Zipf's law.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from bench.generated.words import Text, Words, rare_word, spread, text_of
from kb.dates import FuzzyDate
from kb.record.documents import EDITION
from kb.text.normalise import NormalisedText

# Ids look like real ones: no order, and no 0.
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_STEP, _SHIFT = 0x2545F491, 35
_FIRST_SOURCE_DAY, _LAST_SOURCE_DAY = date(1995, 1, 1), date(2024, 12, 31)
_CHINESE_NAMES = ("字节", "开放", "星海", "长河", "东方", "新智", "远景", "中汇", "华文", "云图")
_CHINESE_KINDS = ("科技", "日报", "研究院", "委员会", "集团", "大学")


def public_id(family: str, number: int) -> str:
    """The id of the record with this number; each number has another one."""
    mixed = (number * _STEP + 0x1234567) % (1 << _SHIFT)
    letters = family
    for _ in range(7):
        letters += _ALPHABET[mixed & 31]
        mixed >>= 5
    return letters


class Actor(NamedTuple):
    """An actor as entries need it: its id, its normalised names, and its owner."""

    id: str
    folded: tuple[NormalisedText, ...]
    part_of: str | None


class Source(NamedTuple):
    """A source as entries need it.

    ``family`` has its publisher's topmost owner, its parent and that one's owner: two sources of
    one entry have one origin if they share one of these. ``related`` are the ids of all that it
    depends on.
    """

    id: str
    publisher: Actor | None
    public_since: str | None
    family: frozenset[str]
    related: tuple[str, ...]
    language: str


class Names:
    """All that is named, with the documents; the same seed and size give the same names."""

    def __init__(self, seed: int, entries: int, words: Words) -> None:
        self._words, self._random = words, random.Random(f"{seed}/names")
        self.documents: list[dict[str, Any]] = []
        # From 1,000 entries on, the first page of each list is full.
        self.actors = [*self._actors(max(3, min(160, entries // 6), min(5_000, entries // 20)))]
        incidents = max(2, min(30, entries // 30), min(5_000, entries // 200))
        self.incidents = [*self._incidents(incidents)]
        self.topics = [*self._topics(max(5, min(200, entries // 100)))]
        self.sources = [*self._sources(max(3, min(20_000, entries // 10)))]
        slots = 65_536
        self.actor_table = spread(self.actors, 1.0, slots)
        self.source_table = spread(self.sources, 1.0, slots)
        self.topic_table = spread(self.topics, 1.0, slots)
        self.incident_table = spread([*range(len(self.incidents))], 0.7, slots)

    def _actors(self, count: int) -> Iterator[Actor]:
        for n in range(count):
            title = self._text(f"{rare_word(n).title()} {('Group', 'Brown', 'Times')[n % 3]}")
            names = []
            if n % 4 == 0:
                name = _CHINESE_NAMES[n // 4 % 10] + _CHINESE_KINDS[n // 40 % 6]
                names.append({"name": name, "language": "zh", "kind": "original", "note": ""})
            # Some organisations and publications belong to one with a smaller number.
            owner = public_id("a", n // 7) if n % 7 == 3 and n % 3 != 1 else None
            actor_id = public_id("a", n)
            self.documents.append({
                "id": actor_id, "kind": "actor", "edition": EDITION, "slug": f"made-actor-{n}",
                "title": title.shown,
                "actor_kind": ("organisation", "person", "publication")[n % 3],
                "summary": "", "other_names": names, "affiliations": [], "part_of": owner,
                "wikidata": "", "website": "",
            })  # fmt: skip
            parts = [title, *(text_of(name["name"]) for name in names)]
            yield Actor(actor_id, tuple(part.folded for part in parts), owner)

    def _incidents(self, count: int) -> Iterator[str]:
        for n in range(count):
            title = self._text(f"The {rare_word(3 * n)} affair")
            summary = self._words.english[n % len(self._words.english)].shown
            incident_id = public_id("c", n)
            self.documents.append({
                "id": incident_id, "kind": "incident", "edition": EDITION,
                "slug": f"made-incident-{n}", "title": title.shown, "summary": summary,
            })  # fmt: skip
            yield incident_id

    def _topics(self, count: int) -> Iterator[tuple[str, NormalisedText]]:
        """Yield id and normalised title."""
        for n in range(count):
            title = self._text(f"Topic {rare_word(5 * n)}")
            topic_id = public_id("t", n)
            self.documents.append({
                "id": topic_id, "kind": "topic", "edition": EDITION, "slug": f"made-topic-{n}",
                "title": title.shown,
            })  # fmt: skip
            yield topic_id, title.folded

    def _sources(self, count: int) -> Iterator[Source]:
        """Yield the sources, the oldest first: the days on which they were published ascend."""
        unknown = FuzzyDate().to_json()
        first, last = _FIRST_SOURCE_DAY.toordinal(), _LAST_SOURCE_DAY.toordinal()
        publishers = spread(self.actors, 0.8, 4_096)
        owners = {actor.id: actor.part_of for actor in self.actors}
        sources: list[Source] = []
        for n in range(count):
            day = date.fromordinal(first + (last - first) * n // count)
            publisher = self._random.choice(publishers) if n % 11 else None
            parent = sources[n - self._random.randint(1, 3)] if n % 6 == 5 else None
            language = "zh" if n % 8 == 7 else "en"
            source_id = public_id("s", n)
            derivation = ("translation", "wire_copy", "rewrite")[n % 3] if parent else ""
            parents = (
                [{"source": parent.id, "derivation": derivation, "note": ""}] if parent else []
            )
            self.documents.append({
                "id": source_id, "kind": "source", "edition": EDITION, "slug": f"made-source-{n}",
                "title": self._text(f"Report {n} on {rare_word(7 * n % 20_000)}").shown,
                "source_kind": ("article", "document", "post")[n % 3],
                "url": f"https://example.org/report/{n}?a=1&b=%20(x)" if n % 7 else "",
                "publisher": publisher.id if publisher else None,
                "byline": self._text("A. Writer").shown,
                "published": FuzzyDate(day.isoformat()).to_json() if n % 9 else unknown,
                "language": language, "accessed_on": None, "archive_url": "", "archived_on": None,
                "derives_from": parent.id if parent else None, "derivation": derivation,
                "parents": parents, "note": "",
            })  # fmt: skip
            related = _with_owners(publisher.id if publisher else None, owners)
            family = {source_id, *related[-1:]}
            if parent:
                family |= parent.family
                related = [*related, parent.id, *parent.related]
            sources.append(
                Source(
                    source_id,
                    publisher,
                    day.isoformat() if n % 9 else None,
                    frozenset(family),
                    tuple(dict.fromkeys(related)),
                    language,
                )
            )
        yield from sources

    def source_place(self, day: int) -> int:
        """The place of the first source that was published about that day or later."""
        first, last = _FIRST_SOURCE_DAY.toordinal(), _LAST_SOURCE_DAY.toordinal()
        return max(
            0, min(len(self.sources) - 1, (day - first) * len(self.sources) // (last - first))
        )

    def _text(self, words: str) -> Text:
        return self._words.text(words, self._random)


def _with_owners(actor: str | None, owners: dict[str, str | None]) -> list[str]:
    """The actor, what it is part of, what that is part of, and so on."""
    chain = []
    while actor and actor not in chain:
        chain.append(actor)
        actor = owners[actor]
    return chain
