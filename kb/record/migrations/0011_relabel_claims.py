from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("record", "0010_widen_facets")]

    operations = [
        migrations.AlterField(
            "revision",
            "kind",
            models.CharField(
                choices=[
                    ("actor", "actor"),
                    ("source", "source"),
                    ("incident", "incident"),
                    ("topic", "topic"),
                    ("event", "event"),
                    ("statement", "statement"),
                    ("request", "request for comment"),
                    ("proposition", "claim"),
                ],
                max_length=12,
            ),
        ),
    ]
