"""Make room for the records that claims depend on; the days are stored after it (kb.record.apps)."""

from django.db import migrations, models


def remove_days(apps, schema_editor):
    facets = apps.get_model("record", "Facet").objects.using(schema_editor.connection.alias)
    facets.filter(name="contested_since").delete()


class Migration(migrations.Migration):
    dependencies = [("record", "0032_add_minimum_version")]

    operations = [
        migrations.RemoveConstraint("ClaimActor", "record_claimactor_once"),
        migrations.RenameModel("ClaimActor", "ClaimInput"),
        migrations.RenameField("ClaimInput", "actor", "record"),
        migrations.AddConstraint(
            "ClaimInput",
            models.UniqueConstraint(fields=["claim", "record"], name="record_claiminput_once"),
        ),
        migrations.RunPython(migrations.RunPython.noop, remove_days),
    ]
