import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Epoch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("changed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="record_epoch_one_row"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("actor", "actor"),
                            ("source", "source"),
                            ("incident", "incident"),
                            ("topic", "topic"),
                            ("event", "event"),
                            ("statement", "statement"),
                            ("proposition", "contested claim"),
                        ],
                        max_length=12,
                    ),
                ),
                ("slug", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=300)),
                ("number", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("first", "First published"),
                            ("update", "Update"),
                            ("correction", "Correction"),
                            ("merge", "Merged"),
                            ("withdrawal", "Withdrawn"),
                            ("link", "Linked"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("published_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("sha256", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["public_id", "number"],
                "indexes": [
                    models.Index(fields=["kind", "slug"], name="record_revision_address"),
                    models.Index(fields=["-published_at"], name="record_revision_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("public_id", "number"), name="record_revision_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("public_id",),
                        name="record_revision_one_current",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("kind", "slug"),
                        name="record_revision_slug_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("change__in", ["correction", "withdrawal", "merge"]), _negated=True
                            ),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="record_revision_reason_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("kind", models.CharField(max_length=12)),
                ("earliest", models.DateField(null=True)),
                ("latest", models.DateField(null=True)),
                ("dated", models.BooleanField()),
                ("sort_key", models.CharField(max_length=40, unique=True)),
                ("known_since", models.DateField(db_index=True, null=True)),
                ("standing", models.CharField(blank=True, max_length=12)),
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
                "ordering": ["sort_key"],
            },
        ),
        migrations.CreateModel(
            name="Facet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=12)),
                ("value", models.CharField(max_length=40)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facets",
                        to="record.entry",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "value", "entry"), name="record_facet_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["earliest", "latest"], name="record_entry_bounds"),
        ),
    ]
