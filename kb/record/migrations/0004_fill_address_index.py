"""Put the addresses of the records that are live already into the index of addresses."""

from django.db import migrations

KINDS = ["actor", "source", "incident", "event", "statement"]


def fill_address_index(apps, schema_editor):
    alias = schema_editor.connection.alias
    revision = apps.get_model("record", "Revision")
    index = apps.get_model("record", "AddressIndex")
    live = (
        revision.objects.using(alias)
        .filter(superseded_at=None, kind__in=KINDS)
        .exclude(change__in=["withdrawal", "merge"])
    )
    rows = live.values_list("public_id", "kind", "slug").iterator(chunk_size=500)
    index.objects.using(alias).bulk_create(
        (
            index(public_id=public_id, kind=kind, slug=slug, reversed_slug=slug[::-1])
            for public_id, kind, slug in rows
        ),
        batch_size=500,
    )


def empty_address_index(apps, schema_editor):
    apps.get_model("record", "AddressIndex").objects.using(
        schema_editor.connection.alias
    ).all().delete()


class Migration(migrations.Migration):
    dependencies = [("record", "0003_create_address_index")]

    operations = [migrations.RunPython(fill_address_index, empty_address_index)]
