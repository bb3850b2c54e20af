"""``manage.py publish --all``: publish drafts, all of them or those that options select."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.desk.date_warnings import date_warnings
from kb.desk.models import ImportBatch, Incident, Source
from kb.desk.verbs.bulk_publishing import BulkResult, check_drafts, publish_drafts
from kb.desk.verbs.draft_selection import DraftKeys, DraftRows, draft_keys
from kb.record.pending_index import drain

ROWS_PER_LINE = 1000
WARNED_AT_ONCE = 200


class Command(BaseCommand):
    help = (
        "Publish unpublished records. What cannot be published is listed with the reason, and the "
        "rest is published. The exit status is 1 if anything was left out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            required=True,
            help="publish all drafts and everything in review, or those that the options select",
        )
        parser.add_argument(
            "--incident", metavar="SLUG", help="only what belongs to this incident, and itself"
        )
        parser.add_argument(
            "--import", metavar="NUMBER", type=int, dest="batch", help="only what this import added"
        )
        parser.add_argument(
            "--source", metavar="SLUG", help="only what cites this source, and itself"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would happen without saving anything"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keys = _selected_keys(options["incident"], options["batch"], options["source"])
        for rows in DraftRows(keys, WARNED_AT_ONCE):
            for row in rows:
                for warning in date_warnings(row):
                    self.stderr.write(f"{row._meta.verbose_name} “{row}”: please check: {warning}")
        if options["dry_run"]:
            result = check_drafts(keys, progress=self._report)
            self.stdout.write(f"Would publish {result.published} documents.")
        else:
            result = publish_drafts(keys, progress=self._report)
            self.stdout.write(f"Published {result.published} documents.")
            drain()
        self._list_refused(result)

    def _report(self, done: int) -> None:
        if done // ROWS_PER_LINE > self._lines:
            self._lines = done // ROWS_PER_LINE
            self.stdout.write(f"{done} records …")

    _lines = 0

    def _list_refused(self, result: BulkResult) -> None:
        for row, reasons in result.refused:
            label = f"{row._meta.verbose_name} “{row}”: "
            for reason in reasons:
                self.stderr.write(label + reason.removeprefix(label))
        if result.refused:
            raise CommandError(f"{len(result.refused)} records were not published.")


def _selected_keys(incident: str | None, batch: int | None, source: str | None) -> DraftKeys:
    """The keys of the drafts that all of these options select. Raises CommandError."""
    incident_row = source_row = batch_row = None
    if incident is not None:
        incident_row = Incident.objects.filter(slug=incident).first()
        if incident_row is None:
            raise CommandError(f"Incident {incident} does not exist. Give its slug.")
    if source is not None:
        source_row = Source.objects.filter(slug=source).first()
        if source_row is None:
            raise CommandError(f"Source {source} does not exist. Give its slug.")
    if batch is not None:
        batch_row = ImportBatch.objects.filter(pk=batch).first()
        if batch_row is None:
            raise CommandError(f"Import {batch} does not exist.")
    return draft_keys(source=source_row, incident=incident_row, batch=batch_row)
