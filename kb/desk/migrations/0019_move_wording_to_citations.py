"""Hand the wording of a statement to its citations that have none."""

from django.db import migrations


def move(apps, schema_editor):
    citation = apps.get_model("desk", "Citation")
    rows = citation.objects.exclude(statement=None).exclude(exact="").filter(wording="")
    for row in rows.select_related("statement").iterator(chunk_size=1000):
        statement = row.statement
        wording = "paraphrase" if statement.form == "paraphrase" else statement.wording
        citation.objects.filter(pk=row.pk).update(
            wording=wording, language=row.language or statement.language
        )


def move_back(apps, schema_editor):
    citation = apps.get_model("desk", "Citation")
    statement = apps.get_model("desk", "Statement")
    rows = citation.objects.exclude(statement=None).exclude(wording__in=("", "paraphrase"))
    for row in rows.order_by("quoted", "-pk").iterator(chunk_size=1000):
        statement.objects.filter(pk=row.statement_id).update(wording=row.wording)


class Migration(migrations.Migration):
    dependencies = [("desk", "0018_remove_derivations")]

    operations = [migrations.RunPython(move, move_back)]
