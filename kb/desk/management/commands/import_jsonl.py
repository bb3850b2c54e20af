"""``manage.py import_jsonl FILE``: entries of another knowledge base, as drafts."""

from kb.desk.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Load entries from JSON Lines, as /timeline.jsonl gives them, as drafts."
    kind = "jsonl"
