from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns for the months of an entry's first and last day, as whole numbers."""

    dependencies = [("record", "0013_begin_change_log")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="first_month",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="entry",
            name="last_month",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
