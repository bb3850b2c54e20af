"""``FuzzyDateField``: one date of a model, stored in six columns that always agree.

``happened = FuzzyDateField("happened", blank=True)`` makes these columns::

    happened             the EDTF text, "" if the date is not known
    happened_phrase      the wording of the source
    happened_zone        the time zone given by the source
    happened_time        the local time of a single day, as exact as the source: "18:05"
    happened_earliest    first and last day, for filters and order; computed from the EDTF whenever
    happened_latest      the row is written: assigning them has no effect

``obj.happened`` is a ``FuzzyDate``. You can assign a FuzzyDate, a ``datetime.date``, None, or text
in EDTF or plain language, whose words do not become the phrase. Text that cannot be read is kept as
typed until validation or save raises an error. Use ``FuzzyDateQuerySet``, which keeps the columns
together in ``update``. Filter by the bounds, or by ``happened="2023-04"`` for exactly that EDTF;
``values()`` returns the text.
"""

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.core import checks, exceptions
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _

from kb.dates.columns import (
    MAX_TIME,
    MAX_ZONE,
    PARTS,
    BoundField,
    PhraseField,
    TimeOfDayField,
    ZoneField,
    check_day_of_time,
    fuzzy_date,
)
from kb.dates.edtf import MAX_EDTF, DateError
from kb.dates.form_field import FuzzyDateFormField
from kb.dates.queryset import FuzzyDateQuerySet
from kb.dates.reading import MAX_TEXT
from kb.dates.times import clean_time
from kb.dates.value import FuzzyDate

# The field class is generic for the type checker only.
if TYPE_CHECKING:
    _CharField = models.CharField[Any, Any]
else:
    _CharField = models.CharField


def stored_time(edtf: str, text: str) -> str:
    """Return the time of a column for its date; "" for one that the date cannot have.

    Such a time stays in its column, where validation and save refuse it.
    """
    if text == "":
        return ""
    try:
        return FuzzyDate(edtf, time=clean_time(text)).time
    except DateError:
        return ""


class StoredEDTF(str):
    """EDTF from the database. Setting it does not change the phrase, the zone and the time."""

    __slots__ = ()


