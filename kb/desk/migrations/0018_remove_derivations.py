from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("desk", "0017_fill_source_relations")]

    operations = [
        migrations.RemoveConstraint(model_name="source", name="desk_source_not_from_itself"),
        migrations.RemoveField(model_name="source", name="derives_from"),
        migrations.RemoveField(model_name="source", name="derivation"),
    ]
