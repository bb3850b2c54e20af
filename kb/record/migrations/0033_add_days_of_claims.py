"""Store since which day each contested claim is contested, and on which records that depends."""

from datetime import date

from django.db import migrations, models

from kb.record.contested_days import contested_since, since_value
from kb.record.documents import upgrade
from kb.record.known_since import public_since

BATCH_SIZE = 500
TOMBSTONES = ("withdrawal", "merge")


def fill_days(apps, schema_editor):
    alias = schema_editor.connection.alias
    facets = apps.get_model("record", "Facet").objects.using(alias)
    revisions = apps.get_model("record", "Revision").objects.using(alias)
    entries = apps.get_model("record", "Entry").objects.using(alias)
    claim_input = apps.get_model("record", "ClaimInput")
    live = revisions.filter(superseded_at=None).exclude(change__in=TOMBSTONES)

    def documents_of(public_ids):
        rows = live.filter(public_id__in=public_ids).values_list("public_id", "document")
        return {public_id: upgrade(document) for public_id, document in rows}

    def parts_of(claims):
        pending = {account["actor"] for claim in claims for account in claim["accounts"]} - {None}
        visited, parts = set(), []
        while pending := pending - visited:
            visited |= pending
            actors = documents_of(pending)
            edges = [(actor, document.get("part_of")) for actor, document in actors.items()]
            parts += [(actor, whole) for actor, whole in edges if whole]
            pending = {whole for _actor, whole in parts}
        return parts

    pending = facets.filter(name="contested").order_by("value")
    last = ""
    while pairs := list(
        pending.filter(value__gt=last).values_list("value", "entry_id")[:BATCH_SIZE]
    ):
        last = pairs[-1][0]
        # All events of the last claim, too.
        pairs = [pair for pair in pairs if pair[0] != last]
        pairs += [
            (last, entry) for entry in pending.filter(value=last).values_list("entry_id", flat=True)
        ]
        claims = documents_of({claim for claim, _entry in pairs})
        accounts = [
            (claim, account["statement"] or account["source"])
            for claim, document in claims.items()
            for account in document["accounts"]
        ]
        named = {record for _claim, record in accounts if record}
        days = dict(entries.filter(public_id__in=named).values_list("public_id", "known_since"))
        for public_id, document in documents_of(named - days.keys()).items():
            if document["kind"] == "source":
                days[public_id] = public_since(document)
        parts = parts_of(claims.values())
        since: dict[str, date | None] = {
            claim: contested_since(
                document,
                [days.get(record) for owner, record in accounts if owner == claim],
                parts,
            )
            for claim, document in claims.items()
        }
        model = facets.model
        facets.bulk_create(
            (
                model(entry_id=entry, name="contested_since", value=since_value(day, claim))
                for claim, entry in pairs
                if (day := since.get(claim))
            ),
            ignore_conflicts=True,
        )
        claim_input.objects.using(alias).bulk_create(
            (claim_input(claim=claim, record=record) for claim, record in accounts if record),
            ignore_conflicts=True,
        )


def remove_days(apps, schema_editor):
    facets = apps.get_model("record", "Facet").objects.using(schema_editor.connection.alias)
    facets.filter(name="contested_since").delete()


class Migration(migrations.Migration):
    dependencies = [("record", "0032_add_minimum_version")]

    operations = [
        migrations.RemoveConstraint("ClaimActor", "record_claimactor_once"),
        migrations.RenameModel("ClaimActor", "ClaimInput"),
        migrations.RenameField("ClaimInput", "actor", "record"),
        migrations.AddConstraint(
            "ClaimInput",
            models.UniqueConstraint(fields=["claim", "record"], name="record_claiminput_once"),
        ),
        migrations.RunPython(fill_days, remove_days),
    ]
