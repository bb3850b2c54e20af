"""Give the entries that are live already the sort keys of their dates, and the facets of links.

The receiver of ``post_migrate`` then orders the entries that have links. The formulas are those of
kb.record when this was written. Going back gives the entries the keys in days of before.
"""

from django.db import migrations

from kb.dates import FuzzyDate

BATCH_SIZE = 500
ORDERING_LINKS = ("follows", "answers", "corrects")
KEY_OFFSET = 1_000_000
OPEN_WIDTH = 900_000_000_000
UNDATED = ("999001000000", "999999999999")


def date_key(when):
    """The middle of a date in half seconds and its width in seconds, as digits."""
    first, last = when.seconds()
    if first is None and last is None:
        return UNDATED
    is_closed = first is not None and last is not None
    width = last - first if is_closed else OPEN_WIDTH
    middle = first + last - 1 if is_closed and when.time else 2 * 60 * when.sort_key[0]
    return f"{middle + KEY_OFFSET:012d}", f"{width:012d}"


def key_in_seconds(document, entry):
    middle, width = date_key(FuzzyDate.from_json(document["date"]))
    carrier, position = "0" * 12, 0
    for citation in document["citations"]:
        is_read = citation["bearing"] == "supports" and citation["via"] is None
        if is_read and citation["position"] is not None:
            carrier, position = citation["source"].ljust(12, "0"), citation["position"]
            break
    public_id = entry.public_id.ljust(12, "0")
    return f"{middle}.{width}.000000.{carrier}.{position:06d}.{public_id}"


def key_in_days(document, entry):
    earliest, latest = entry.earliest, entry.latest
    if not earliest and not latest:
        return f"9999999.9999999.{entry.public_id}"
    first, last = (earliest or latest).toordinal(), (latest or earliest).toordinal()
    width = last - first + 1 if earliest and latest else 4_000_000
    return f"{(first + last) // 2:07d}.{width:07d}.{entry.public_id}"


def change_keys(key_of):
    def change(apps, schema_editor):
        alias = schema_editor.connection.alias
        entries = apps.get_model("record", "Entry").objects.using(alias)
        batch = []
        rows = entries.select_related("revision").order_by("pk")
        for entry in rows.iterator(chunk_size=BATCH_SIZE):
            entry.sort_key = key_of(entry.revision.document, entry)
            batch.append(entry)
            if len(batch) == BATCH_SIZE:
                entries.bulk_update(batch, ["sort_key"])
                batch = []
        entries.bulk_update(batch, ["sort_key"])

    return change


def add_links(apps, schema_editor):
    alias = schema_editor.connection.alias
    entries = apps.get_model("record", "Entry").objects.using(alias)
    facet = apps.get_model("record", "Facet")
    rows = entries.select_related("revision").order_by("pk")
    parts = []
    for entry in rows.iterator(chunk_size=BATCH_SIZE):
        links = entry.revision.document["links"]
        values = {("linked", link["to"]) for link in links}
        values |= {("after", link["to"]) for link in links if link["kind"] in ORDERING_LINKS}
        parts += [facet(entry_id=entry.pk, name=name, value=value) for name, value in values]
    facet.objects.using(alias).bulk_create(parts, batch_size=BATCH_SIZE)


def remove_links(apps, schema_editor):
    alias = schema_editor.connection.alias
    facets = apps.get_model("record", "Facet").objects.using(alias)
    facets.filter(name__in=["after", "linked"]).delete()


class Migration(migrations.Migration):
    dependencies = [("record", "0008_publish_silence_as_requests")]

    operations = [
        migrations.RunPython(change_keys(key_in_seconds), change_keys(key_in_days)),
        migrations.RunPython(add_links, remove_links),
    ]
