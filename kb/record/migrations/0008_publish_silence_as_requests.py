"""Publish a request for comment in place of each published statement that nobody made.

The earlier versions stay as they were published, at their own addresses; the address of the
statement leads to the request.
"""

from django.db import migrations
from django.utils import timezone

from kb.record.migrations._silent_statements import SILENT_OUTCOMES, silent_request_revision

# What only a statement is found by.
STATEMENT_FACETS = ("kind", "by", "for", "to", "about", "form", "language", "reply_to")


def publish_requests(apps, schema_editor):
    revisions = apps.get_model("record", "Revision").objects
    silent = revisions.filter(
        kind="statement", superseded_at=None, document__outcome__in=SILENT_OUTCOMES
    ).exclude(change__in=("withdrawal", "merge"))
    now, count = timezone.now(), 0
    for revision in list(silent.order_by("pk")):
        revisions.filter(pk=revision.pk).update(superseded_at=now)
        request = revisions.create(
            **silent_request_revision(revision.document, revision.number, now)
        )
        _index(apps, request)
        count += 1
    if count:
        epoch, _created = apps.get_model("record", "Epoch").objects.get_or_create(pk=1)
        epoch.number, epoch.changed_at = epoch.number + 1, now
        epoch.save()


def _index(apps, request):
    """Let the entry be found as a request. "actor" stays: it names the same actors."""
    document = request.document
    entry = apps.get_model("record", "Entry").objects.filter(public_id=request.public_id).first()
    if entry is None:
        return
    entry.kind, entry.revision = "request", request
    entry.save()
    facets = apps.get_model("record", "Facet").objects
    facets.filter(entry=entry, name__in=STATEMENT_FACETS).delete()
    values = [("kind", "request"), *(("asked", actor) for actor in document["asked"])]
    values += [("claim", claim) for claim in document["claims"]]
    if document["asked_by"]:
        values.append(("asked_by", document["asked_by"]))
    for name, value in values:
        facets.create(entry=entry, name=name, value=value)


class Migration(migrations.Migration):
    dependencies = [("record", "0007_order_by_links")]

    operations = [migrations.RunPython(publish_requests, migrations.RunPython.noop)]
