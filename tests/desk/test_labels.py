"""What editors read on forms is in Chinese on the Chinese desk; migrations contain English only."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import translation

# No form shows their fields.
INTERNAL = {
    "Snapshot",
    "Reference",
    "AuditEntry",
    "Transfer",
    "SourceCheck",
    "SourceText",
    "PassageMark",
    "DismissedProposal",
    "DistinctPair",
    "ImportBatch",
    "ImportedRow",
    "ImportOrigin",
    "Upload",
    "Approval",
    "ReviewRequest",
    "Comment",
    "Report",
    "ReportMessage",
    "ReportStep",
    "SuppressionRequest",
}
MODELS = [
    model for model in apps.get_app_config("desk").get_models() if model.__name__ not in INTERNAL
]
PROPER_NAMES = {"ID"}
CURRENT = {"proposition": "claim", "url": "URL", "archive url": "archive URL"}


def fields_of_forms():
    """Return the fields that an editor can fill in, with their models."""
    return [
        (model, field)
        for model in MODELS
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.editable
    ]


def is_chinese(text):
    return any("一" <= character <= "鿿" for character in str(text))


def test_labels_help_texts_and_choices_of_fields_are_in_chinese():
    english = []
    with translation.override("zh-hans"):
        for model, field in fields_of_forms():
            choices = [
                label for _value, label in field.flatchoices if str(label).strip("-0123456789")
            ]
            texts = [field.verbose_name, *filter(None, [field.help_text]), *choices]
            english += [
                f"{model.__name__}.{field.name}: {text}"
                for text in texts
                if not is_chinese(text) and str(text) not in PROPER_NAMES
            ]
    assert english == []


def test_names_and_constraints_of_models_are_in_chinese():
    english = []
    with translation.override("zh-hans"):
        for model in MODELS:
            names = [model._meta.verbose_name, model._meta.verbose_name_plural]
            english += [str(name) for name in names if not is_chinese(name)]
            english += [
                constraint.name
                for constraint in model._meta.constraints
                if constraint.violation_error_message != constraint.default_violation_error_message
                and not is_chinese(constraint.violation_error_message)
            ]
    assert english == []


def test_labels_in_english_are_the_names_of_the_fields():
    for model, field in fields_of_forms():
        if field._verbose_name is None:
            expected = field.name.replace("_", " ")
            assert str(field.verbose_name) in (CURRENT.get(expected, expected), "ID"), model


@pytest.mark.django_db
@pytest.mark.slow
def test_labels_need_no_migration():
    for language in ("en", "zh-hans"):
        with translation.override(language):
            call_command("makemigrations", "desk", check=True, dry_run=True, verbosity=0)
