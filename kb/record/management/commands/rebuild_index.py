"""``manage.py rebuild_index``: make the read index anew from the revisions."""

from django.core.management.base import BaseCommand
from django.db import transaction

from kb.record.publication_version import raise_epoch
from kb.record.search_index import rebuild


class Command(BaseCommand):
    help = "Make the read index anew from the revisions, in one transaction."

    def handle(self, *args, **options) -> None:
        with transaction.atomic():
            raise_epoch()
            entries = rebuild()
        self.stdout.write(f"Indexed {entries} entries.")
