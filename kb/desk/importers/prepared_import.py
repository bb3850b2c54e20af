"""An import whose rows are built and wait in a temporary file to be stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kb.desk.importers.build import ReadyRows, RowBuilder
from kb.desk.importers.dry_run import REFUSE, SAME, ImportOutcome, batched
from kb.desk.importers.name_changes import NamesOnDesk
from kb.desk.importers.pending import PendingParts
from kb.desk.importers.row_spool import Spool
from kb.desk.models import ImportBatch
from kb.desk.verbs.exceptions import ActionRefused


@dataclass
class PreparedImport:
    """The rows of a plan that change something, in chunks, and the parts that wait for all rows.

    ``names`` are those on the desk before the rows were built, and ``new_names`` those of the
    records that the rows add. ``number`` counts the rows.
    """

    names: NamesOnDesk = field(default_factory=NamesOnDesk)
    chunks: Spool[ReadyRows] = field(default_factory=Spool)
    pending: PendingParts = field(default_factory=PendingParts)
    new_names: set[str] = field(default_factory=set)
    number: int = 0

    def names_changed(self) -> bool:
        """Whether somebody has added or merged a record that rows name since they were built."""
        return self.names.collide(self.new_names)


def prepare_import(
    batch: ImportBatch, outcomes: Iterable[ImportOutcome], progress: Callable[[int], None]
) -> PreparedImport:
    """Build the rows of a plan. Raises ActionRefused if a row was refused, and OSError.

    ``progress`` is called with the number of rows done.
    """
    prepared = PreparedImport()
    builder = RowBuilder(batch, batch.loaded_by)
    done = 0
    for chunk in batched(outcomes):
        if refused := [str(outcome) for outcome in chunk if outcome.action == REFUSE]:
            raise ActionRefused(refused)
        if changing := [outcome for outcome in chunk if outcome.action != SAME]:
            ready = builder.build(changing)
            prepared.chunks.add(ready)
            prepared.number += ready.number
            prepared.pending.add(changing, builder.named)
        done += len(chunk)
        progress(done)
    prepared.new_names = builder.named.new_names
    return prepared
