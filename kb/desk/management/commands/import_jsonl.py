"""``manage.py import_jsonl FILE``: entries of another knowledge base, as drafts."""

from kb.desk.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Load entries from a JSON Lines file, as exported by /timeline.jsonl, as drafts."
    kind = "jsonl"
