"""``manage.py import_csv FILE``: events and statements from a table, as drafts."""

from argparse import ArgumentParser

from kb.desk.importers.day_order import DAY_ORDERS
from kb.desk.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Load events and statements from a CSV file as drafts. See docs/importing.md."
    kind = "csv"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--column",
            action="append",
            metavar="OURS=THEIRS",
            help="field and column of the file, such as title=Name; can be repeated",
        )
        parser.add_argument(
            "--dates",
            choices=list(DAY_ORDERS),
            help="order of day and month in dates such as 12/05/2023 (default: refuse them)",
        )
