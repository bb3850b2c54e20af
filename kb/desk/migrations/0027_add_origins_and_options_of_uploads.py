"""How files of an origin are read, and all options and headings of a file that waits.

A file that waits during the migration is read without its options: its report changes, and says so.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0026_add_source_texts")]

    operations = [
        migrations.CreateModel(
            name="ImportOrigin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                ("options", models.JSONField(default=dict)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddField(
            model_name="upload",
            name="options",
            field=models.JSONField(default=dict, help_text="How the file is read."),
        ),
        migrations.AddField(
            model_name="upload",
            name="layout",
            field=models.JSONField(default=dict, help_text="Headings, samples and new names."),
        ),
        migrations.RemoveField(model_name="upload", name="columns"),
        migrations.RemoveField(model_name="upload", name="day_order"),
    ]
