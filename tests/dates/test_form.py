"""The form field for a date, alone and in a model form."""

import pytest
from django import forms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.dates import UNKNOWN, FuzzyDate, FuzzyDateFormField
from tests.dates.conftest import Happening


class DateAlone(forms.ModelForm):
    class Meta:
        model = Happening
        fields = ("happened",)


class DateAndPhrase(forms.ModelForm):
    class Meta:
        model = Happening
        fields = ("happened", "happened_phrase", "happened_zone")


APRIL = FuzzyDate("2023-04", "in April", "+08:00")


def test_form_reads_plain_language():
    form = DateAlone({"happened": "mid-2023"})
    assert form.is_valid()
    assert form.save(commit=False).happened == FuzzyDate("2023-05~/2023-08~")


def test_field_reads_edtf_words_and_empty_text():
    field = FuzzyDateFormField(required=False)
    assert field.clean("2023-04") == FuzzyDate("2023-04")
    assert field.clean(" 2023年4月 ") == FuzzyDate("2023-04", "2023年4月")
    assert field.clean("") == UNKNOWN
    assert field.clean(None) == UNKNOWN


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("12/05/2023", "12 May 2023 or 5 December 2023"),
        ("last weekend", "depends on when it was said"),
        ("29 Feb 2023", "28 days"),
        ("x" * 201, "200"),
        ("2023\ud800", "invisible character"),
        ("2023\x00", "ull"),
    ],
    ids=["two readings", "relative", "impossible", "long", "surrogate", "null"],
)
def test_error_gives_the_reason_and_keeps_the_text(typed, reason):
    form = DateAlone({"happened": typed})
    assert not form.is_valid()
    assert reason in form.errors["happened"][0]
    assert form["happened"].value() == typed


def test_required_field_has_its_own_error():
    with pytest.raises(forms.ValidationError, match="as far as it is known"):
        FuzzyDateFormField().clean("")


def test_date_is_shown_as_edtf():
    form = DateAlone(instance=Happening(happened=APRIL))
    assert 'value="2023-04"' in str(form["happened"])
    assert FuzzyDateFormField().prepare_value("last weekend") == "last weekend"


def test_unchanged_form_changes_nothing(rows):
    row = rows.create(happened=APRIL)
    form = DateAlone({"happened": "2023-04"}, instance=row)
    assert not form.has_changed()
    assert form.save().happened == APRIL
    form = DateAndPhrase(
        {"happened": "2023-04", "happened_phrase": "in April", "happened_zone": "+08:00"},
        instance=rows.get(),
    )
    assert not form.has_changed()
    assert form.save().happened == APRIL
    assert rows.get().happened == APRIL


@pytest.mark.parametrize(
    ("typed", "phrase", "expected"),
    [
        ("2023-05", "in April", FuzzyDate("2023-05", "in April")),
        ("2023-05", "", FuzzyDate("2023-05")),
        ("2023-04", "", FuzzyDate("2023-04")),
        ("May 2023", "", FuzzyDate("2023-05")),
        ("April 2023", "", FuzzyDate("2023-04")),
        ("April 2023", "in April", FuzzyDate("2023-04", "in April")),
        ("May 2023", "in the fifth month", FuzzyDate("2023-05", "in the fifth month")),
        ("", "", UNKNOWN),
        ("", "undated", FuzzyDate("", "undated")),
    ],
)
def test_phrase_is_what_its_own_box_holds(rows, typed, phrase, expected):
    row = rows.create(happened=APRIL)
    form = DateAndPhrase({"happened": typed, "happened_phrase": phrase}, instance=row)
    assert form.is_valid(), form.errors
    form.save()
    assert rows.get().happened == expected


def test_new_date_without_phrase_removes_the_old_phrase(rows):
    row = rows.create(happened=APRIL)
    form = DateAlone({"happened": "2024"}, instance=row)
    assert form.has_changed()
    form.save()
    assert rows.get().happened == FuzzyDate("2024")


def test_bounds_are_not_in_the_form():
    class Everything(forms.ModelForm):
        class Meta:
            model = Happening
            exclude = ()  # noqa: DJ006 - the point is what is there without being named

    assert list(Everything().fields) == [
        "name",
        "happened",
        "happened_phrase",
        "happened_zone",
        "happened_time",
        "note",
    ]
    assert isinstance(Everything().fields["happened"], FuzzyDateFormField)


@pytest.mark.parametrize(
    ("initial", "data", "changed"),
    [
        (APRIL, "2023-04", False),
        (APRIL, "in April", True),
        (APRIL, "April 2023", True),
        (FuzzyDate("2023-04", "April 2023"), "April 2023", False),
        (None, "", False),
        (None, "2023", True),
        (UNKNOWN, None, False),
        ("2023-04", "2023-04", False),
        ("nonsense", "nonsense", False),
    ],
)
def test_has_changed_compares_dates(initial, data, changed):
    assert FuzzyDateFormField(required=False).has_changed(initial, data) is changed
    assert not FuzzyDateFormField(disabled=True).has_changed(initial, data)


