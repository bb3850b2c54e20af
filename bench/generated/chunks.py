"""The rows of a whole record in chunks that can be made in any order, in several processes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.utils import translation

from bench.generated.entries import add_scene, corrections_below
from bench.generated.names import Names
from bench.generated.rows import FIRST_DAY, PUBLISHED_FOR, Rows, empty_rows, named_rows
from bench.generated.scenes import MAX_SCENE_ENTRIES, SceneMaker
from bench.generated.words import Words

CHUNK_ENTRIES = 2_000


@dataclass(frozen=True)
class Record:
    """A record to generate. Equal records have the same bytes."""

    entries: int
    seed: int = 1
    hostile: bool = False

    @property
    def chunks(self) -> range:
        return range(-(-self.entries // CHUNK_ENTRIES))

    @cached_property
    def words(self) -> Words:
        return Words(self.seed, self.entries, hostile=self.hostile)

    @cached_property
    def names(self) -> Names:
        return Names(self.seed, self.entries, self.words)

    def named_rows(self) -> Rows:
        """The rows of all that entries name. They come first."""
        return named_rows(self.names.documents)

    def __post_init__(self) -> None:
        if self.entries < 1:
            raise ValueError("A record has at least one entry.")

    def chunk(self, number: int) -> Rows:
        """The rows of one chunk of entries and of the claims about them."""
        rows = empty_rows()
        draw = random.Random(f"{self.seed}/{number}")
        maker = SceneMaker(self.names, self.words, draw, self.entries)
        first_key = len(self.names.documents) + 1
        first_claim_key = first_key + self.entries + corrections_below(self.entries)
        step = PUBLISHED_FOR / self.entries
        entry, end = number * CHUNK_ENTRIES, min(self.entries, (number + 1) * CHUNK_ENTRIES)
        while entry < end:
            count = min(draw.randint(3, MAX_SCENE_ENTRIES), end - entry)
            published = FIRST_DAY + timedelta(seconds=int((step * entry).total_seconds()))
            # Documents are in English, and looking up translations takes time.
            with translation.override(None):
                scene = maker.scene(entry, count)
            add_scene(
                rows, scene, str(published), first_key=first_key, first_claim_key=first_claim_key
            )
            entry += count
        return rows
