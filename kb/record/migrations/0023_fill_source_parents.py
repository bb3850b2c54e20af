"""Store which sources derive from which."""

from django.db import migrations

BATCH_SIZE = 500
TOMBSTONES = ("withdrawal", "merge")


def fill_source_parents(apps, schema_editor):
    alias = schema_editor.connection.alias
    revisions = apps.get_model("record", "Revision").objects.using(alias)
    source_parent = apps.get_model("record", "SourceParent")
    live = revisions.filter(kind="source", superseded_at=None).exclude(change__in=TOMBSTONES)
    keys = list(live.order_by().values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH_SIZE):
        rows = revisions.filter(pk__in=keys[start : start + BATCH_SIZE])
        source_parent.objects.using(alias).bulk_create(
            source_parent(source=public_id, parent=parent)
            for public_id, document in rows.order_by("pk").values_list("public_id", "document")
            for parent in sorted(parents_of(document))
        )


def parents_of(document):
    """The parents in a document; those of edition 1 have at most one."""
    if "parents" in document:
        return {parent["source"] for parent in document["parents"]}
    return {document["derives_from"]} if document.get("derives_from") else set()


class Migration(migrations.Migration):
    dependencies = [("record", "0022_add_source_parents")]

    operations = [migrations.RunPython(fill_source_parents, migrations.RunPython.noop)]
