"""The links between the rows of an import, stored when all entries are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from kb.desk.documents import MODELS
from kb.desk.entry_graph import desk_errors
from kb.desk.importers.dry_run import ImportOutcome, batched, earlier_rows
from kb.desk.models import EntryLink, Publishable
from kb.desk.verbs.exceptions import ActionRefused


class PendingLink(NamedTuple):
    """A link as a file has it: between the ids of two rows."""

    line: int
    external_id: str
    kind: str
    target: str


def pending_links(outcomes: Sequence[ImportOutcome]) -> list[PendingLink]:
    """The links of rows that are added or changed."""
    return [
        PendingLink(outcome.row.line, outcome.row.external_id, kind, target)
        for outcome in outcomes
        for kind, target in outcome.row.links
    ]


def store_links(
    links: Collection[PendingLink], changed: Collection[Publishable], origin: str
) -> None:
    """Store the links, as inferred by the editor, and check them with those that are there.

    ``changed`` are entries that the import overwrote. Raises ActionRefused for an id that no row
    has, a row that is linked to itself, a circle, and links that contradict dates.
    """
    entries = _entries({name for link in links for name in (link.external_id, link.target)}, origin)
    if reasons := [reason for link in links if (reason := _problem(link, entries))]:
        raise ActionRefused(reasons)
    for link in links:
        entry, target = entries[link.external_id], entries[link.target]
        EntryLink.objects.create(
            **{entry.kind: entry, f"to_{target.kind}": target}, link_kind=link.kind, inferred=True
        )
    linked = {entry.public_id for entry in (*entries.values(), *changed)}
    for batch in batched(sorted(linked)):
        if reasons := desk_errors(batch):
            raise ActionRefused(reasons)


def _entries(external_ids: Collection[str], origin: str) -> dict[str, Publishable]:
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
    if link.target not in entries:
        return f"{where}no row of this file has the id “{link.target[:60]}”. Correct the id."
    if link.target == link.external_id:
        return f"{where}an entry cannot be linked to itself. Remove its own id."
    return ""
