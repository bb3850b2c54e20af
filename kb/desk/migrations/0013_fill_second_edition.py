"""Fill the fields of the second edition from those of the first."""

from django.db import migrations

QUESTIONS = {"fact": "whether", "date": "when", "reason": "which"}


def fill(apps, schema_editor):
    proposition = apps.get_model("desk", "Proposition")
    for aspect, question in QUESTIONS.items():
        proposition.objects.filter(question=aspect).update(question=question)
    citation = apps.get_model("desk", "Citation")
    quoted = set()
    rows = citation.objects.exclude(statement=None).exclude(exact="").order_by("pk")
    for row in rows.select_related("statement").iterator(chunk_size=1000):
        statement = row.statement
        is_paraphrase = statement.form == "paraphrase"
        shows = (
            not is_paraphrase
            and statement.pk not in quoted
            and row.exact.strip() == statement.text.strip() != ""
        )
        if shows:
            quoted.add(statement.pk)
        citation.objects.filter(pk=row.pk).update(
            wording="paraphrase" if is_paraphrase else statement.wording,
            language=statement.language,
            quoted=shows,
        )


def empty(apps, schema_editor):
    proposition = apps.get_model("desk", "Proposition")
    for aspect, question in QUESTIONS.items():
        proposition.objects.filter(question=question).update(question=aspect)
    proposition.objects.exclude(question__in=QUESTIONS).update(question="fact")


class Migration(migrations.Migration):
    dependencies = [("desk", "0012_add_second_edition")]

    operations = [migrations.RunPython(fill, empty)]
