"""Short sequences of entries about one thing: events, what was said about them, and what was asked.

All that an entry is linked with is in its own scene, so scenes are made in any order and in several
processes.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bench.generated.dates import When, date_near, first_day
from bench.generated.names import Actor, Names, Source, public_id
from bench.generated.words import EMPTY, Text, Words, join_folded, joined
from kb.text.normalise import NormalisedText

T = TypeVar("T")
STANDINGS = ("undisputed", "undisputed", "reported", "one_party", "announced")
MAX_SCENE_ENTRIES = 12
# How many claims an incident has at most, roughly.
CLAIMS_EACH = 30


@dataclass(slots=True)
class Citation:
    source: Source
    exact: Text
    bearing: str = "supports"
    position: int | None = None


@dataclass(slots=True)
class Draft:
    """What one entry says, before it is written as a document and as rows."""

    number: int
    id: str
    kind: str
    when: When
    title: Text
    text: Text
    language: str
    citations: list[Citation]
    incidents: list[str]
    topic: tuple[str, NormalisedText] | None
    actors: list[Actor] = field(default_factory=list)
    standing: str = ""
    form: str = ""
    original: Text = EMPTY
    label: Text = EMPTY
    about: list[Draft] = field(default_factory=list)
    # The entry that this one answers or follows, or is a part of, and the kind of that link.
    linked: Draft | None = None
    link_kind: str = ""
    answer: Draft | None = None
    position: str = ""
    contested_by: str = ""
    contested_since: str = ""

    @property
    def known_since(self) -> str | None:
        """The first day by which a source that supports the entry was public."""
        days = (
            cited.source.public_since for cited in self.citations if cited.bearing == "supports"
        )
        return min((day for day in days if day), default=None)

    @property
    def outlet(self) -> Actor | None:
        """Whose words reported speech is in."""
        return self.citations[0].source.publisher if self.form == "attributed" else None

    @property
    def holder(self) -> Actor | None:
        """Whose position a statement has."""
        return self.outlet if self.form == "attributed" else self.actors[1]


@dataclass(slots=True)
class Claim:
    """What is asked in a scene, and the statements that answer."""

    number: int
    id: str
    text: Text
    incident: str
    event: Draft
    answers: list[Draft] = field(default_factory=list)


@dataclass(slots=True)
class Scene:
    """The entries of one scene, and the claim about one of its events, if there is one."""

    entries: list[Draft]
    claim: Claim | None = None


class SceneMaker:
    """Makes scenes, all from one source of chance."""

    def __init__(self, names: Names, words: Words, draw: random.Random, entries: int) -> None:
        self.names, self.words, self.draw = names, words, draw
        self.chance = draw.random
        # The average incident has so many scenes. The first ones have far more, and fewer claims.
        scenes = max(1.0, entries * 0.75 / (MAX_SCENE_ENTRIES * 0.65) / len(names.incidents))
        self.claim_share = [
            min(0.3, CLAIMS_EACH / (scenes * 10 / (rank + 1) ** 0.7 + 1))
            for rank in range(len(names.incidents))
        ]

    def scene(self, first: int, count: int) -> Scene:
        """The scene of the entries with these numbers."""
        chance, names = self.chance, self.names
        place = self._pick(names.incident_table) if chance() < 0.75 else None
        incidents = [] if place is None else [names.incidents[place]]
        if place is not None and chance() < 0.05:
            other = names.incidents[self._pick(names.incident_table)]
            incidents += [other] if other not in incidents else []
        topic = self._pick(names.topic_table) if chance() < 0.67 else None
        language = "zh" if chance() < 0.15 else "en"
        day = first_day(self.draw)
        cast = self._actors(min(5, len(names.actors)))
        sources = self._sources(day)
        entries: list[Draft] = []
        for number in range(first, first + count):
            kind = "event" if not entries or chance() < 0.62 else "statement"
            if kind == "statement" and chance() < 0.08:
                kind = "request"
            phrase = "as printed" if self.words.hostile else ""
            draft = Draft(
                number,
                public_id("e", number),
                kind,
                date_near(day, self.draw, phrase),
                self._title(number, language),
                self._text(language),
                language,
                self._citations(sources),
                incidents,
                topic,
            )
            self._PARTS[kind](self, draft, entries, cast)
            entries.append(draft)
            day += int(chance() * 9)
        share = 0.0 if place is None else self.claim_share[place]
        return Scene(entries, self._claim(entries) if chance() < share else None)

    def _event(self, draft: Draft, entries: list[Draft], cast: list[Actor]) -> None:
        draft.actors = self._some_actors(cast, 2 + int(self.chance() < 0.3))
        draft.standing = self._pick(STANDINGS)
        if entries and self.chance() < 0.1:
            earlier = self._pick(entries)
            if self.chance() < 0.4:
                draft.linked, draft.link_kind = earlier, "part_of"
            elif _can_follow(draft, earlier):
                draft.linked, draft.link_kind = earlier, "follows"

    def _statement(self, draft: Draft, entries: list[Draft], cast: list[Actor]) -> None:
        chance = self.chance()
        draft.form = "verbatim" if chance < 0.6 else "paraphrase" if chance < 0.95 else "attributed"
        draft.actors = self._some_actors(cast, 3)
        if self.chance() < 0.15:
            draft.label = self.words.text("a person who was there", self.draw)
        if draft.language == "en" and self.chance() < 0.1:
            draft.original = self._text("zh")
        if draft.form == "verbatim":
            draft.citations[0].exact = draft.text
        draft.about = [entry for entry in entries[-3:] if entry.kind == "event"][:2]
        earlier = self._pick(entries)
        if earlier.kind == "statement" and self.chance() < 0.5 and _can_follow(draft, earlier):
            draft.linked, draft.link_kind = earlier, "answers"

    def _request(self, draft: Draft, entries: list[Draft], cast: list[Actor]) -> None:
        draft.actors = self._some_actors(cast, 2)
        draft.about = [entry for entry in entries[-2:] if entry.kind == "event"]
        earlier = self._pick(entries)
        draft.answer = earlier if earlier.kind == "statement" else None

    _PARTS = {"event": _event, "statement": _statement, "request": _request}

    def _claim(self, entries: list[Draft]) -> Claim | None:
        """A claim about an event of the scene, if at least two of its statements answer it."""
        statements = [entry for entry in entries if entry.kind == "statement"]
        if len(statements) < 2:
            return None
        event = next(entry for entry in entries if entry.kind == "event")
        claim = Claim(
            event.number,
            public_id("q", event.number),
            self._text(event.language),
            event.incidents[0],
            event,
            statements,
        )
        for statement in statements:
            statement.position = self._pick(
                ("asserts", "asserts", "confirms", "denies", "undecided")
            )
        return claim

    def _title(self, number: int, language: str) -> Text:
        rare = self._pick(self.words.rare)
        if self.words.hostile:
            return joined(self.words.text(f"Entry number {number}", self.draw), rare)
        if language == "zh":
            shown, folded = (
                f"关于第 {number} 号条目的消息",
                f"关于 于第 第 {number} 号条 条目 目的 的消 消息 息",
            )
        else:
            shown, folded = f"Entry number {number} about", f"entry number {number} about"
        return Text(
            f"{shown} {rare.shown}",
            f'"{shown} {rare.json[1:]}',
            join_folded(NormalisedText(folded), rare.folded),
        )

    def _text(self, language: str) -> Text:
        if language == "zh":
            # A sentence ends with a full stop, so nothing goes across; hostile ones may not.
            separator = " " if self.words.hostile else ""
            return joined(self._pick(self.words.chinese), self._pick(self.words.chinese), separator)
        return joined(self._pick(self.words.english), self._pick(self.words.english))

    def _citations(self, sources: list[Source]) -> list[Citation]:
        chance = self.chance()
        count = 1 if chance < 0.55 else 2 if chance < 0.85 else 3
        start = int(self.chance() * len(sources))
        citations = [
            Citation(source, self._pick(self.words.sentences[source.language]))
            for source in (sources + sources)[start : start + min(count, len(sources))]
        ]
        if len(citations) > 1 and chance > 0.8:
            citations[-1].bearing = "disputes" if chance > 0.9 else "mentions"
        if self.chance() < 0.04:
            citations[0].position = int(self.chance() * 12)
        return citations

    def _sources(self, day: int) -> list[Source]:
        """Some sources from about that time, and one of those that are cited often."""
        place = self.names.source_place(day)
        count = 2 + int(self.chance() * 3)
        sources = self.names.sources[place : place + count] or self.names.sources[-count:]
        often = self._pick(self.names.source_table)
        return [*sources, often] if often not in sources else sources

    def _actors(self, count: int) -> list[Actor]:
        """Different actors, of which the first ones of all are most frequent."""
        actors: dict[Actor, None] = {}
        for _ in range(3 * count):
            actors[self._pick(self.names.actor_table)] = None
            if len(actors) == count:
                return list(actors)
        return list(dict.fromkeys([*actors, *self.names.actors[:count]]))[:count]

    def _some_actors(self, cast: list[Actor], count: int) -> list[Actor]:
        """So many different actors, all but a few from the scene's own."""
        start = int(self.chance() * len(cast))
        actors = (cast + cast)[start : start + min(count, len(cast))]
        if self.chance() < 0.2:
            other = self._pick(self.names.actor_table)
            if other not in actors:
                actors[-1] = other
        return actors

    def _pick(self, values: Sequence[T]) -> T:
        return values[int(self.chance() * len(values))]


def _can_follow(later: Draft, earlier: Draft) -> bool:
    """Whether a link may say that one entry is after another, which is linked to none itself."""
    first, last = earlier.when.bounds.earliest, later.when.bounds.latest
    return earlier.linked is None and (first is None or last is None or first <= last)
