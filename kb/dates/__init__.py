"""Dates that say no more than is known.

A ``FuzzyDate`` is a date in EDTF, such as "2023-04" or "../2023-12-15", with the words of the
source beside it. It knows its first and last day, how it stands to a range, where it sorts, and how
it is said in words. ``parse`` reads EDTF, English and Chinese; ``RULES`` is the printed table of
how. ``FuzzyDateField`` keeps one in a model, ``FuzzyDateFormField`` in a form.
"""

from kb.dates.bounds import Relation
from kb.dates.edtf import DateError
from kb.dates.fields import FuzzyDateField, bounds_constraint
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
]
