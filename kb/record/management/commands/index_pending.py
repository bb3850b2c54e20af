"""``manage.py index_pending``: finish the index after a record that many entries name changed."""

from typing import Any

from django.core.management.base import BaseCommand

from kb.record.pending_index import drain, pending_count

ENTRIES_PER_LINE = 10_000


class Command(BaseCommand):
    help = (
        "Index the entries that still wait for it since a record that they name was published. "
        "The server does this by itself; use the command after it was interrupted."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{pending_count()} entries to index.")
        self._lines = 0
        done = drain(self._report if options["verbosity"] else None)
        self.stdout.write(f"Indexed {done} entries.")

    def _report(self, done: int) -> None:
        if done // ENTRIES_PER_LINE > self._lines:
            self._lines = done // ENTRIES_PER_LINE
            self.stdout.write(f"{done} entries …")