class DateAndTime(forms.ModelForm):
    class Meta:
        model = Happening
        fields = ("happened", "happened_phrase", "happened_zone", "happened_time")


TIMED = FuzzyDate("2023-12-15", "", "+08:00", "18:05")


def form_with(row=None, **data):
    return DateAndTime({f"happened{name}": value for name, value in data.items()}, instance=row)


@pytest.mark.parametrize(
    "data",
    [
        {"": "2023-12-15T18:05+08:00"},
        {"": "2023-12-15", "_time": "6:05 pm", "_zone": "UTC+8"},
        {"": "2023-12-15", "_time": "18:05", "_zone": "Beijing time"},
        {"": "2023-12-15T18:05", "_zone": "+0800", "_time": "18:05"},
    ],
)
def test_time_and_zone_are_typed_with_the_date_or_in_their_boxes(rows, data):
    form = form_with(**data)
    assert form.is_valid(), form.errors
    form.save()
    assert rows.get().happened == TIMED


def test_unchanged_form_keeps_time_and_zone(rows):
    row = rows.create(happened=TIMED)
    boxes = {"": "2023-12-15", "_phrase": "", "_zone": "+08:00", "_time": "18:05"}
    form = form_with(row, **boxes)
    assert form["happened"].value() == "2023-12-15"
    assert 'value="18:05"' in str(form["happened_time"])
    assert not form.has_changed()
    form.save()
    assert rows.get().happened == TIMED


def test_typed_timestamp_replaces_unchanged_boxes(rows):
    row = rows.create(happened=TIMED)
    form = form_with(row, **{"": "2023-12-15T20:30:00Z", "_zone": "+08:00", "_time": "18:05"})
    assert form.is_valid(), form.errors
    form.save()
    assert rows.get().happened == FuzzyDate("2023-12-15", "", "Z", "20:30:00")


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        ({"": "2023-12", "_time": "18:05"}, "_time", "needs a single day"),
        ({"": "", "_time": "18:05"}, "_time", "needs a single day"),
        ({"": "2023-12-15", "_time": "25:00"}, "_time", "Hours go up to 23"),
        ({"": "2023-12-15T18:05", "_time": "19:05"}, "_time", "Keep one of them"),
        ({"": "2023-12-15T18:05Z", "_zone": "+08:00"}, "_zone", "Keep one of them"),
        ({"": "2023-12-15", "_zone": "CST"}, "_zone", "can mean UTC−6 or UTC+8"),
        ({"": "2023-12-15", "_zone": "Washington"}, "_zone", "not a known time zone"),
    ],
)
def test_time_that_cannot_be_is_refused_at_its_box(rows, data, name, reason):
    form = form_with(**data)
    assert list(form.errors) == [f"happened{name}"]
    assert reason in form.errors[f"happened{name}"][0]


def test_old_zone_stays_as_long_as_nobody_types_another(rows):
    row = rows.create(happened=FuzzyDate("2023-12-15", zone="Washington"))
    form = form_with(row, **{"": "2023-12-15", "_zone": "Washington", "_time": "18:05"})
    assert form.is_valid(), form.errors
    form.save()
    assert rows.get().happened == FuzzyDate("2023-12-15", "", "Washington", "18:05")
    assert not form_with(rows.get(), **{"": "2023-12-15", "_zone": "Berlin"}).is_valid()


def test_emptied_boxes_remove_time_and_zone(rows):
    row = rows.create(happened=TIMED)
    form = form_with(row, **{"": "2023-12-15", "_zone": "", "_time": ""})
    assert form.is_valid(), form.errors
    form.save()
    assert rows.get().happened == FuzzyDate("2023-12-15")


clocks = (
    st.times()
    .map(lambda time: time.isoformat("seconds"))
    .flatmap(lambda clock: st.sampled_from([clock[:2], clock[:5], clock, "24:00"]))
)
timed_dates = st.builds(
    FuzzyDate,
    st.dates().map(lambda day: day.isoformat()),
    st.just(""),
    st.sampled_from(["", "Z", "+08:00", "-05:30", "Asia/Shanghai", "America/New_York"]),
    clocks,
)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(timed_dates)
@pytest.mark.slow
def test_timed_date_survives_form_row_and_document(rows, when):
    """A date with a time goes through the form, the database and a document unchanged."""
    boxes = {"": when.edtf, "_zone": when.zone, "_time": when.time}
    form = form_with(**boxes)
    assert form.is_valid(), form.errors
    row = rows.get(pk=form.save().pk)
    assert row.happened == when == FuzzyDate.from_json(when.to_json())
    assert not form_with(row, **boxes, _phrase="").has_changed()
    row.full_clean()
    row.save()
    assert rows.get(pk=row.pk).happened == when
