"""The names of actors in a file that are not known yet, each with the nearest known ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypedDict

from kb.desk.importers.named_records import actors_of
from kb.desk.importers.rows import ImportRow
from kb.desk.models import Actor, ActorName
from kb.record.closest_names import edit_distance
from kb.text.words import word_runs

MAX_NEW_NAMES = 200  # that are listed
MAX_NEAREST = 2
_MAX_CANDIDATES = 400
_MIN_LENGTH_FOR_TWO = 6


class NearName(TypedDict):
    """A known actor with a similar name."""

    name: str
    kind: str


class NewName(TypedDict):
    """A name of the file that would become a new actor: in how many rows, and what is near it."""

    name: str
    kind: str
    rows: int
    nearest: list[NearName]


class _Known(NamedTuple):
    name: str
    kind: str
    text: str  # normalised
    words: frozenset[str]


class NameCounter:
    """Counts the names of actors in rows as they pass."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.spellings: dict[str, tuple[str, str]] = {}  # the name and its kind

    def add(self, row: ImportRow) -> None:
        """Count the names of a row, each once."""
        kinds = dict(row.actor_kinds)
        # Of several places in a row, the first says what a name is.
        actors = reversed([*actors_of(row)])
        names = {name.casefold(): (name, kinds.get(name) or kind) for name, kind in actors}
        self.counts.update(names.keys())
        for key, spelling in names.items():
            self.spellings.setdefault(key, spelling)

    def new_names(self) -> list[NewName]:
        """The names that are not known, the most frequent first. Costs two queries."""
        if not self.counts:
            return []
        known = list(_known_actors())
        taken = {actor.name.casefold() for actor in known}
        missing = sorted(
            self.counts.keys() - taken, key=lambda key: (-self.counts[key], self.spellings[key])
        )
        by_word = _by_word(known)
        names = []
        for key in missing[:MAX_NEW_NAMES]:
            name, kind = self.spellings[key]
            nearest = [
                NearName(name=actor.name, kind=actor.kind) for actor in _nearest(name, by_word)
            ]
            names.append(NewName(name=name, kind=kind, rows=self.counts[key], nearest=nearest))
        return names


def _known_actors() -> Iterable[_Known]:
    rows = [*Actor.objects.order_by("pk").values_list("name", "actor_kind")]
    rows += ActorName.objects.order_by("pk").values_list("name", "actor__actor_kind")
    for name, kind in rows:
        words = word_runs(name)
        yield _Known(name, kind, " ".join(words), frozenset(words))


def _by_word(known: Iterable[_Known]) -> dict[str, list[_Known]]:
    """Known actors by each word of their names, and by the first two letters of each."""
    by_word: dict[str, list[_Known]] = defaultdict(list)
    for actor in known:
        for key in {*actor.words, *(f"{word[:2]}*" for word in actor.words)}:
            by_word[key].append(actor)
    return by_word


def _is_near_one(word: str, words: frozenset[str]) -> bool:
    """Whether a word is one of the words, or a long one with another letter."""
    return word in words or (
        len(word) >= _MIN_LENGTH_FOR_TWO
        and any(edit_distance(word, other, 1) <= 1 for other in words)
    )


def _nearest(name: str, by_word: dict[str, list[_Known]]) -> Sequence[_Known]:
    """The known actors whose names differ by few letters, or by whole words that one has more."""
    words = word_runs(name)
    text = " ".join(words)
    limit = 2 if len(text) >= _MIN_LENGTH_FOR_TWO else 1
    keys = [*words, *(f"{word[:2]}*" for word in words)]
    # Rare words first: "Foo" of "Foo Works" says more than "Works".
    lists = sorted((by_word.get(key, []) for key in keys), key=len)
    candidates = dict.fromkeys(actor for actors in lists for actor in actors[:_MAX_CANDIDATES])
    ranked = []
    for actor in list(candidates)[:_MAX_CANDIDATES]:
        distance = edit_distance(text, actor.text, limit)
        if distance > limit:
            shorter, longer = sorted((actor.words, frozenset(words)), key=len)
            if not shorter or not all(_is_near_one(word, longer) for word in shorter):
                continue
            distance = limit + len(actor.words ^ frozenset(words))
        ranked.append((distance, actor.name, actor))
    return [actor for _distance, _name, actor in sorted(ranked, key=lambda row: row[:2])][
        :MAX_NEAREST
    ]
