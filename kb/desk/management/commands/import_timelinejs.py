"""``manage.py import_timelinejs FILE``: the slides of a timeline, as drafts."""

from kb.desk.importers.timelinejs import read_timelinejs
from kb.desk.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Load the slides of a TimelineJS file, JSON or CSV, as drafts (docs/importing.md)."
    read = staticmethod(read_timelinejs)
