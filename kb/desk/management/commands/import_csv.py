"""``manage.py import_csv FILE``: events and statements from a table, as drafts."""

from kb.desk.importers.csv_file import read_csv
from kb.desk.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Load events and statements from a CSV file as drafts (docs/importing.md)."
    read = staticmethod(read_csv)
