from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes for lists of changes: the whole order, as a publication can be of very many; kinds."""

    dependencies = [("record", "0015_fill_months")]

    operations = [
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["-published_at", "-id"], name="record_revision_latest"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["change"], name="record_revision_change"),
        ),
        migrations.RemoveIndex(model_name="revision", name="record_revision_newest"),
    ]
