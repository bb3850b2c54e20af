"""``manage.py import_table FILE``: entries from a table or another file, as drafts."""

from argparse import ArgumentParser

from kb.desk.importers.day_order import DAY_ORDERS
from kb.desk.importers.read_options import CENTURIES
from kb.desk.management.importing import ImportCommand


class Command(ImportCommand):
    help = (
        "Load events and statements from a workbook, a CSV file or any other file that is read, "
        "as drafts. See docs/importing.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--column",
            action="append",
            metavar="OURS=THEIRS",
            help="field and column of the file, such as title=Name; can be repeated",
        )
        order = parser.add_mutually_exclusive_group()
        for option, (_order, label) in DAY_ORDERS.items():
            order.add_argument(
                f"--{option}",
                action="store_const",
                const=option,
                dest="day_order",
                help=f"order in dates such as 12/05/2023: {label} (default: refuse them)",
            )
        order.add_argument("--dates", choices=list(DAY_ORDERS), help="the same as an option")
        parser.add_argument(
            "--century",
            choices=list(CENTURIES),
            help="century of years with two digits, such as 20 for 2026 (default: refuse them)",
        )
