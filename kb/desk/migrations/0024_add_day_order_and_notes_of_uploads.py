"""The order of day and month that the sender of a file chose, and the notes on the whole file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0020_remove_wording_of_statements")]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="day_order",
            field=models.CharField(blank=True, default="", max_length=11),
        ),
        migrations.AddField(
            model_name="upload",
            name="notes",
            field=models.JSONField(default=list, help_text="Sentences about the file as a whole."),
        ),
    ]
