from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0021_add_fold_edition"),
    ]

    operations = [
        migrations.CreateModel(
            name="SourceParent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=12)),
                ("parent", models.CharField(max_length=12)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["source"], name="record_sourceparent_source")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("parent", "source"), name="record_sourceparent_once"
                    )
                ],
            },
        ),
    ]
