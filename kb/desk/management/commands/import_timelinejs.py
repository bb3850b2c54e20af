"""``manage.py import_timelinejs FILE``: the slides of a timeline, as drafts of events."""

from kb.desk.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Load the slides of a TimelineJS file (JSON or CSV) as drafts. See docs/importing.md."
    kind = "timelinejs"
