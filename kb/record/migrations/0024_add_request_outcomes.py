"""Let requests for comment be counted by their outcomes."""

from django.db import migrations

BATCH_SIZE = 500


def add_outcomes(apps, schema_editor):
    alias = schema_editor.connection.alias
    facet = apps.get_model("record", "Facet")
    requests = apps.get_model("record", "Entry").objects.using(alias).filter(kind="request")
    rows = requests.order_by("pk").values_list("pk", "revision__document")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH_SIZE]):
        facet.objects.using(alias).bulk_create(
            (
                facet(entry_id=entry, name="outcome", value=document["outcome"])
                for entry, document in batch
                if document.get("outcome")
            ),
            ignore_conflicts=True,
        )
        last = batch[-1][0]


class Migration(migrations.Migration):
    dependencies = [("record", "0023_fill_source_parents")]

    operations = [migrations.RunPython(add_outcomes, migrations.RunPython.noop)]
