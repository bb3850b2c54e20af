"""``manage.py rebuild_index``: make the read index from the revisions."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from kb.record.publication_version import bump_version
from kb.record.search_index import rebuild_index


class Command(BaseCommand):
    help = "Rebuild the search index from the revisions in one transaction."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            bump_version()
            entries = rebuild_index()
        self.stdout.write(f"Indexed {entries} entries.")
