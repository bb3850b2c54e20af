"""The formats: one file each, one line here.

Addresses, ``<link rel="alternate">``, the links on pages, what ``Accept`` may ask for, the table in
the documentation and the description of the API are made from this table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kb.formats import (
    atom,
    bibliography,
    csv,
    ical,
    json,
    jsonfeed,
    jsonl,
    jsonld_file,
    markdown,
    timelinejs,
)
from kb.formats.references import REFERENCE_FILES
from kb.formats.view import FinishedLines, FormatContext, FormatRow
from kb.record.vocabulary import ENTRY_KINDS

# What an address may be about. The first four are lists of entries; a source's own reference
# stands at the address of its list, so that no list of references can: /sources.bib has them all.
LIST_KINDS = ("timeline", "incident", "actor", "source")
EVERYWHERE = frozenset((*LIST_KINDS, *ENTRY_KINDS))
# What is listed besides: these have the formats that name them.
RECORD_LISTS = ("actors", "sources", "incidents")
# The positions on one claim, or in feeds its versions; it has the formats that name it too.
CLAIM = "claim"
# What a frozen list has: no feeds, and no formats that omit dates.
FROZEN = "view"


@dataclass(frozen=True)
class Format:
    """How entries become bytes, and what to call the result.

    ``write`` takes what the list is and its rows (``kb.record.rows``), and gives bytes piece by
    piece; it asks nobody else. ``things`` are the kinds of address that have the format.
    """

    suffix: str
    media_type: str
    label: str
    write: Callable[[FormatContext, Iterable[FormatRow]], Iterator[bytes]]
    things: frozenset[str] = EVERYWHERE
    # One page with links to the next; all others are the whole set, streamed.
    in_pages: bool = False
    # The order when the address names none: feeds tell what changed last first.
    order: str = "oldest"
    # Which dates it can show: "" all, "dated" with an end that is known, "days" with both ends
    # known and no more than a year apart. The rest is left out, and its number said.
    shows: str = ""
    # Saved by a browser rather than shown.
    is_file: bool = False
    # Parameters of its own, each "1" when it is on.
    switches: tuple[str, ...] = ()
    # How its lines are kept from one export to the next.
    lines: FinishedLines | None = None

    @property
    def name(self) -> str:
        """The suffix as a part of names: "feed-json"."""
        return self.suffix.replace(".", "-")


FORMATS: dict[str, Format] = {
    form.suffix: form
    for form in (
        Format(
            "json",
            "application/json",
            "JSON",
            json.write_json,
            in_pages=True,
            things=EVERYWHERE.union(RECORD_LISTS, [CLAIM, FROZEN]),
        ),
        Format(
            "jsonl",
            "application/jsonl",
            "JSON Lines",
            jsonl.write_jsonl,
            lines=jsonl.JSONL_LINES,
            is_file=True,
            things=EVERYWHERE.union(RECORD_LISTS, [CLAIM, FROZEN]),
        ),
        Format(
            "csv",
            "text/csv; charset=utf-8",
            "CSV",
            csv.write_csv,
            lines=csv.CSV_LINES,
            is_file=True,
            switches=("raw",),
            things=EVERYWHERE.union(RECORD_LISTS, [CLAIM, FROZEN]),
        ),
        Format(
            "atom",
            "application/atom+xml",
            "Atom",
            atom.write_atom,
            in_pages=True,
            order="changed",
            things=EVERYWHERE.union([CLAIM]),
        ),
        Format(
            "feed.json",
            "application/feed+json",
            "JSON Feed",
            jsonfeed.write_jsonfeed,
            in_pages=True,
            order="changed",
            things=EVERYWHERE.union([CLAIM]),
        ),
        Format(
            "ics",
            "text/calendar; charset=utf-8",
            "iCalendar",
            ical.write_ical,
            shows="days",
            is_file=True,
        ),
        Format(
            "jsonld",
            "application/ld+json",
            "JSON-LD",
            jsonld_file.write_jsonld,
            things=EVERYWHERE | {FROZEN},
        ),
        Format(
            "timelinejs.json",
            "application/json",
            "TimelineJS",
            timelinejs.write_timelinejs,
            shows="dated",
        ),
        Format(
            "md",
            "text/markdown; charset=utf-8",
            "Markdown",
            markdown.write_markdown,
            things=EVERYWHERE | {FROZEN},
        ),
        *(
            Format(
                form.suffix,
                form.media_type,
                str(form.label),
                bibliography.reference_writer(form),
                things=(EVERYWHERE - {"source"}) | {"sources"},
                is_file=True,
            )
            for form in REFERENCE_FILES.values()
        ),
    )
}


def formats_for(kind: str) -> list[Format]:
    """The formats that the addresses of this kind have, in the order of the table."""
    return [form for form in FORMATS.values() if kind in form.things]
