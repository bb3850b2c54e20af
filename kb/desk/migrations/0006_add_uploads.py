import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0005_keep_versions_and_transfers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="importbatch",
            options={
                "default_permissions": (),
                "ordering": ["-pk"],
                "permissions": [("import_file", "Can import files, and undo an import")],
                "verbose_name": "import",
            },
        ),
        migrations.AddField(
            model_name="importedrow",
            name="before",
            field=models.JSONField(
                encoder=django.core.serializers.json.DjangoJSONEncoder,
                help_text="Of a thing that was changed: what stood there, and what was remembered of it.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("name", models.CharField(max_length=200)),
                ("file_kind", models.CharField(max_length=12)),
                ("origin", models.CharField(max_length=100)),
                ("columns", models.JSONField(default=dict)),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("report", models.JSONField(default=list)),
                (
                    "checked",
                    models.PositiveIntegerField(
                        default=0, help_text="Rows checked again while loading."
                    ),
                ),
                ("busy_since", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="desk.importbatch",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "default_permissions": (),
            },
        ),
    ]
