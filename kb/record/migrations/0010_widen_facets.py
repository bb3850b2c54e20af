from django.db import migrations, models


class Migration(migrations.Migration):
    """Room for the names of places, and for the longer names of filters."""

    dependencies = [
        ("record", "0009_fill_sort_keys"),
    ]

    operations = [
        migrations.AlterField(
            model_name="facet",
            name="name",
            field=models.CharField(max_length=16),
        ),
        migrations.AlterField(
            model_name="facet",
            name="value",
            field=models.CharField(max_length=120),
        ),
    ]
