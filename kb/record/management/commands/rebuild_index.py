"""``manage.py rebuild_index``: make the read index from the revisions."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from kb.record.models import Revision
from kb.record.publication_version import bump_version
from kb.record.rebuild import Progress, rebuild_index
from kb.record.vocabulary import ENTRY_KINDS

ENTRIES_PER_LINE = 10_000
OBJECTS_PER_COLLECTION = 100_000


class Command(BaseCommand):
    help = (
        "Rebuild the search index from the revisions. Readers and editors can go on: it is done in "
        "batches, and the index is never empty."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--one-transaction",
            action="store_true",
            help="do it in one transaction, during which no one can save or publish",
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=1,
            metavar="N",
            help="how many processes compare (default: 1). More are faster if the machine has as "
            "many idle processors, and there are some ten thousand entries",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        progress = self._reporter() if options["verbosity"] else None
        with _rare_collections():
            if options["one_transaction"]:
                with transaction.atomic():
                    bump_version()
                    entries = rebuild_index(progress)
            else:
                entries = rebuild_index(progress, in_batches=True, processes=options["processes"])
        self.stdout.write(f"Indexed {entries} entries.")

    def _reporter(self) -> Progress:
        """What writes a line for each 10,000 entries: how many are done, and how fast."""
        total = Revision.objects.live().filter(kind__in=ENTRY_KINDS).count()
        started = time.monotonic()
        lines = 0

        def report(done: int) -> None:
            nonlocal lines
            if done // ENTRIES_PER_LINE > lines:
                lines = done // ENTRIES_PER_LINE
                rate = done / max(time.monotonic() - started, 0.001)
                self.stdout.write(f"{done} of {max(done, total)} entries, {rate:.0f} a second …")

        return report


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the garbage collector look for cycles rarely: documents have none, but are many objects.

    It takes an eighth of the time of a rebuild otherwise.
    """
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS_PER_COLLECTION, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
