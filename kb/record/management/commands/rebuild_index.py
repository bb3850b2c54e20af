"""``manage.py rebuild_index``: make the read index from the revisions."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from kb.record.publication_version import bump_version
from kb.record.rebuild import rebuild_index

ENTRIES_PER_LINE = 10_000


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
        progress = self._report if options["verbosity"] else None
        if options["one_transaction"]:
            with transaction.atomic():
                bump_version()
                entries = rebuild_index(progress)
        else:
            entries = rebuild_index(progress, in_batches=True, processes=options["processes"])
        self.stdout.write(f"Indexed {entries} entries.")

    def _report(self, done: int) -> None:
        if done % ENTRIES_PER_LINE == 0:
            self.stdout.write(f"{done} entries …")
