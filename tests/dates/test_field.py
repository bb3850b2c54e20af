"""The model field: the columns of a date agree, however the row is written and read."""

import copy
import pickle
from datetime import date

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Value

from kb.dates import UNKNOWN, FuzzyDate, FuzzyDateField, FuzzyDateQuerySet
from tests.dates.conftest import Happening, Release, registry

APRIL = ("2023-04", "in April", "", "", date(2023, 4, 1), date(2023, 4, 30))
MID = ("2023-05~/2023-08~", "mid-2023", "", "", date(2023, 5, 1), date(2023, 8, 31))
NOTHING = ("", "", "", "", None, None)
COLUMNS = (
    "happened",
    "happened_phrase",
    "happened_zone",
    "happened_time",
    "happened_earliest",
    "happened_latest",
)


def stored(row):
    """The six columns as the database has them."""
    return Happening.objects.values_list(*COLUMNS).get(pk=row.pk)


def test_date_is_stored_in_six_columns(rows):
    row = rows.create(happened="mid-2023")
    assert row.happened == FuzzyDate("2023-05~/2023-08~", phrase="mid-2023")
    assert stored(row) == MID
    assert rows.get().happened == row.happened


def test_six_columns_are_in_order():
    assert [field.name for field in Happening._meta.concrete_fields] == [
        "id",
        "name",
        *COLUMNS,
        "note",
    ]


@pytest.mark.parametrize(
    ("value", "columns"),
    [
        ("2023-04", ("2023-04", "", "", "", date(2023, 4, 1), date(2023, 4, 30))),
        (FuzzyDate("2023-04", "in April"), APRIL),
        (date(2023, 12, 15), ("2023-12-15", "", "", "", date(2023, 12, 15), date(2023, 12, 15))),
        ("../2023-12-15", ("../2023-12-15", "", "", "", None, date(2023, 12, 15))),
        (
            FuzzyDate("2023-12-15", "on Friday", "-08:00"),
            ("2023-12-15", "on Friday", "-08:00", "", date(2023, 12, 15), date(2023, 12, 15)),
        ),
        (
            FuzzyDate("2023-12-15", "", "+08:00", "18:05"),
            ("2023-12-15", "", "+08:00", "18:05", date(2023, 12, 15), date(2023, 12, 15)),
        ),
        (None, NOTHING),
        ("", NOTHING),
        (UNKNOWN, NOTHING),
    ],
)
def test_assigned_value_is_stored_with_its_bounds(rows, value, columns):
    row = rows.create(happened=value)
    assert stored(row) == columns
    changed = rows.create(happened="1999")
    changed.happened = value
    changed.save()
    assert stored(changed) == columns


def test_phrase_is_stored_in_any_order_of_arguments(rows):
    for values in (
        {"happened": "2023-04", "happened_phrase": "in April"},
        {"happened_phrase": "in April", "happened": "2023-04"},
        {"happened_phrase": "in April", "happened": "April 2023"},
    ):
        row = rows.create(**values)
        assert stored(row) == APRIL
        assert Happening(**values).happened.phrase == "in April"


def test_new_date_replaces_the_phrase(rows):
    row = rows.create(happened=FuzzyDate("2023-04", "in April", "+08:00"))
    row.happened = "2023-05"
    assert (row.happened_phrase, row.happened_zone) == ("", "")
    row.happened_phrase = "the month after"
    row.save()
    assert rows.get().happened == FuzzyDate("2023-05", "the month after")


def test_class_attributes_are_the_columns():
    assert Happening.happened.field.columns() == COLUMNS
    assert Happening.happened_latest.field.end == "latest"


def test_bounds_follow_the_date_before_anything_is_saved():
    row = Happening(happened="2023-04")
    assert row.happened_earliest == date(2023, 4, 1)
    row.happened_earliest = date(1970, 1, 1)
    row.happened = "2024"
    assert (row.happened_earliest, row.happened_latest) == (date(2024, 1, 1), date(2024, 12, 31))
    row.happened = None
    assert (row.happened_earliest, row.happened_latest) == (None, None)


def test_assigned_bounds_never_reach_the_database(rows):
    row = rows.create(happened="2023-04", happened_earliest=date(1970, 1, 1))
    row.happened_latest = date(1970, 1, 1)
    row.save()
    assert stored(row)[-2:] == APRIL[-2:]


def test_unreadable_text_is_kept_until_validation(rows):
    row = Happening(happened="last weekend")
    assert row.happened == "last weekend"
    assert row.happened_earliest is None
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert "depends on when it was said" in refused.value.message_dict["happened"][0]
    with pytest.raises(ValidationError):
        row.save()
    with pytest.raises(ValidationError), transaction.atomic():
        rows.bulk_create([row])
    with pytest.raises(ValidationError):
        rows.update(happened="12/05/2023")
    assert not rows.exists()


