import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kb.text.clean


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0025_add_key_moments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DismissedProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("exact", models.TextField()),
                ("before", models.CharField(blank=True, max_length=40)),
                ("after", models.CharField(blank=True, max_length=40)),
                ("dismissed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "dismissed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dismissed_proposals",
                        to="desk.source",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SourceText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("body", models.TextField(validators=[kb.text.clean.validate_text])),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="desk.source",
                    ),
                ),
            ],
            options={
                "ordering": ["source", "number"],
                "permissions": [
                    ("use_source_text", "Can read and replace the text of a source"),
                    ("delete_source_text", "Can delete the text of a source"),
                ],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PassageMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("statement", "statement"),
                            ("event", "event"),
                            ("position", "position"),
                            ("request", "request for comment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("exact", models.TextField()),
                ("before", models.CharField(blank=True, max_length=40)),
                ("after", models.CharField(blank=True, max_length=40)),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[("same", "same place"), ("moved", "moved"), ("lost", "lost")],
                        max_length=5,
                    ),
                ),
                (
                    "citation",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mark",
                        to="desk.citation",
                    ),
                ),
                (
                    "stance",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mark",
                        to="desk.stance",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="desk.sourcetext",
                    ),
                ),
            ],
            options={
                "ordering": ["start", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="sourcetext",
            constraint=models.UniqueConstraint(
                fields=("source", "number"), name="desk_sourcetext_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcetext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deleted_at", None), models.Q(("body", ""), _negated=True)),
                    models.Q(("body", ""), ("deleted_at__isnull", False)),
                    _connector="OR",
                ),
                name="desk_sourcetext_body_unless_deleted",
            ),
        ),
        migrations.AddConstraint(
            model_name="passagemark",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["statement", "event", "position", "request"])),
                name="desk_passagemark_kind_known",
                violation_error_message="“kind” must be one of: statement, event, position, request.",
            ),
        ),
        migrations.AddConstraint(
            model_name="passagemark",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["", "same", "moved", "lost"])),
                name="desk_passagemark_status_known",
                violation_error_message="“status” must be one of: same, moved, lost.",
            ),
        ),
        migrations.AddConstraint(
            model_name="passagemark",
            constraint=models.CheckConstraint(
                condition=models.Q(("start__lt", models.F("end"))),
                name="desk_passagemark_not_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="passagemark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("citation", None), ("kind", "position"), ("stance__isnull", False)),
                    models.Q(
                        models.Q(("kind", "position"), _negated=True),
                        ("citation__isnull", False),
                        ("stance", None),
                    ),
                    _connector="OR",
                ),
                name="desk_passagemark_of_one_row",
            ),
        ),
    ]
