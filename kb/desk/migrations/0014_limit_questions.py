from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0013_fill_second_edition")]

    operations = [
        migrations.AddConstraint(
            model_name="proposition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("question__in", ["whether", "when", "which", "how_many", "who"])
                ),
                name="desk_proposition_question_known",
                violation_error_message="“question” must be one of: whether, when, which, how_many, who.",
            ),
        ),
    ]
