import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kb.text.clean


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0004_make_cache_table"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=12)),
                ("version", models.PositiveIntegerField()),
                (
                    "done",
                    models.CharField(
                        choices=[
                            ("added", "added"),
                            ("saved", "saved"),
                            ("imported", "imported"),
                            ("sent", "sent for review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                            ("merged", "merged"),
                            ("split", "split"),
                            ("undone", "merge, split or import undone"),
                            ("followed", "changed along with another"),
                            ("restored", "earlier version restored"),
                            ("deleted", "deleted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("state", models.JSONField(null=True)),
                ("saved_at", models.DateTimeField(auto_now_add=True)),
                (
                    "saved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["public_id", "version"], name="desk_edition_of_thing")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "done__in",
                                [
                                    "added",
                                    "saved",
                                    "imported",
                                    "sent",
                                    "published",
                                    "withdrawn",
                                    "merged",
                                    "split",
                                    "undone",
                                    "followed",
                                    "restored",
                                    "deleted",
                                ],
                            )
                        ),
                        name="desk_edition_done_known",
                        violation_error_message="Choose the done from: added, saved, imported, sent, published, withdrawn, merged, split, undone, followed, restored, deleted.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[("merge", "merge"), ("split", "split")], max_length=5
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("origin", models.CharField(db_index=True, max_length=12)),
                ("origin_title", models.CharField(max_length=300)),
                ("target", models.CharField(blank=True, max_length=12)),
                ("target_title", models.CharField(max_length=300)),
                ("note", models.TextField(blank=True, validators=[kb.text.clean.validate_text])),
                ("wanted", models.JSONField(default=dict)),
                ("moved", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "merge or split",
                "verbose_name_plural": "merges and splits",
                "ordering": ["-pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("how__in", ["merge", "split"])),
                        name="desk_transfer_how_known",
                        violation_error_message="Choose the how from: merge, split.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("done_at__isnull", False), ("how", "merge"), ("undone_at", None)
                        ),
                        fields=("origin",),
                        name="desk_transfer_merged_once",
                    ),
                ],
            },
        ),
    ]
