"""Store what each source derives from as a relation, so that it can be several."""

from django.db import migrations


def fill(apps, schema_editor):
    source = apps.get_model("desk", "Source")
    relation = apps.get_model("desk", "SourceRelation")
    relations = {
        (row.source_id, row.parent_id): row.pk for row in relation.objects.iterator(chunk_size=1000)
    }
    rows = source.objects.exclude(derives_from=None).order_by("pk")
    new = [
        relation(source_id=row.pk, parent_id=row.derives_from_id, derivation=row.derivation)
        for row in rows.iterator(chunk_size=1000)
        if (row.pk, row.derives_from_id) not in relations
    ]
    relation.objects.bulk_create(new, batch_size=500)


def first_parents(apps, schema_editor):
    """Store the first relation of each source in the source again. The relations stay."""
    source = apps.get_model("desk", "Source")
    relation = apps.get_model("desk", "SourceRelation")
    filled = set()
    for row in relation.objects.order_by("pk").iterator(chunk_size=1000):
        if row.source_id not in filled:
            filled.add(row.source_id)
            source.objects.filter(pk=row.source_id).update(
                derives_from=row.parent_id, derivation=row.derivation
            )


class Migration(migrations.Migration):
    dependencies = [("desk", "0016_remove_statement_outcome")]

    operations = [migrations.RunPython(fill, first_parents)]
