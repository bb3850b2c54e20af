"""Store on which actors it depends whether a claim that asks who is contested."""

from django.db import migrations

BATCH_SIZE = 500
TOMBSTONES = ("withdrawal", "merge")


def fill_claim_actors(apps, schema_editor):
    alias = schema_editor.connection.alias
    revisions = apps.get_model("record", "Revision").objects.using(alias)
    claim_actor = apps.get_model("record", "ClaimActor")
    live = revisions.filter(superseded_at=None).exclude(change__in=TOMBSTONES)
    wholes = {}

    def whole_of(actor):
        if actor not in wholes:
            document = live.filter(public_id=actor).values_list("document", flat=True).first()
            wholes[actor] = document["part_of"] if document else None
        return wholes[actor]

    rows = []
    claims = live.filter(kind="proposition").order_by("pk").values_list("public_id", "document")
    for public_id, document in claims.iterator(chunk_size=BATCH_SIZE):
        if document.get("question") != "who":
            continue
        actors = set()
        for account in document["accounts"]:
            actor = account.get("actor")
            while actor and actor not in actors:
                actors.add(actor)
                actor = whole_of(actor)
        rows += [claim_actor(claim=public_id, actor=actor) for actor in sorted(actors)]
    claim_actor.objects.using(alias).bulk_create(rows, batch_size=BATCH_SIZE)


class Migration(migrations.Migration):
    dependencies = [("record", "0017_add_pending_dependants")]

    operations = [migrations.RunPython(fill_claim_actors, migrations.RunPython.noop)]
