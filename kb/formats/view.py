"""What every format is told about the list, the entry or the index that it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias, cast
from urllib.parse import urlsplit

from kb.record.answers import (
    ActorRow,
    ClaimChangeRow,
    ClaimDetails,
    EntryRow,
    FacetValue,
    IncidentRow,
    PositionRow,
    SourceRow,
    UndecidedOrder,
)

# A row of a list of entries, of an index, or of a claim.
FormatRow: TypeAlias = EntryRow | ActorRow | SourceRow | IncidentRow | PositionRow | ClaimChangeRow


def entry_rows(rows: Iterable[FormatRow]) -> Iterable[EntryRow]:
    """The same rows, for a format that only lists of entries have."""
    return cast("Iterable[EntryRow]", rows)


@dataclass(frozen=True)
class SiteIdentity:
    """Where things belong: the public address without a slash at the end, and the name.

    The address may have a path, which the paths of pages have too. ``first_url`` is the address in
    the ids of feeds and calendars, if the site had another one before.
    """

    url: str
    name: str
    first_url: str = ""

    def at(self, path: str) -> str:
        """The absolute address of a path, as ``reverse()`` gives it."""
        return self.origin + path

    @property
    def origin(self) -> str:
        """Scheme and host, without a path."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def id_host(self) -> str:
        """The name of the machine in permanent ids, without a port."""
        return urlsplit(self.first_url or self.url).hostname or "localhost"

    def permanent(self, address: str) -> str:
        """An address of this site as it is in permanent ids."""
        return (self.first_url or self.url) + address.removeprefix(self.url)

    @property
    def ref(self) -> dict[str, str]:
        return {"@id": f"{self.url}/#site"}


class DataLicence(NamedTuple):
    """Under what the data may be used; ``url`` may be ""."""

    name: str
    url: str


@dataclass(frozen=True)
class FormatContext:
    """A list of entries, one entry, or an index, apart from its rows.

    ``kind`` is what the address is about: timeline, incident, actor, source, event, statement or
    request; of an index actors, sources, incidents or claim, and all of it is ``certain``.
    ``words`` say the query; ``query`` is its canonical form. ``page`` is the absolute address of
    the page for people, ``address`` that of this file. ``certain`` and ``possible`` count the
    whole set, ``left_out`` what this format has no way to show. ``epoch`` and ``changed_at`` are
    the state of the record. The addresses of other pages are for formats that come in pages.
    """

    kind: str
    words: str
    query: str
    page: str
    address: str
    site: SiteIdentity
    epoch: int
    changed_at: datetime | None = None
    # Of the public log, in one line.
    checkpoint: str = ""
    certain: int = 0
    possible: int = 0
    left_out: int = 0
    licence: DataLicence | None = None
    is_entry: bool = False
    is_index: bool = False
    first: str | None = None
    previous: str | None = None
    next: str | None = None
    facets: Mapping[str, Sequence[FacetValue]] = field(default_factory=dict)
    # How many values of a filter are not among its facets.
    unlisted: dict[str, int] = field(default_factory=dict)
    # Where the order of the rows of this page is not stated.
    undecided: Sequence[UndecidedOrder] = ()
    # The claim of which these are the positions or the versions.
    claim: ClaimDetails | None = None
    # What is counted: one, and several.
    noun: tuple[str, str] = ("entry", "entries")
    # The format's own switches that are on, such as "raw".
    switches: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        return self.certain + self.possible

    @property
    def count_words(self) -> str:
        """ "16 entries", "14 entries certainly in the range, 2 possibly". In English."""
        if self.possible:
            return f"{self._number(self.certain)} certainly in the range, {self.possible} possibly"
        return self._number(self.certain)

    @property
    def left_out_words(self) -> str:
        """How many are not here and why; "" when all are."""
        if not self.left_out:
            return ""
        verb = "is" if self.left_out == 1 else "are"
        return (
            f"{self.left_out} of these {verb} omitted because this format cannot represent their "
            "dates."
        )

    @property
    def state_words(self) -> str:
        """Which state of the record this is. In English."""
        if self.changed_at is None:
            return "The record is empty."
        return f"Record version {self.epoch}, {self.changed_at:%Y-%m-%d %H:%M} UTC."

    @property
    def licence_words(self) -> str:
        """The licence in a line; "" when none is stated."""
        if self.licence is None:
            return ""
        return " ".join(part for part in self.licence if part)

    @property
    def about(self) -> str:
        """All of that in one paragraph, for formats with a place for words."""
        parts = [f"{self.count_words}.", self.left_out_words, self.state_words, self.page]
        if self.checkpoint:
            parts.append(f"Checkpoint of the public log: {self.checkpoint}")
        if self.licence:
            parts.append(f"Licence: {self.licence_words}")
        return " ".join(part for part in parts if part)

    def _number(self, number: int) -> str:
        return f"{number} {self.noun[0] if number == 1 else self.noun[1]}"


@dataclass(frozen=True)
class FinishedLines:
    """A format of lists of entries with a line for each, which may be kept and joined again.

    ``head`` gives what is before the first line; ``parts`` the two parts of the line of each row;
    ``middle`` what is between them, from the id of ``order_not_stated_from`` or None. The result is
    that of ``write`` with the same switches. The parts depend on the row and on the address of the
    site alone; where they say whether the row ``is_certain``, they depend on a range of dates too.
    """

    head: Callable[[FormatContext], bytes]
    parts: Callable[[FormatContext, Iterable[FormatRow]], Iterator[tuple[bytes, bytes]]]
    middle: Callable[[str | None], bytes]
    is_certain: bool = False
