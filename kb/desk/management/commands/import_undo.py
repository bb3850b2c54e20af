"""``manage.py import_undo BATCH``: delete the drafts that one import added."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.desk.importers.undo import undo_import
from kb.desk.models import ImportBatch
from kb.desk.verbs.exceptions import ActionRefused


class Command(BaseCommand):
    help = "Take one import back, unless somebody has worked on what it made since."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int, help="the number that the import gave")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(f"There is no import {options['batch']}.")
        try:
            deleted, restored = undo_import(batch)
        except ActionRefused as refusal:
            raise CommandError("Nothing was undone.\n" + "\n".join(refusal.reasons)) from refusal
        changed = f" Gave {restored} back as they stood before." if restored else ""
        self.stdout.write(f"Deleted {deleted} drafts.{changed}")
