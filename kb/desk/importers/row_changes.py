"""What the sender decides for all rows of a file: one source, known names, rows left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.desk.models import Event


def changed_rows(
    rows: Iterator[ImportRow], options: ReadOptions, notes: FileNotes
) -> Iterator[ImportRow]:
    """The rows as the sender wants them; those left out are counted in ``notes``."""
    for row in rows:
        if row.line in options.left_out:
            notes.ignore("left out")
            continue
        if options.names:
            row = _with_names(row, options.names)
        if options.source and not row.sources:
            row = _with_source(row, options.source, notes.title)
        yield row


def _with_source(row: ImportRow, address: str, title: str) -> ImportRow:
    """The row with a source; an event is its account, unless the file says whose it is."""
    accounts = row.according_to or ((address,) if row.kind == Event.kind else ())
    source = CitedSourceRow(title=title, url=address)
    return row.changed(sources=(source,), according_to=accounts)


def _with_names(row: ImportRow, names: Mapping[str, str]) -> ImportRow:
    """The row with known names of actors in place of those of the file."""

    def known(name: str) -> str:
        return names.get(name, name)

    def all_known(group: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(known, group))

    return row.changed(
        speaker=known(row.speaker),
        on_behalf_of=known(row.on_behalf_of),
        to=all_known(row.to),
        actors=tuple((known(name), role) for name, role in row.actors),
        asked_by=known(row.asked_by),
        asked=all_known(row.asked),
        joint_speakers=all_known(row.joint_speakers),
        joint_principals=all_known(row.joint_principals),
        attributed_by=known(row.attributed_by),
    )
