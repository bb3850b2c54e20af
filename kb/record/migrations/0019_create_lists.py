import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0018_fill_claim_actors"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListedClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("claim", models.CharField(max_length=12, unique=True)),
                ("incident", models.CharField(blank=True, max_length=12)),
                ("contested", models.BooleanField()),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["incident", "contested"], name="record_listed_claims")
                ],
            },
        ),
        migrations.CreateModel(
            name="ListTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("own_kind", models.CharField(blank=True, max_length=16)),
                ("records", models.IntegerField()),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "own_kind"), name="record_listtotal_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListedRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("kind", models.CharField(max_length=12)),
                ("own_kind", models.CharField(blank=True, max_length=16)),
                ("owner", models.CharField(blank=True, max_length=12)),
                ("name_key", models.BinaryField()),
                ("newest", models.BigIntegerField()),
                ("entries", models.IntegerField(default=0)),
                ("search_text", models.TextField(blank=True)),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="record.revision",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "name_key"],
                "indexes": [
                    models.Index(fields=["kind", "name_key"], name="record_listed_name"),
                    models.Index(
                        fields=["kind", "-newest", "name_key"], name="record_listed_newest"
                    ),
                    models.Index(
                        fields=["kind", "-entries", "name_key"], name="record_listed_entries"
                    ),
                    models.Index(
                        fields=["kind", "own_kind", "name_key"], name="record_listed_kind_name"
                    ),
                    models.Index(
                        fields=["kind", "own_kind", "-newest", "name_key"],
                        name="record_listed_kind_newest",
                    ),
                    models.Index(
                        fields=["kind", "own_kind", "-entries", "name_key"],
                        name="record_listed_kind_entries",
                    ),
                    models.Index(fields=["owner", "kind"], name="record_listed_owner"),
                ],
            },
        ),
    ]
