from django.db import migrations, models


class Migration(migrations.Migration):
    """The log from which copies of the read index are brought up to date."""

    dependencies = [("record", "0011_relabel_claims")]

    operations = [
        migrations.CreateModel(
            name="EntryChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveBigIntegerField()),
                ("public_id", models.CharField(blank=True, max_length=12)),
                ("noted_at", models.DateTimeField()),
            ],
            options={"ordering": ["pk"]},
        ),
    ]
