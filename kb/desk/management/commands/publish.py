"""``manage.py publish --all``: publish every draft."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.desk.date_warnings import date_warnings
from kb.desk.documents import MODELS
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish_all


class Command(BaseCommand):
    help = "Publish unpublished records."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            required=True,
            help="Publish all drafts and everything in review.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        drafts = [
            row
            for model in MODELS.values()
            for row in model.objects.filter(
                state__in=[WorkflowState.DRAFT, WorkflowState.IN_REVIEW]
            )
        ]
        for row in drafts:
            for warning in date_warnings(row):
                self.stderr.write(f"{row._meta.verbose_name} “{row}”: please check: {warning}")
        try:
            revisions = publish_all(drafts, by=None)
        except ActionRefused as refusal:
            raise CommandError("Nothing was published.\n" + "\n".join(refusal.reasons)) from refusal
        self.stdout.write(f"Published {len(revisions)} documents.")