@pytest.mark.parametrize("value", [2023, 1.5, b"2024", ["2023"], object()])
def test_value_of_another_type_is_refused(rows, value):
    with pytest.raises(ValidationError):
        rows.create(happened=value)
    assert not rows.exists()


def test_date_is_required_unless_blank():
    Happening(happened="").full_clean(exclude=["id"], validate_constraints=False)
    with pytest.raises(ValidationError) as refused:
        Release(happened="").clean_fields()
    assert "happened" in refused.value.message_dict


def test_bulk_create_writes_the_bounds(rows):
    rows.bulk_create([Happening(happened="in April 2023"), Happening(happened="")])
    assert rows.values_list(*COLUMNS)[0][-2:] == APRIL[-2:]


def test_bulk_create_with_update_conflicts_writes_all_columns(rows):
    row = rows.create(happened="1999")
    again = Happening(pk=row.pk, happened=FuzzyDate("2023-04", "in April"))
    rows.bulk_create(
        [again], update_conflicts=True, update_fields=["happened"], unique_fields=["id"]
    )
    assert stored(row) == APRIL


def test_get_or_create_finds_every_spelling_of_a_date(rows):
    row, created = rows.get_or_create(happened="2023-04", defaults={"happened_phrase": "in April"})
    assert created and stored(row) == APRIL
    again, created = rows.get_or_create(happened="April 2023")
    assert not created and again == row


def test_update_or_create_writes_the_bounds(rows):
    rows.create(name="x", happened="1999")
    row, created = rows.update_or_create(
        name="x", defaults={"happened": FuzzyDate("2023-04", "in April")}
    )
    assert not created and stored(row) == APRIL


def test_refresh_loads_the_stored_date(rows):
    row = rows.create(happened=FuzzyDate("2023-04", "in April"))
    for fields in (None, ["happened"], ["happened_earliest"]):
        row.happened = "1999"
        row.refresh_from_db(fields=["happened", "happened_phrase"] if fields is None else fields)
        if fields != ["happened_earliest"]:
            assert row.happened == FuzzyDate("2023-04", "in April")
    row.refresh_from_db()
    assert row.happened == FuzzyDate("2023-04", "in April")
    assert row.happened_latest == date(2023, 4, 30)


@pytest.mark.parametrize(
    "narrowed",
    [
        pytest.param(lambda rows: rows.only("name"), id="name alone"),
        pytest.param(lambda rows: rows.only("happened"), id="date alone"),
        pytest.param(lambda rows: rows.only("happened_earliest"), id="bound alone"),
        pytest.param(lambda rows: rows.defer("happened"), id="no date"),
        pytest.param(lambda rows: rows.defer("happened_phrase", "happened_latest"), id="no phrase"),
    ],
)
def test_deferred_columns_are_loaded_on_access(rows, narrowed):
    whole = FuzzyDate("2023-04", "in April", "+08:00")
    rows.create(happened=whole)
    row = narrowed(rows).get()
    assert row.happened_earliest == date(2023, 4, 1)
    assert row.happened == whole
    changed = narrowed(rows).get()
    changed.happened = FuzzyDate("2023-05~/2023-08~", "mid-2023")
    changed.save()
    assert stored(changed) == MID
    untouched = narrowed(rows).get()
    untouched.save()
    assert stored(untouched) == MID


@pytest.mark.skipif(not hasattr(models, "FETCH_PEERS"), reason="Django 6.1 and later")
def test_columns_loaded_for_several_rows_agree(rows):
    for name in "ab":
        rows.create(name=name, happened=FuzzyDate("2023-04", "in April", "+08:00"))
    several = list(rows.fetch_mode(models.FETCH_PEERS).only("name"))
    assert [row.happened for row in several] == [FuzzyDate("2023-04", "in April", "+08:00")] * 2
    several = list(rows.fetch_mode(models.FETCH_PEERS).defer("happened"))
    assert [row.happened for row in several] == [FuzzyDate("2023-04", "in April", "+08:00")] * 2
    assert [row.happened_latest for row in several] == [date(2023, 4, 30)] * 2


def test_saving_only_some_columns_is_refused(rows):
    row = rows.create(happened="1999")
    row.happened = FuzzyDate("2023-04", "in April")
    with pytest.raises(ValueError, match="happened_earliest"):
        row.save(update_fields=["happened"])
    row.save(update_fields=COLUMNS)
    assert stored(row) == APRIL
    row.save(update_fields=["name"])


def test_update_writes_all_columns(rows):
    row = rows.create(happened=FuzzyDate("1999", "then", "Z"))
    rows.update(happened="mid-2023")
    assert stored(row) == MID
    rows.update(happened="2023-04", happened_phrase="in April")
    assert stored(row) == APRIL
    rows.update(happened=None)
    assert stored(row) == NOTHING
    rows.update(name="other", happened_phrase="as they say")
    assert stored(row)[1] == "as they say"


