from django.db import migrations


class Migration(migrations.Migration):
    """Renames the model only. Its table keeps the name, so the database is not changed."""

    dependencies = [("desk", "0007_ask_for_review")]

    operations = [
        migrations.AlterModelTable(name="edition", table="desk_edition"),
        migrations.RenameModel(old_name="Edition", new_name="AuditEntry"),
    ]
