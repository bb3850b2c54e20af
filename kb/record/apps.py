import sys
from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate


class RecordConfig(AppConfig):
    """The record: append-only revisions and the read index that readers are served from."""

    name = "kb.record"
    label = "record"

    def ready(self) -> None:
        post_migrate.connect(order_linked_entries, sender=self)
        post_migrate.connect(fill_new_lists, sender=self)
        post_migrate.connect(add_days_of_claims, sender=self)
        post_migrate.connect(renew_words, sender=self)
        post_migrate.connect(count_tables, sender=self)


def order_linked_entries(using: str, apps: Any = None, **options: Any) -> None:
    """Order the entries that have links, whose keys a migration made from their dates alone.

    Receiver of ``post_migrate``. Does nothing after a migration to before there were such links,
    or after ``flush``, which sends no ``apps``.
    """
    if apps is None or using != DEFAULT_DB_ALIAS:
        return
    from kb.record.entry_order import order_all_entries
    from kb.record.models import Entry

    length = apps.get_model("record", "Entry")._meta.get_field("sort_key").max_length
    if length == Entry._meta.get_field("sort_key").max_length:
        order_all_entries()


def fill_new_lists(using: str, apps: Any = None, **options: Any) -> None:
    """Fill the tables that lists are read from, after the migration that has created them.

    Receiver of ``post_migrate``: whether a claim is contested, only the program can tell. Does
    nothing if they are filled, after a migration to before they existed, or after ``flush``.
    """
    if apps is None or using != DEFAULT_DB_ALIAS:
        return
    try:
        apps.get_model("record", "ListedRecord")
    except LookupError:
        return
    from kb.record.list_rebuild import are_lists_empty, fill_lists

    if are_lists_empty():
        fill_lists()


def add_days_of_claims(using: str, apps: Any = None, **options: Any) -> None:
    """Store since which days claims are contested, after the migration that makes room for it.

    Receiver of ``post_migrate``: only the program can tell. Does nothing if that is stored, after a
    migration to before there was room, or after ``flush``.
    """
    if apps is None or using != DEFAULT_DB_ALIAS:
        return
    try:
        apps.get_model("record", "ClaimInput")
    except LookupError:
        return
    from kb.record.contested import are_days_missing, index_contested_claims

    if are_days_missing():
        index_contested_claims()


def renew_words(using: str, apps: Any = None, verbosity: int = 1, **options: Any) -> None:
    """Make the read index again if an earlier version of the program normalised its words.

    Receiver of ``post_migrate``: the rules are those of the program. Readers and editors can go on.
    Does nothing after a migration to before the index had an edition, or after ``flush``.
    """
    if apps is None or using != DEFAULT_DB_ALIAS:
        return
    fields = apps.get_model("record", "Epoch")._meta.get_fields()
    if all(field.name != "fold_edition" for field in fields):
        return
    from kb.record.publication_version import has_older_words
    from kb.record.rebuild import rebuild_index

    if has_older_words():
        if verbosity:
            sys.stdout.write("  Rebuilding the read index with the search rules of this version…\n")
        rebuild_index(in_batches=True)


def count_tables(using: str, apps: Any = None, plan: Any = (), **options: Any) -> None:
    """Update the database's statistics after migrations, which may fill or change tables.

    Receiver of ``post_migrate``. Does nothing if no migration ran, or after ``flush``.
    """
    if apps is None or using != DEFAULT_DB_ALIAS or not plan:
        return
    from kb.record.statistics import analyze_tables

    analyze_tables()
