"""The columns that FuzzyDateField creates beside the EDTF: phrase, zone, time and bounds."""

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core import exceptions
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from kb.dates.edtf import DateError, not_text
from kb.dates.reading import parse
from kb.dates.times import MAX_TYPED_TIME, clean_time
from kb.dates.value import UNKNOWN, FuzzyDate
from kb.dates.zones import clean_zone

# The field classes are generic for the type checker only.
if TYPE_CHECKING:
    _CharField = models.CharField[Any, Any]
    _DateField = models.DateField[Any, Any]
else:
    _CharField = models.CharField
    _DateField = models.DateField

MAX_ZONE = 40
MAX_TIME = 8
PARTS = ("phrase", "zone", "time")


def fuzzy_date(value: object) -> FuzzyDate:
    """Return the FuzzyDate for a value that may be assigned. Raises DateError.

    Words that are assigned as a date are shorthand of whoever assigns them, and so not the phrase.
    """
    if isinstance(value, FuzzyDate):
        return value
    if value is None:
        return UNKNOWN
    if isinstance(value, date) and not isinstance(value, datetime):
        return FuzzyDate(value.isoformat())
    if isinstance(value, str):
        # From code and fixtures; a form assigns a FuzzyDate.
        return _date_from_code(value)
    raise not_text(value)


# Remembered, because the bounds of a date are computed from its text each time they are read.
@lru_cache(maxsize=4096)
def _date_from_code(text: str) -> FuzzyDate:
    return replace(parse(text, edtf_first=True), phrase="")


class PhraseDescriptor(DeferredAttribute):
    """``obj.happened_phrase``, ``obj.happened_zone`` and ``obj.happened_time``."""

    def __set__(self, instance: Any, value: Any) -> None:
        state, name = instance.__dict__, self.field.attname
        from_date = state.pop(f"_{name}_from_date", "")
        state[name] = value or from_date if name not in state else value


class BoundDescriptor(DeferredAttribute):
    """``obj.happened_earliest`` and ``obj.happened_latest``: always those of the current date."""

    field: "BoundField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        if self.field.of not in instance.__dict__:
            return super().__get__(instance, cls)
        try:
            when = fuzzy_date(instance.__dict__[self.field.of])
        except DateError:
            return None
        return getattr(when, self.field.end)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class PhraseField(_CharField):
    """The column of a phrase or a zone. FuzzyDateField creates it."""

    descriptor_class = PhraseDescriptor

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # Overridden without a change: update_or_create() saves, besides the columns it gets, only
        # those whose class overrides pre_save().
        return super().pre_save(model_instance, add)


class StatedField(PhraseField):
    """A part of the date that can be typed with it or in its own box: its zone or its time.

    What is typed as the date itself takes the place of an unchanged box. Two different values, one
    in each box, are refused by ``clean``.
    """

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        state = instance.__dict__
        typed = state.pop(f"_{self.attname}_from_form", "")
        before = state.pop(f"_{self.attname}_before_form", state.get(self.attname, ""))
        is_changed = (data or "") != before
        state[f"_{self.attname}_typed"] = (is_changed, typed)
        _CharField.save_form_data(self, instance, data if is_changed and data else typed or data)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        state = model_instance.__dict__ if model_instance else {}
        is_changed, typed = state.pop(f"_{self.attname}_typed", (False, ""))
        value = super().clean(self.stored(value) if is_changed else value, model_instance)
        if is_changed and typed and typed != value:
            message = _("The date says %(typed)s and this field says %(value)s. Keep one of them.")
            values = {"typed": typed, "value": value}
            raise exceptions.ValidationError(message % values, code="invalid")
        return value

    def stored(self, value: Any) -> str:
        """Return a typed value as it is stored. Raises ValidationError."""
        raise NotImplementedError


class ZoneField(StatedField):
    """The column of a zone. A zone that is stored already may be any text."""

    def stored(self, value: Any) -> str:
        try:
            return clean_zone(value or "")
        except DateError as error:
            raise exceptions.ValidationError(str(error), code="invalid") from error


class TimeOfDayField(StatedField):
    """The column of a time of day; only a single day can have one."""

    def stored(self, value: Any) -> str:
        try:
            return clean_time(value or "")
        except DateError as error:
            raise exceptions.ValidationError(str(error), code="invalid") from error

    def to_python(self, value: Any) -> Any:
        return self.stored(super().to_python(value))

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if hasattr(value, "resolve_expression") else self.stored(value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        value = super().clean(value, model_instance)
        name = self.attname.removesuffix("_time")
        if model_instance and value:
            check_day_of_time(getattr(model_instance, name), value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        # A typed time may be longer than a stored one: "8:21:05 p.m."
        return models.Field.formfield(self, **{"max_length": MAX_TYPED_TIME, **kwargs})


def check_day_of_time(when: object, time: str) -> None:
    """Raise ValidationError if this date cannot have a time of day."""
    if isinstance(when, FuzzyDate):
        try:
            FuzzyDate(when.edtf, time=clean_time(time))
        except DateError as error:
            raise exceptions.ValidationError(str(error), code="invalid") from error


class BoundField(_DateField):
    """The column of a first or last day. FuzzyDateField creates it; ``of`` is the field's name."""

    descriptor_class = BoundDescriptor

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        kwargs.update(null=True, blank=True, editable=False, serialize=False)
        super().__init__(*args, **kwargs)

    @property
    def end(self) -> str:
        """ "earliest" or "latest"."""
        return "earliest" if self.name.endswith("_earliest") else "latest"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("null", "blank", "editable", "serialize"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return getattr(model_instance, self.attname)
