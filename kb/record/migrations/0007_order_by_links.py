"""Room for the sort keys that follow times, links and lists, and an index for newest first."""

from django.db import migrations, models


def set_length(length):
    def change(apps, schema_editor):
        # SQLite has no limit to change, and would make the table anew, without its triggers.
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"ALTER TABLE record_entry ALTER COLUMN sort_key TYPE varchar({length})"
            )

    return change


class Migration(migrations.Migration):
    dependencies = [("record", "0006_add_request_kind")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(set_length(80), set_length(40))],
            state_operations=[
                migrations.AlterField(
                    model_name="entry",
                    name="sort_key",
                    field=models.CharField(max_length=80, unique=True),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["dated", "sort_key"], name="record_entry_newest"),
        ),
    ]