@pytest.mark.parametrize(
    "values",
    [
        {"happened_earliest": date(2023, 1, 1)},
        {"happened": "2023", "happened_latest": date(2023, 1, 1)},
        {"happened": F("name")},
        {"happened": Value("2023")},
    ],
)
def test_update_of_only_some_columns_is_refused(rows, values):
    with pytest.raises(FieldError):
        rows.update(**values)


def test_bulk_update_writes_all_columns(rows):
    several = [rows.create(happened="1999") for _ in range(3)]
    for row in several:
        row.happened = FuzzyDate("2023-04", "in April")
    rows.bulk_update(several, ["happened"])
    assert {stored(row) for row in several} == {APRIL}
    with pytest.raises(FieldError):
        rows.bulk_update(several, ["happened_latest"])
    rows.bulk_update(several, ["name"])


def test_filters_take_edtf_plain_words_and_bounds(rows):
    april, mid = rows.create(happened="2023-04"), rows.create(happened="mid-2023")
    assert rows.get(happened="2023-04") == april
    assert rows.get(happened="mid-2023") == mid
    assert set(rows.filter(happened__in=["2023-04", "2023"])) == {april}
    assert rows.get(happened_earliest__gte=date(2023, 5, 1)) == mid
    assert rows.get(happened__startswith="2023-0", happened__contains="~") == mid
    with pytest.raises(ValidationError):
        rows.filter(happened="nonsense").first()


def test_the_database_refuses_bounds_in_the_wrong_order(rows):
    row = rows.create(happened="2023-04")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dates_tests_happening SET happened_latest = '1999-01-01' WHERE id = %s",
            [row.pk],
        )
    row.validate_constraints()


def test_row_with_invalid_edtf_can_be_loaded(rows):
    row = rows.create(happened="2023-04")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dates_tests_happening SET happened = 'rubbish'")
    assert rows.get().happened == "rubbish"
    row = rows.get()
    with pytest.raises(ValidationError):
        row.save()


def test_instance_can_be_copied_and_pickled(rows, known_models):
    row = rows.create(happened=FuzzyDate("2023-04", "in April"))
    pickled = pickle.loads(pickle.dumps(row))  # noqa: S301
    for twin in (copy.copy(row), copy.deepcopy(row), pickled):
        assert twin.happened == row.happened
        twin.happened = "1999"
        assert row.happened_earliest == date(2023, 4, 1)


def test_date_of_an_abstract_model_is_inherited(_tables, db):
    row = Release.objects.create(happened="in April 2023")
    assert Release.objects.get(happened_earliest=date(2023, 4, 1)).happened == row.happened
    assert [f.name for f in Release._meta.concrete_fields] == ["id", *COLUMNS]


def test_model_without_the_queryset_fails_the_check():
    class Careless(models.Model):
        happened = FuzzyDateField()

        class Meta:
            apps = registry
            app_label = "dates_tests"

    assert [error.id for error in Careless.check()] == ["dates.E001"]
    assert Happening.check() == []
    assert issubclass(type(Happening.objects.all()), FuzzyDateQuerySet)


TIMED = FuzzyDate("2023-12-15", "", "+08:00", "18:05")


@pytest.mark.parametrize(
    "values",
    [
        {"happened": TIMED},
        {"happened": "2023-12-15T18:05+08:00"},
        {"happened": "2023-12-15", "happened_time": "18:05", "happened_zone": "+08:00"},
        {"happened_time": "6:05 pm", "happened_zone": "+08:00", "happened": "2023-12-15"},
    ],
)
def test_time_is_stored_in_any_order_of_arguments(rows, values):
    row = rows.create(**values)
    assert row.happened == rows.get().happened == TIMED
    row.full_clean()
    assert row.happened == TIMED
    rows.update(happened="2023-12-16")
    assert rows.get().happened == FuzzyDate("2023-12-16")


def test_new_date_replaces_the_time(rows):
    row = rows.create(happened=TIMED)
    row.happened = "2023-12"
    row.full_clean()
    row.save()
    assert rows.get().happened == FuzzyDate("2023-12")


@pytest.mark.parametrize("time", ["18:05", "25:00", "noon"])
def test_time_that_cannot_be_is_refused_and_kept(rows, time):
    row = Happening(happened="2023-12" if time == "18:05" else "2023-12-15", happened_time=time)
    assert row.happened.time == "" and row.happened_time == time
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert list(refused.value.message_dict) == ["happened_time"]
    assert row.happened_time == time
    with pytest.raises(ValidationError):
        row.save()
    assert not rows.exists()


def test_database_refuses_a_time_without_a_day(rows):
    row = rows.create(happened=TIMED)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.filter(pk=row.pk).update(happened=FuzzyDate("2023"), happened_time="18:05")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.filter(pk=row.pk).update(happened=UNKNOWN, happened_time="18:05")
