"""Clear the wordings of dates that no citation contains, and list them for the editors.

Until now, words that an editor typed as a date became its wording. Each wording that is removed
is in the audit log of its entry, and the to-do filter "a checked wording of the date" lists these
entries. Readers see a change when the entry is published again. Wordings of the dates of sources
and roles stay: no citation could contain them.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import migrations

from kb.text.cited_words import contains_words

ENTRY_DATES = {"event": "happened", "statement": "said"}
BATCH_SIZE = 500
NOTE = re.compile(
    r"The wording “(.*)” was removed from the date(?: of position ([0-9]+))?: no citation "
    r"contains it\.",
    re.DOTALL,
)


def clear_phrases(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    AuditEntry = apps.get_model("desk", "AuditEntry")
    entries = (
        AuditEntry(
            public_id=owner.public_id,
            kind=kind,
            version=owner.version,
            done="saved",
            note=f"The wording “{phrase}” was removed from the date{which}: no citation contains "
            "it.",
        )
        for kind, owner, phrase, which in (
            *_clear_entries(apps, alias),
            *_clear_stances(apps, alias),
        )
    )
    AuditEntry.objects.using(alias).bulk_create(entries, batch_size=BATCH_SIZE)


def _clear_entries(apps: Any, alias: str) -> Iterator[tuple[str, Any, str, str]]:
    for kind, field in ENTRY_DATES.items():
        model = apps.get_model("desk", kind)
        column = f"{field}_phrase"
        rows = model.objects.using(alias).exclude(**{column: ""}).order_by("pk")
        for row in list(rows.only("pk", "public_id", "version", column)):
            phrase = getattr(row, column)
            if not _is_cited(phrase, row.citations.values_list("exact", flat=True)):
                _set_phrase(model.objects.using(alias).filter(pk=row.pk), column, "")
                yield kind, row, phrase, ""


def _clear_stances(apps: Any, alias: str) -> Iterator[tuple[str, Any, str, str]]:
    model = apps.get_model("desk", "Stance")
    rows = model.objects.using(alias).exclude(dated_phrase="").order_by("pk")
    for row in list(rows.select_related("proposition", "statement", "source")):
        voice = row.statement or row.source
        if not _is_cited(row.dated_phrase, voice.citations.values_list("exact", flat=True)):
            _set_phrase(model.objects.using(alias).filter(pk=row.pk), "dated_phrase", "")
            yield "proposition", row.proposition, row.dated_phrase, f" of position {row.pk}"


def restore_phrases(apps: Any, schema_editor: Any) -> None:
    """Put each removed wording back, unless an editor has typed another, and clear the list."""
    alias = schema_editor.connection.alias
    entries = apps.get_model("desk", "AuditEntry").objects.using(alias)
    for entry in entries.filter(note__startswith="The wording “").order_by("pk"):
        match = NOTE.fullmatch(entry.note)
        if match is None:
            continue
        phrase, position = match.groups()
        if position:
            rows = apps.get_model("desk", "Stance").objects.using(alias).filter(pk=position)
            column = "dated_phrase"
        else:
            model = apps.get_model("desk", entry.kind)
            rows = model.objects.using(alias).filter(public_id=entry.public_id)
            column = f"{ENTRY_DATES[entry.kind]}_phrase"
        _set_phrase(rows.filter(**{column: ""}), column, phrase)
        entries.filter(pk=entry.pk).delete()


def _set_phrase(rows: Any, column: str, phrase: str) -> None:
    rows.update(**{column: phrase})


def _is_cited(phrase: str, cited_words: Iterable[str]) -> bool:
    return any(contains_words(exact, phrase) for exact in cited_words)


class Migration(migrations.Migration):
    dependencies = [("desk", "0010_add_time_of_day")]

    operations = [migrations.RunPython(clear_phrases, restore_phrases)]
