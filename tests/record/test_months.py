"""The months of entries are those of their first and last days."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from kb.record.models import Entry
from kb.record.months import month_number
from tests.make import make_event, published


def test_months_count_from_the_year_0():
    assert month_number(date(1, 1, 1)) == 12
    assert month_number(date(2023, 12, 31)) - month_number(date(2023, 1, 1)) == 11
    assert month_number(None) is None


@pytest.mark.django_db
def test_migration_fills_the_months_that_indexing_gives():
    for when in ("2023-12-15", "2022/2024-02", "../2023-06", "2023-08/..", ""):
        published(make_event(happened=when))
    columns = ("earliest", "latest", "first_month", "last_month")
    indexed = list(Entry.objects.order_by("pk").values_list(*columns))
    for earliest, latest, first, last in indexed:
        assert (first, last) == (month_number(earliest), month_number(latest))
    Entry.objects.update(first_month=None, last_month=None)
    migration = import_module("kb.record.migrations.0015_fill_months")
    migration.fill_months(apps, type("Editor", (), {"connection": connection}))
    assert list(Entry.objects.order_by("pk").values_list(*columns)) == indexed
