"""The links between the rows of an import, stored when all entries are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from kb.desk.documents import MODELS
from kb.desk.entry_graph import desk_errors
from kb.desk.importers.dry_run import ImportOutcome, batched, earlier_rows
from kb.desk.models import EntryLink, ImportBatch, Publishable
from kb.desk.verbs.exceptions import ActionRefused


class PendingLink(NamedTuple):
    """A link as a file has it: between the ids of two rows, with the key of its source."""

    line: int
    external_id: str
    kind: str
    target: str
    source: int | None
    exact: str
    is_optional: bool


def pending_links(
    outcomes: Sequence[ImportOutcome], source_key: Callable[[str], int]
) -> list[PendingLink]:
    """The links of rows that are added or changed.

    ``source_key`` gives the key of a source that a row names by its title.
    """
    return [
        PendingLink(
            outcome.row.line,
            outcome.row.external_id,
            link.kind,
            link.target,
            source_key(link.source) if link.source else None,
            link.exact,
            outcome.row.is_part_of_list,
        )
        for outcome in outcomes
        for link in outcome.row.links
    ]


def store_links(
    links: Collection[PendingLink], changed: Collection[str], batch: ImportBatch
) -> list[Publishable]:
    """Store the links, check them with those that are there, and return the entries that have them.

    A link without a source is inferred by the editor.
    ``changed`` are the public ids of entries that the import overwrote. Raises ActionRefused for an
    id that no row has (unless the link is optional), a row that is linked to itself, a circle, and
    links that contradict dates.
    """
    entries = imported_entries(
        {name for link in links for name in (link.external_id, link.target)}, batch.origin
    )
    if reasons := [reason for link in links if (reason := _problem(link, entries))]:
        raise ActionRefused(reasons)
    for link in links:
        if link.target not in entries:
            continue
        entry, target = entries[link.external_id], entries[link.target]
        EntryLink.objects.create(
            **{entry.kind: entry, f"to_{target.kind}": target},
            link_kind=link.kind,
            source_id=link.source,
            exact=link.exact,
            inferred=link.source is None,
        )
    owners = [entries[name] for name in dict.fromkeys(link.external_id for link in links)]
    linked = {*changed, *(entry.public_id for entry in entries.values())}
    for public_ids in batched(sorted(linked)):
        if reasons := desk_errors(public_ids):
            raise ActionRefused(reasons)
    return owners


def imported_entries(external_ids: Collection[str], origin: str) -> dict[str, Publishable]:
    """The entries of these ids of rows, by id."""
    entries: dict[str, Publishable] = {}
    for batch in batched(sorted(external_ids)):
        rows = earlier_rows(origin, batch)
        stored = {
            record.public_id: record
            for kind in {row.kind for row in rows.values()}
            for record in MODELS[kind].objects.filter(
                public_id__in=[row.public_id for row in rows.values()]
            )
        }
        entries |= {
            name: stored[row.public_id] for name, row in rows.items() if row.public_id in stored
        }
    return entries


def _problem(link: PendingLink, entries: dict[str, Publishable]) -> str:
    where = f"Row {link.line}, {link.kind}: "
    if link.target not in entries and not link.is_optional:
        return f"{where}no row of this file has the id “{link.target[:60]}”. Correct the id."
    if link.target == link.external_id:
        return f"{where}an entry cannot be linked to itself. Remove its own id."
    return ""
