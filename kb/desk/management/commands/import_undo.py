"""``manage.py import_undo BATCH``: delete the drafts that one import made."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.desk.importers.batches import undo
from kb.desk.models import ImportBatch
from kb.desk.verbs.refusing import Refused


class Command(BaseCommand):
    help = "Delete every draft that one import made, unless somebody has worked on it since."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int, help="the number that the import gave")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(f"There is no import {options['batch']}.")
        try:
            deleted = undo(batch)
        except Refused as refusal:
            raise CommandError("Nothing was undone.\n" + "\n".join(refusal.reasons)) from refusal
        self.stdout.write(f"Deleted {deleted} drafts.")
