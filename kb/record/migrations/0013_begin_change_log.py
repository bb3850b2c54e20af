from django.db import migrations
from django.utils import timezone


def begin_log(apps, schema_editor):
    """Write the first line, by which copies of the index know this database."""
    log = apps.get_model("record", "EntryChange").objects.using(schema_editor.connection.alias)
    log.create(version=0, public_id="", noted_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("record", "0012_create_change_log")]

    operations = [migrations.RunPython(begin_log, migrations.RunPython.noop)]
