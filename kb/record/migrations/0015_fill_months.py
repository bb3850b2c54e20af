"""Give the entries that are live already the numbers of their months."""

from django.db import migrations
from django.db.models import F, IntegerField
from django.db.models.functions import Cast, ExtractMonth, ExtractYear


def fill_months(apps, schema_editor):
    alias = schema_editor.connection.alias
    entries = apps.get_model("record", "Entry").objects.using(alias)
    for column, day in (("first_month", "earliest"), ("last_month", "latest")):
        month = Cast(ExtractYear(F(day)) * 12 + ExtractMonth(F(day)) - 1, IntegerField())
        entries.exclude(**{day: None}).update(**{column: month})


class Migration(migrations.Migration):
    dependencies = [("record", "0014_add_months")]

    operations = [migrations.RunPython(fill_months, migrations.RunPython.noop)]
