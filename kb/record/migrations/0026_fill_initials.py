"""Store the letter under which each record is listed, and count the records by it."""

from collections import defaultdict
from string import ascii_lowercase

from django.db import migrations
from django.db.models import Count

BATCH_SIZE = 500
KEY = ("kind", "own_kind", "initial")


def fill_initials(apps, schema_editor):
    alias = schema_editor.connection.alias
    records = apps.get_model("record", "ListedRecord").objects.using(alias)
    rows = records.order_by("pk").values_list("pk", "name_key")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH_SIZE]):
        keys = defaultdict(list)
        for pk, name_key in batch:
            keys[initial_of(bytes(name_key).split(b"\0")[0].decode())].append(pk)
        for initial, pks in keys.items():
            records.filter(pk__in=pks).update(initial=initial)
        last = batch[-1][0]
    total = apps.get_model("record", "ListTotal")
    total.objects.using(alias).all().delete()
    counts = records.order_by().values_list(*KEY).annotate(records=Count("pk"))
    total.objects.using(alias).bulk_create(
        total(**dict(zip(KEY, values, strict=True)), records=count) for *values, count in counts
    )


def initial_of(name):
    first = next((letter for letter in name if letter.isalnum()), "")
    if first and first in ascii_lowercase:
        return first
    return "0-9" if first.isdecimal() else "other"


class Migration(migrations.Migration):
    dependencies = [("record", "0025_list_by_initial")]

    operations = [migrations.RunPython(fill_initials, migrations.RunPython.noop)]
