"""``manage.py extend_log``: give a leaf to each version that has none."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from kb.record.proof.appending import append_missing
from kb.record.publication_version import bump_version


class Command(BaseCommand):
    help = (
        "Add to the public log each version that is not in it, in the order of publication. "
        "Publishing and upgrading do this by themselves; use the command for a record that was "
        "written otherwise."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        with transaction.atomic():
            bump_version()
            for count in append_missing():
                if options["verbosity"]:
                    self.stdout.write(f"{count} versions …")
        self.stdout.write(f"Added {count} versions to the log.")
