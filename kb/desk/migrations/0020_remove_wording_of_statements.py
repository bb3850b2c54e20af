from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("desk", "0019_move_wording_to_citations")]

    operations = [
        migrations.RemoveConstraint(
            model_name="statement",
            name="desk_statement_wording_known",
        ),
        migrations.RemoveField(
            model_name="statement",
            name="wording",
        ),
    ]
