"""Turn the statements that nobody made into requests for comment, with the same public ids.

Whoever was to speak was asked, by the first addressee. Citations, links, subjects and groups move
along; a position without an answer becomes the claim that the request is about.
"""

from django.db import migrations
from django.db.models import F

from kb.record.migrations._silent_statements import SILENT_OUTCOMES, silent_request_document

COPIED = ("public_id", "slug", "version", "state", "created_by", "updated_by", "outcome")


def turn_into_requests(apps, schema_editor):
    statements = apps.get_model("desk", "Statement").objects
    for statement in list(statements.filter(outcome__in=SILENT_OUTCOMES).order_by("pk")):
        request = _request(apps, statement)
        _move_rows(apps, statement, request)
        _convert_snapshot(apps, statement.public_id)
        apps.get_model("desk", "ImportedRow").objects.filter(
            kind="statement", public_id=statement.public_id
        ).update(kind="request")
        statement.delete()


def _request(apps, statement):
    requests = apps.get_model("desk", "Request").objects
    party = statement.speaker or statement.on_behalf_of
    request = requests.create(
        **{name: getattr(statement, name) for name in COPIED},
        asked_by=statement.addressees.order_by("pk").first(),
        asked_on=statement.said,
        text=statement.text or ("" if party else statement.speaker_label),
    )
    requests.filter(pk=request.pk).update(
        created_at=statement.created_at, updated_at=statement.updated_at
    )
    if party:
        request.asked.add(party)
    for name in ("about", "incidents", "topics"):
        getattr(request, name).set(getattr(statement, name).all())
    return request


def _move_rows(apps, statement, request):
    citations = apps.get_model("desk", "Citation").objects
    citations.filter(statement=statement).update(statement=None, request=request, quoted=False)
    links = apps.get_model("desk", "EntryLink").objects
    links.filter(statement=statement).update(statement=None, request=request)
    links.filter(to_statement=statement).update(to_statement=None, to_request=request)
    stances = apps.get_model("desk", "Stance").objects.filter(statement=statement)
    request.claims.set(stances.values_list("proposition", flat=True).distinct())
    propositions = apps.get_model("desk", "Proposition").objects
    propositions.filter(pk__in=request.claims.all()).update(version=F("version") + 1)
    stances.delete()
    # Nobody can reply to silence, give an account by it, or be the same speaker.
    apps.get_model("desk", "AccountOf").objects.filter(statement=statement).delete()
    statements = apps.get_model("desk", "Statement").objects
    statements.filter(in_reply_to=statement).update(in_reply_to=None)
    statements.filter(same_speaker=statement).update(same_speaker=None)


def _convert_snapshot(apps, public_id):
    """Let the published document be that of the request, as it is on the record."""
    for snapshot in apps.get_model("desk", "Snapshot").objects.filter(public_id=public_id):
        snapshot.kind, snapshot.document = "request", silent_request_document(snapshot.document)
        snapshot.save()


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0014_limit_questions"),
        ("record", "0008_publish_silence_as_requests"),
    ]

    operations = [migrations.RunPython(turn_into_requests, migrations.RunPython.noop)]
