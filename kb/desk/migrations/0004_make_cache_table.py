from django.db import migrations, models


class Migration(migrations.Migration):
    """The table of ``CACHES`` in kb/settings.py, as ``createcachetable`` would make it.

    No model stands for it: it holds what is counted for a quarter of an hour, and nothing that
    belongs to the knowledge base.
    """

    dependencies = [("desk", "0003_imports")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.CreateModel(
                    name="CacheRow",
                    fields=[
                        (
                            "cache_key",
                            models.CharField(max_length=255, primary_key=True, serialize=False),
                        ),
                        ("value", models.TextField()),
                        ("expires", models.DateTimeField(db_index=True)),
                    ],
                    options={"db_table": "desk_cache"},
                )
            ]
        )
    ]
