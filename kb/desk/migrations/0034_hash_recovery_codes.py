from typing import Any

from django.db import migrations

CODES = "recovery_codes"


def hash_codes(apps: Any, schema_editor: Any) -> None:
    """Replace the seeds of recovery codes, from which they can be read, by hashes."""
    from kb.desk.signin.recovery_codes import hashed_data

    rows = apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias)
    for row in rows.filter(type=CODES):
        if "hashes" not in row.data:
            row.data = hashed_data(row)
            row.save(update_fields=["data"])


def remove_codes(apps: Any, schema_editor: Any) -> None:
    """Remove codes that an earlier version cannot read. Accounts make new ones."""
    rows = apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias)
    rows.filter(type=CODES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0033_add_distinct_pairs"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [migrations.RunPython(hash_codes, remove_codes)]
