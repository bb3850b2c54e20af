"""Dates that are no more exact than their source.

A ``FuzzyDate`` is a date in EDTF, such as "2023-04" or "../2023-12-15", with the wording of the
source, and the time of day and zone that the source states. It has a first and a last day, a
relation to a range of days, a sort key and a text in words. ``parse`` reads EDTF, English and
Chinese; ``RULES`` is the table of the rules for it. ``FuzzyDateField`` stores one in a model,
``FuzzyDateFormField`` reads one in a form.
"""

from kb.dates.bounds import Relation
from kb.dates.edtf import DateError
from kb.dates.fields import FuzzyDateField, bounds_constraint, time_constraint
from kb.dates.form_field import FuzzyDateFormField
from kb.dates.queryset import FuzzyDateQuerySet
from kb.dates.reading import Reading, parse, parse_edtf, read_date
from kb.dates.rules import RULES, RULES_VERSION, Rule
from kb.dates.value import UNKNOWN, FuzzyDate

__all__ = [
    "RULES",
    "RULES_VERSION",
    "UNKNOWN",
    "DateError",
    "FuzzyDate",
    "FuzzyDateField",
    "FuzzyDateFormField",
    "FuzzyDateQuerySet",
    "Reading",
    "Relation",
    "Rule",
    "bounds_constraint",
    "parse",
    "parse_edtf",
    "read_date",
    "time_constraint",
]
