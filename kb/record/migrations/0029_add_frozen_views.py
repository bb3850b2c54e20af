from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0028_add_handled_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="FrozenView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("identity", models.CharField(max_length=64, unique=True)),
                ("query", models.TextField(blank=True)),
                ("version", models.PositiveBigIntegerField()),
                ("as_of", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("certain", models.PositiveIntegerField()),
                ("members", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("maker", models.CharField(max_length=32)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["made_at"], name="record_frozenview_made")],
            },
        ),
    ]
