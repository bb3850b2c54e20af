from django.conf import settings
from django.db import migrations, models

import kb.dates.columns


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0010_add_time_of_day"),
        ("desk", "0014_limit_questions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="citation",
            name="said_time",
            field=kb.dates.columns.TimeOfDayField(
                blank=True, default="", max_length=8, verbose_name="time of day"
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="asked_on_time",
            field=kb.dates.columns.TimeOfDayField(
                blank=True, default="", max_length=8, verbose_name="time of day"
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="no_reply_by_time",
            field=kb.dates.columns.TimeOfDayField(
                blank=True, default="", max_length=8, verbose_name="time of day"
            ),
        ),
        migrations.AlterField(
            model_name="citation",
            name="said_zone",
            field=kb.dates.columns.ZoneField(blank=True, max_length=40, verbose_name="time zone"),
        ),
        migrations.AlterField(
            model_name="request",
            name="asked_on_zone",
            field=kb.dates.columns.ZoneField(blank=True, max_length=40, verbose_name="time zone"),
        ),
        migrations.AlterField(
            model_name="request",
            name="no_reply_by_zone",
            field=kb.dates.columns.ZoneField(blank=True, max_length=40, verbose_name="time zone"),
        ),
        migrations.AddConstraint(
            model_name="citation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("said_time", ""),
                    models.Q(
                        ("said_earliest", models.F("said_latest")),
                        ("said_earliest__isnull", False),
                        ("said_latest__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="desk_citation_said_time_needs_day",
                violation_error_message="A time of day needs a single day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asked_on_time", ""),
                    models.Q(
                        ("asked_on_earliest", models.F("asked_on_latest")),
                        ("asked_on_earliest__isnull", False),
                        ("asked_on_latest__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="desk_request_asked_on_time_needs_day",
                violation_error_message="A time of day needs a single day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("no_reply_by_time", ""),
                    models.Q(
                        ("no_reply_by_earliest", models.F("no_reply_by_latest")),
                        ("no_reply_by_earliest__isnull", False),
                        ("no_reply_by_latest__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="desk_request_no_reply_by_time_needs_day",
                violation_error_message="A time of day needs a single day.",
            ),
        ),
    ]
