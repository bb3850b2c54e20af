from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("record", "0016_index_changes")]

    operations = [
        migrations.CreateModel(
            name="PendingDependants",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=16)),
                ("value", models.CharField(max_length=120)),
                ("last_entry", models.BigIntegerField(default=0)),
                ("worker", models.CharField(blank=True, max_length=80)),
                ("worked_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "value"), name="record_pendingdependants_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimActor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("claim", models.CharField(max_length=12)),
                ("actor", models.CharField(db_index=True, max_length=12)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("claim", "actor"), name="record_claimactor_once"
                    )
                ],
            },
        ),
    ]