class FuzzyDateDescriptor(DeferredAttribute):
    """``obj.happened``. The instance's ``__dict__`` holds the EDTF, or the unreadable value."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        state, name = instance.__dict__, self.field.attname
        if name not in state:
            super().__get__(instance, cls)
        edtf = state[name]
        if not isinstance(edtf, str):
            return edtf
        phrase, zone, time = (self._companion(instance, part) for part in PARTS)
        try:
            return FuzzyDate(edtf, phrase, zone, stored_time(edtf, time))
        except DateError:
            return edtf

    def __set__(self, instance: Any, value: Any) -> None:
        state, name = instance.__dict__, self.field.attname
        if isinstance(value, StoredEDTF):
            state[name] = str(value)
            return
        try:
            when = fuzzy_date(value)
        except DateError:
            state[name] = value
            return
        # When an instance is constructed, Django sets every column once, in order. The phrase, zone
        # and time of this date must not be overwritten by the defaults that are set next.
        is_constructing = name not in state and instance._state.adding
        state[name] = when.edtf
        for part in PARTS:
            column, text = f"{name}_{part}", getattr(when, part)
            if is_constructing and column not in state:
                state[f"_{column}_from_date"] = text
            else:
                state[column] = text
        if not is_constructing:
            # save() leaves out deferred columns, so none may remain deferred.
            for column, day in (
                (f"{name}_earliest", when.earliest),
                (f"{name}_latest", when.latest),
            ):
                state[column] = day

    def _companion(self, instance: Any, part: str) -> str:
        column = f"{self.field.attname}_{part}"
        from_date = instance.__dict__.get(f"_{column}_from_date")
        return from_date or getattr(instance, column, "") or ""


class FuzzyDateField(_CharField):
    """See the module docstring. Migrations use ``companions=False`` and name each column."""

    descriptor_class = FuzzyDateDescriptor
    description = _("Date that may be only partly known (EDTF)")

    def __init__(self, *args: Any, companions: bool = True, **kwargs: Any) -> None:
        self.companions = companions
        kwargs["max_length"] = MAX_EDTF
        super().__init__(*args, **kwargs)
        # Created here, not in contribute_to_class, so that they follow the date in the order of
        # columns and form fields.
        self._companions: dict[str, PhraseField | BoundField] = {
            "phrase": PhraseField(_("wording of the source"), max_length=MAX_TEXT, blank=True),
            "zone": ZoneField(_("time zone"), max_length=MAX_ZONE, blank=True),
            "time": TimeOfDayField(_("time of day"), max_length=MAX_TIME, blank=True, default=""),
            "earliest": BoundField(),
            "latest": BoundField(),
        }

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        if self.companions:
            for part, column in self._companions.items():
                companion = deepcopy(column)
                if isinstance(companion, BoundField):
                    companion.of = name
                companion.contribute_to_class(cls, f"{name}_{part}")
        if not cls._meta.abstract:
            pre_save.connect(self._before_save, sender=cls)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, {**kwargs, "companions": False}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        messages = super().check(**kwargs)
        manager = self.model._default_manager
        if not isinstance(manager.get_queryset(), FuzzyDateQuerySet):
            messages.append(
                checks.Error(
                    f"update() on {self.model.__name__} would not update the bounds of "
                    f"'{self.name}'.",
                    hint="Use a manager based on kb.dates.FuzzyDateQuerySet.",
                    obj=self,
                    id="dates.E001",
                )
            )
        return messages

    def columns(self) -> tuple[str, ...]:
        """The names of all six columns, the bounds last."""
        return (self.name, *(f"{self.name}_{part}" for part in self._companions))

    def _before_save(
        self,
        instance: models.Model,
        raw: bool = False,
        update_fields: frozenset[str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Check the date before save. Raises ValidationError or ValueError.

        A date that cannot be read raises ValidationError before any query, which would break the
        transaction. save(update_fields=["happened"]) raises ValueError, because it would leave the
        bounds unchanged and Django has no way to add them here. Deferred columns have not changed,
        so they may be left out.
        """
        if raw or self.name not in (update_fields or instance.__dict__):
            return
        state = instance.__dict__
        if self.name in state:
            self.to_python(state[self.name])
        if time := state.get(f"{self.name}_time"):
            check_day_of_time(getattr(instance, self.name), time)
        if not update_fields:
            return
        left_out = [
            column
            for column in self.columns()
            if column not in update_fields and column in instance.__dict__
        ]
        if left_out:
            raise ValueError(
                f"save(update_fields=…) includes {self.name!r} but not {', '.join(left_out)}. The "
                "columns of a date must be saved together."
            )

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> StoredEDTF | None:
        return StoredEDTF(value) if value is not None else None

    def to_python(self, value: object) -> FuzzyDate:
        try:
            return fuzzy_date(value)
        except DateError as error:
            raise exceptions.ValidationError(str(error), code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        """Return the EDTF. Raises ValidationError for text that cannot be read."""
        value = models.Field.get_prep_value(self, value)
        if isinstance(value, StoredEDTF):
            return str(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return self.to_python(value).edtf

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Return the date. A date that the instance has already leaves its other columns alone."""
        when = super().clean(value, model_instance)
        if isinstance(value, FuzzyDate) and model_instance is not None:
            return StoredEDTF(value.edtf)
        return when

    def validate(self, value: FuzzyDate, model_instance: models.Model | None) -> None:
        super().validate(value.edtf, model_instance)

    def run_validators(self, value: FuzzyDate) -> None:
        super().run_validators(value.edtf)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return value.edtf if isinstance(value, FuzzyDate) else str(value)

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """Set the date. The box shows EDTF: an unchanged date keeps its phrase.

        The words typed as the date are never its phrase: a form sets that in a field of its own.
        """
        before = getattr(instance, self.attname)
        is_same = isinstance(before, FuzzyDate) and before.edtf == getattr(data, "edtf", None)
        if is_same and not (data.zone or data.time):
            return
        state = instance.__dict__
        for part in PARTS[1:]:
            state[f"_{self.attname}_{part}_before_form"] = getattr(before, part, "")
        if isinstance(data, FuzzyDate):
            data = replace(data, phrase=before.phrase if is_same else "")
        super().save_form_data(instance, data)
        for part in PARTS[1:]:
            if typed := getattr(data, part, ""):
                state[f"_{self.attname}_{part}_from_form"] = typed

    def formfield(self, **kwargs: Any) -> Any:
        # Not CharField.formfield, which sets the length of the column: a phrase may be longer.
        return models.Field.formfield(
            self, **{"form_class": FuzzyDateFormField, "max_length": MAX_TEXT, **kwargs}
        )


def bounds_constraint(model: str, field: str) -> models.CheckConstraint:
    """Return the CheckConstraint that the first day of ``field`` is not after the last.

    Add it and ``time_constraint`` for each FuzzyDateField. ``model`` is the prefix of the name,
    such as "event". The field guarantees the same; the constraints are for rows that are written
    without it.
    """
    earliest, latest = f"{field}_earliest", f"{field}_latest"
    return models.CheckConstraint(
        condition=models.Q(**{f"{earliest}__isnull": True})
        | models.Q(**{f"{latest}__isnull": True})
        | models.Q(**{f"{earliest}__lte": models.F(latest)}),
        name=f"{model}_{earliest}_not_after_latest",
        violation_error_message=_("The first day of a date cannot be after its last."),
    )


def time_constraint(model: str, field: str) -> models.CheckConstraint:
    """Return the CheckConstraint that only a single day of ``field`` has a time."""
    earliest, latest = f"{field}_earliest", f"{field}_latest"
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}_time": ""})
        | models.Q(
            **{f"{earliest}__isnull": False, f"{latest}__isnull": False, earliest: models.F(latest)}
        ),
        name=f"{model}_{field}_time_needs_day",
        violation_error_message=_("A time of day needs a single day."),
    )
