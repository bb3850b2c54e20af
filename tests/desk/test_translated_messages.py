"""What the code of the desk says to its users goes through gettext."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.literal_texts import literal_texts

ROOT = Path(__file__).resolve().parents[2]
# What is stored, and what commands print, is in English whatever the language of the editor.
ENGLISH_MODULES = {
    "kb/desk/migrations/": "seen by migrations only",
    "kb/desk/management/": "output of commands",
    "kb/desk/importers/": "the report of an import is stored",
    "kb/desk/full_backup/": "errors of the commands backup and restore",
    "kb/desk/preflight.py": "output of preflight",
    "kb/desk/suppression/removal_file.py": "errors of the commands restore and import_kb",
    "kb/desk/suppression/storage.py": "what is left, as receipts store it",
    "kb/desk/backup.py": "errors of the commands export_kb and import_kb",
    "kb/desk/earlier_silence.py": "errors of import_kb",
    "kb/desk/link_checks.py": "stored with the check",
    "kb/desk/webpage/polite.py": "stored with the check",
}
# Pages show these texts at once, although most of their package is stored.
TRANSLATED_MODULES = (
    "kb/desk/importers/load.py",
    "kb/desk/importers/load_in_parts.py",
    "kb/desk/importers/ready_rows.py",
    "kb/desk/importers/runs.py",
    "kb/desk/importers/undo.py",
    "kb/desk/importers/undo_checks.py",
)
ENGLISH_TEXTS = {
    "kb/desk/apps.py": {"desk"},  # the label of the app, for programs
    "kb/desk/admin/accounts.py": {
        # Lines of Django's log.
        "All second factors were removed.",
        "All sessions were ended.",
    },
    # The page that answers has its own text.
    "kb/desk/signin/adapter.py": {"The counts of sign-ins are locked."},
    # kb/desk/models/labels.py makes messages of these.
    "kb/desk/models/imports.py": {"import"},
    "kb/desk/models/reviews.py": {"review queue"},
    # Notes for readers that become part of a revision, or of a source.
    "kb/desk/verbs/reports.py": {
        "Sent to us by the form “Report an error or reply”. We do not know that it has appeared "
        "elsewhere."
    },
    "kb/desk/verbs/transfers/merge.py": {"“{}” was merged into “{}”: {}"},
    "kb/desk/verbs/transfers/split.py": {"“{}” was split from “{}”: {}"},
    "kb/desk/verbs/transfers/undo.py": {"{} was undone: {}"},
}


def untranslated_texts():
    texts = {}
    for path in sorted((ROOT / "kb/desk").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name in TRANSLATED_MODULES or not name.startswith(tuple(ENGLISH_MODULES)):
            texts[name] = {text for _line, text in literal_texts(path.read_text(encoding="utf-8"))}
    return texts


def test_texts_for_users_go_through_gettext_except_those_that_are_listed():
    assert {name: texts for name, texts in untranslated_texts().items() if texts} == ENGLISH_TEXTS


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ('messages.error(request, "Try again")', ["Try again"]),
        ('messages.error(request, f"“{row}” gone")', ["“{}” gone"]),
        ('messages.error(request, _("Try again: %(n)s") % {"n": "three"})', []),
        ('self.message_user(request, "Saved" if saved else _("Lost"))', ["Saved"]),
        ('raise ValidationError({"url": "Wrong"})', ["Wrong"]),
        ('raise ActionRefused(["Wrong", ngettext("One", "Many", 2)])', ["Wrong"]),
        ('raise TypeError("A text never changes. Store a new version.")', []),
        ('CharField(label="Name", help_text=format_lazy("{n} files", n=3))', ["Name", "{n} files"]),
        ('choices = [("", "All"), ("new", _("New"))]', ["All"]),
        ('class Kind(models.TextChoices):\n    NEW = "new", "New"', ["New"]),
        ('@admin.display(description="Checks")\ndef checks(self): ...', ["Checks"]),
        ('class Rows(Inline):\n    verbose_name = "row"', ["row"]),
        ("format_html('<a href=\"{}\">{}</a>', url, name)", []),
        ("format_html('{} <a href=\"{}\">Undo</a>', text, url)", ['{} <a href="{}">Undo</a>']),
        ('def save():\n    """Save all of it."""\n    logger.info("It was saved.")', []),
        ('reasons.append("The note is missing.")', ["The note is missing."]),
        ('reasons.append(pgettext("note", "The note is missing."))', []),
    ],
)  # fmt: skip
def test_literal_is_found(code, texts):
    assert [text for _line, text in literal_texts(code)] == texts
