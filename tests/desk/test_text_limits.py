"""Every text from outside has a greatest length, which the form and the import state."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from kb.desk.importers.cleaning import Cleaner
from kb.desk.models import Event
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, withdraw
from kb.text.clean import MAX_TEXT_LENGTH, validate_text
from tests.desk.importers.files import EVENT, planned, table
from tests.make import make_event

# Fields without a bound of their own, and why they need none.
UNBOUNDED = {
    "desk.Snapshot.document": "written by the program from rows that have bounds",
    "desk.ImportedRow.before": "a row as it was stored",
    "desk.ImportOrigin.options": "written by the program; uploads are at most 10 MB",
    "desk.Upload.options": "written by the program; uploads are at most 10 MB",
    "desk.Upload.layout": "written by the program; uploads are at most 10 MB",
    "desk.Upload.content": "uploads are at most 10 MB",
    "desk.Upload.report": "written by the program; uploads are at most 10 MB",
    "desk.Upload.notes": "written by the program; uploads are at most 10 MB",
    "desk.AuditEntry.note": "notes for readers, Transfer.note and Comment.text have bounds",
    "desk.AuditEntry.state": "a row as it was stored",
    "desk.RightsChange.before": "written by the program from names that have bounds",
    "desk.RightsChange.after": "written by the program from names that have bounds",
    "desk.SuppressionRequest.receipt": "numbers, ids and names of places",
    "desk.Transfer.wanted": "numbers of rows",
    "desk.Transfer.moved": "numbers of rows",
    "desk.SourceCheck.text": "written by the program",
    "desk.PassageMark.exact": "a part of SourceText.body",
    "desk.DismissedProposal.exact": "a part of SourceText.body",
    "record.Revision.document": "written by the program from rows that have bounds",
    "record.Revision.note": "notes for readers have a bound",
    "record.Entry.search_text": "written by the program from rows that have bounds",
    "record.FrozenView.query": "the canonical query of an address, which has a bound",
    "record.FrozenView.members": "four bytes for each of at most 100,000 entries",
    "record.LogLeaf.entry": "written by the program, some 300 bytes",
    "record.LogLeaf.hash": "32 bytes",
    "record.LogNode.hash": "32 bytes",
    "record.LogHead.edge": "32 bytes for each binary digit of a size",
    "record.Commitments.names": "names of fields of a document, which has bounds",
    "record.Commitments.slots": "32 bytes for each of these names",
    "record.Commitments.forgotten": "some of these names",
    "record.ListedRecord.name_key": "written by the program from names",
    "record.ListedRecord.search_text": "written by the program from rows that have bounds",
}
TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def is_bounded(field):
    validators = field.validators
    return bool(
        field.max_length
        or validate_text in validators
        or any(isinstance(validator, MaxLengthValidator) for validator in validators)
    )


def test_every_text_field_has_a_bound_or_a_reason():
    unbounded = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for label in ("desk", "record")
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.local_fields
        if isinstance(field, TEXTS) and not is_bounded(field)
    }
    assert unbounded == set(UNBOUNDED)


def test_longest_text_is_accepted_and_a_longer_one_refused():
    validate_text("é" * MAX_TEXT_LENGTH)
    message = "This text has 200,001 characters. Shorten it to 200,000 or fewer."
    with pytest.raises(ValidationError, match=message):
        validate_text("é" * (MAX_TEXT_LENGTH + 1))


@pytest.mark.django_db
def test_form_states_the_limit(editor):
    form = {"title": "A", "summary": "é" * (MAX_TEXT_LENGTH + 1)}
    page = editor.post("/admin/desk/event/add/", form)
    assert "Shorten it to 200,000 or fewer." in page.content.decode()
    assert not Event.objects.exists()


def test_import_states_the_limit():
    cleaner = Cleaner()
    assert cleaner.text("summary", "é" * (MAX_TEXT_LENGTH + 1)) == ""
    (reason,) = cleaner.reasons
    assert reason.startswith("summary: This text has 200,001 characters.")


@pytest.mark.django_db
def test_text_within_the_limit_is_imported():
    (outcome,) = planned(table({**EVENT, "summary": "a " * 5_000}))
    assert not outcome.reasons


@pytest.mark.django_db
def test_note_for_readers_that_is_too_long_is_refused():
    event = make_event()
    message = "Note: This text has 2,001 characters. Shorten it to 2,000 or fewer."
    with pytest.raises(ActionRefused, match=message):
        publish(event, by=None, note="é" * 2_001)
    publish(event, by=None, note="é" * 2_000)
    with pytest.raises(ActionRefused, match=message):
        withdraw(event, by=None, note="é" * 2_001)
