"""Order entries by minutes in UTC instead of days.

No document has a time of day yet, so the order of dates without a zone stays as it is. The formulas
are those of kb.dates when this was written, but a date in a named zone is as wide as its days,
without an hour of summer time; the width decides only between dates with the same middle.
manage.py rebuild_index makes it exact.
"""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations

DAY, NOON, ALL_ZONES = 24 * 60, 12 * 60, 26 * 60
OPEN_WIDTH = 6_000_000_000
UNDATED = "9999999999.9999999999.00"
OFFSET = re.compile("([+-])([0-9]{2}):([0-9]{2})")
BATCH_SIZE = 500


def offset_of(zone, day):
    """The offset of a zone at noon, in minutes; None for a text that is no zone."""
    if zone == "Z":
        return 0
    if match := OFFSET.fullmatch(zone):
        sign, hours, minutes = match.groups()
        offset = (int(hours) * 60 + int(minutes)) * (1 if sign == "+" else -1)
        return offset if -12 * 60 <= offset <= 14 * 60 else None
    if "/" not in zone or not zone.isascii() or not zone.isprintable():
        return None
    try:
        offset = datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).utcoffset()
    except (KeyError, ValueError, OSError):
        return None
    return (offset or timedelta()) // timedelta(minutes=1)


def key_in_minutes(earliest, latest, zone):
    if not earliest and not latest:
        return UNDATED
    first, last = earliest or latest, latest or earliest
    day = (first.toordinal() + last.toordinal()) // 2
    offset = offset_of(zone, type(first).fromordinal(day)) if zone else None
    width = (last - first).days * DAY + DAY + (ALL_ZONES if offset is None else 0)
    if not earliest or not latest:
        width = OPEN_WIDTH
    minute = (day - 1) * DAY + NOON - (60 if offset is None else offset)
    return f"{max(minute, 0):010d}.{width:010d}.00"


def key_in_days(earliest, latest, zone):
    if not earliest and not latest:
        return "9999999.9999999"
    first, last = earliest or latest, latest or earliest
    width = last.toordinal() - first.toordinal() + 1 if earliest and latest else 4_000_000
    return f"{(first.toordinal() + last.toordinal()) // 2:07d}.{width:07d}"


def change_keys(key_of):
    def change(apps, schema_editor):
        model = apps.get_model("record", "Entry")
        entries = model.objects.using(schema_editor.connection.alias)
        rows = entries.select_related("revision").order_by("pk")
        batch = []
        for entry in rows.iterator(chunk_size=BATCH_SIZE):
            zone = entry.revision.document["date"].get("zone") or ""
            key = key_of(entry.earliest, entry.latest, zone)
            entry.sort_key = f"{key}.{entry.public_id}"
            batch.append(entry)
            if len(batch) == BATCH_SIZE:
                entries.bulk_update(batch, ["sort_key"])
                batch = []
        entries.bulk_update(batch, ["sort_key"])

    return change


class Migration(migrations.Migration):
    dependencies = [("record", "0006_add_request_kind")]

    operations = [migrations.RunPython(change_keys(key_in_minutes), change_keys(key_in_days))]
