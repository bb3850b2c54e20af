"""``manage.py import_undo BATCH``: delete the drafts that one import added."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.desk.importers.runs import ImportInterrupted
from kb.desk.importers.undo import undo_import
from kb.desk.models import ImportBatch
from kb.desk.verbs.exceptions import ActionRefused


class Command(BaseCommand):
    help = "Undo an import, unless its records have been edited since."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int, help="number of the import")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(f"Import {options['batch']} does not exist.")
        try:
            deleted, restored = undo_import(batch)
        except ImportInterrupted as problem:
            advice = "Run the same command again to continue."
            raise CommandError("\n".join([*problem.reasons, advice])) from problem
        except ActionRefused as refusal:
            raise CommandError("Nothing was undone.\n" + "\n".join(refusal.reasons)) from refusal
        changed = f" Records restored: {restored}." if restored else ""
        self.stdout.write(f"Deleted {deleted} drafts.{changed}")
