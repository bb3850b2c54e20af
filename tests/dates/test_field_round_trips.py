"""The model field in fixtures and migrations, written and read again unchanged."""

import json
from datetime import date

import pytest
from django.core import serializers
from django.core.serializers.base import DeserializationError
from django.db import connection, migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.operations.fields import AddField
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter

from kb.dates import FuzzyDate, FuzzyDateField
from tests.dates.conftest import Happening, Release

FUZZY = FuzzyDate("2023-05~/2023-08~", "in the middle of this year", "+08:00")


def load(fields):
    text = json.dumps([{"model": "dates_tests.happening", "pk": 1, "fields": fields}])
    for loaded in serializers.deserialize("json", text):
        loaded.save()
    return Happening.objects.values_list(
        "happened", "happened_phrase", "happened_zone", "happened_earliest", "happened_latest"
    ).get(pk=1)


def test_serialised_date_loads_unchanged(rows, known_models):
    row = rows.create(happened=FUZZY)
    text = serializers.serialize("json", [row])
    rows.all().delete()
    for loaded in serializers.deserialize("json", text):
        loaded.save()
    assert rows.get().happened == FUZZY
    assert serializers.serialize("json", rows.all()) == text


def test_dump_has_no_bounds(rows, known_models):
    rows.create(happened=FUZZY)
    (dumped,) = json.loads(serializers.serialize("json", rows.all()))
    assert dumped["fields"] == {
        "name": "it",
        "happened": "2023-05~/2023-08~",
        "happened_phrase": "in the middle of this year",
        "happened_zone": "+08:00",
        "happened_time": "",
        "note": "",
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"happened": "2023-04", "happened_phrase": "in April"},
        {"happened_phrase": "in April", "happened": "2023-04"},
        {"happened_phrase": "in April", "happened": "April 2023"},
        {"happened_latest": "1970-01-01", "happened": "2023-04", "happened_phrase": "in April"},
    ],
    ids=["in order", "phrase first", "plain words", "bounds that lie"],
)
def test_fixture_gets_its_bounds_from_the_date(rows, known_models, fields):
    assert load(fields) == ("2023-04", "in April", "", date(2023, 4, 1), date(2023, 4, 30))


def test_fixture_without_a_date_is_undated(rows, known_models):
    assert load({"name": "x"}) == ("", "", "", None, None)


def test_fixture_with_an_impossible_date_is_refused(rows, known_models):
    with pytest.raises(DeserializationError, match="28 days"):
        load({"happened": "2023-02-29"})


def state_of(*models_):
    state = ProjectState()
    for model in models_:
        state.add_model(ModelState.from_model(model))
    return state


def changes(before, after):
    """The migrations, by app, that lead from one state to the other."""
    named = MigrationQuestioner(specified_apps={"dates_tests"})
    return MigrationAutodetector(before, after, named).changes(graph=MigrationGraph())


@pytest.mark.parametrize("model", [Happening, Release])
def test_migrations_are_stable(model):
    state = state_of(model)
    again = ProjectState()
    again.add_model(ModelState.from_model(state.apps.get_model("dates_tests", model.__name__)))
    assert changes(state, state_of(model)) == {}
    assert changes(again, state_of(model)) == {}


def test_migration_names_each_column_once():
    created = changes(ProjectState(), state_of(Happening))["dates_tests"][0].operations[0]
    names = [name for name, _field in created.fields]
    assert names == [field.name for field in Happening._meta.local_fields]
    assert len(set(names)) == len(names)


def test_written_migration_has_the_same_state():
    (written,) = changes(ProjectState(), state_of(Happening))["dates_tests"]
    text = MigrationWriter(written).as_string()
    assert text.count("('happened_earliest', kb.dates") == 1
    scope = {}
    exec(compile(text, "migration", "exec"), scope)  # noqa: S102
    read = scope["Migration"]("0001_initial", "dates_tests").mutate_state(ProjectState())
    assert changes(read, state_of(Happening)) == {}


def test_field_added_later_adds_each_column():
    class Later(models.Model):
        name = models.CharField(max_length=5)

        class Meta:
            apps = Happening._meta.apps
            app_label = "dates_tests"

        def __str__(self):
            return self.name

    before = state_of(Later)
    FuzzyDateField(blank=True, default="").contribute_to_class(Later, "said")
    after = state_of(Later)
    (migration,) = changes(before, after)["dates_tests"]
    assert [(type(step), step.name) for step in migration.operations] == [
        (AddField, "said"),
        (AddField, "said_earliest"),
        (AddField, "said_latest"),
        (AddField, "said_phrase"),
        (AddField, "said_time"),
        (AddField, "said_zone"),
    ]
    assert changes(migration.mutate_state(before), after) == {}


def test_historical_models_keep_the_columns_together(rows):
    rows.create(happened="1999")
    Old = state_of(Happening).apps.get_model("dates_tests", "Happening")
    row = Old.objects.get()
    assert row.happened == FuzzyDate("1999")
    row.happened = FUZZY
    row.save()
    assert rows.get(happened_earliest=date(2023, 5, 1)).happened == FUZZY
    Old.objects.create(happened="in April 2023")
    assert rows.get(happened_latest=date(2023, 4, 30)).happened_phrase == "in April 2023"


def test_columns_are_texts_and_days():
    kinds = {
        field.name: (field.db_type(connection), field.null)
        for field in Happening._meta.local_fields
        if field.name.startswith("happened")
    }
    assert kinds["happened"] == (models.CharField(max_length=64).db_type(connection), False)
    assert kinds["happened_phrase"] == (models.CharField(max_length=200).db_type(connection), False)
    assert kinds["happened_zone"] == (models.CharField(max_length=40).db_type(connection), False)
    assert kinds["happened_earliest"] == kinds["happened_latest"] == ("date", True)


def test_data_migration_reads_dates(rows):
    rows.create(happened="2023-04")

    def forwards(apps, schema_editor):
        for row in apps.get_model("dates_tests", "Happening").objects.all():
            row.happened = FuzzyDate(row.happened.edtf, "as migrated")
            row.save()

    state = state_of(Happening)
    migrations.RunPython(forwards).database_forwards(
        "dates_tests", _Editor(connection), state, state
    )
    assert rows.get().happened == FuzzyDate("2023-04", "as migrated")


class _Editor:
    def __init__(self, of):
        self.connection = of
