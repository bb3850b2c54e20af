"""The table of rules for reading dates. The method page shows it and the tests check it."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# Increase it when a rule changes so that the same words get other bounds. Published entries keep
# the EDTF that was stored, so a changed rule never moves an old entry.
RULES_VERSION = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what is written, how it is read, and examples of (text, EDTF), English first."""

    id: str
    written: str | Promise
    read_as: str | Promise
    examples: tuple[tuple[str, str], ...]

    @property
    def example(self) -> str:
        """The text of the first example in the language of the page."""
        return self._first_example[0]

    @property
    def example_edtf(self) -> str:
        """The EDTF of that example."""
        return self._first_example[1]

    @property
    def _first_example(self) -> tuple[str, str]:
        """The first example in the language of the page, or in English."""
        if (get_language() or "").startswith("zh"):
            chinese = (row for row in self.examples if re.search("[\u4e00-\u9fff]", row[0]))
            return next(chinese, self.examples[0])
        return self.examples[0]


RULES: tuple[Rule, ...] = (
    Rule(
        "M1",
        _("a date in EDTF (ISO 8601-2)"),
        _(
            "Unchanged. A time of day and a time zone are kept as stated, with the day. They may "
            "follow any single day."
        ),
        (
            ("2023-05~/2023-08~", "2023-05~/2023-08~"),
            ("2023-12-15T18:05:00+08:00", "2023-12-15"),
            ("2023?-11-14", "2023?-11-14"),
        ),
    ),
    Rule(
        "M2",
        _("a day in words"),
        _("That day. If a weekday is given, it must match."),
        (
            ("15 December 2023", "2023-12-15"),
            ("Dec 15, 2023", "2023-12-15"),
            ("Friday, December 15th 2023", "2023-12-15"),
            ("2023年12月15日", "2023-12-15"),
        ),
    ),
    Rule(
        "M3",
        _("a day or month in figures"),
        _(
            "A date with the year first, or with a day above 12, has only one reading. If day and "
            "month could be swapped, as in 12/05/2023, the date is rejected and both readings are "
            "shown."
        ),
        (
            ("15/12/2023", "2023-12-15"),
            ("12/15/2023", "2023-12-15"),
            ("2023/4/5", "2023-04-05"),
            ("4/2023", "2023-04"),
        ),
    ),
    Rule(
        "M4",
        _("a month and a year"),
        _("From the first to the last day of the month."),
        (("April 2023", "2023-04"), ("Sept. 2023", "2023-09"), ("2023年4月", "2023-04")),
    ),
    Rule(
        "M5",
        _("a year in words"),
        _("1 January to 31 December."),
        (("the year 2023", "2023"), ("AD 800", "0800"), ("2023年", "2023")),
    ),
    Rule(
        "M6",
        _("early, mid or late in a year; its beginning, middle or end"),
        _("January to April, May to August, or September to December; approximate."),
        (
            ("mid-2023", "2023-05~/2023-08~"),
            ("early 2023", "2023-01~/2023-04~"),
            ("at the beginning of 2023", "2023-01~/2023-04~"),
            ("in the middle of 2023", "2023-05~/2023-08~"),
            ("late 2023", "2023-09~/2023-12~"),
            ("the end of 2023", "2023-09~/2023-12~"),
            ("2023年初", "2023-01~/2023-04~"),
            ("2023年年中", "2023-05~/2023-08~"),
            ("2023年底", "2023-09~/2023-12~"),
        ),
    ),
    Rule(
        "M7",
        _("early, mid or late in a month; its beginning, middle or end"),
        _("Days 1 to 10, 11 to 20, or 21 to the end of the month; approximate."),
        (
            ("early April 2023", "2023-04-01~/2023-04-10~"),
            ("mid-April 2023", "2023-04-11~/2023-04-20~"),
            ("late February 2024", "2024-02-21~/2024-02-29~"),
            ("2023年4月上旬", "2023-04-01~/2023-04-10~"),
            ("2023年4月底", "2023-04-21~/2023-04-30~"),
        ),
    ),
    Rule(
        "M8",
        _("a quarter"),
        _("Three months of the calendar year, not of a fiscal year."),
        (
            ("Q2 2023", "2023-34"),
            ("the second quarter of 2023", "2023-34"),
            ("2023年第二季度", "2023-34"),
        ),
    ),
    Rule(
        "M9",
        _("a half-year, or the first, middle or last four months of a year"),
        _("January to June or July to December, or four full months."),
        (
            ("the first half of 2023", "2023-40"),
            ("H2 2023", "2023-41"),
            ("middle four months of 2023", "2023-38"),
            ("2023年上半年", "2023-40"),
            ("2023年下半年", "2023-41"),
        ),
    ),
    Rule(
        "M10",
        _("a season"),
        _(
            "Three months, using the seasons of the northern hemisphere: spring is March to May. "
            "Winter starts in the given year and runs from December to February of the next year."
        ),
        (
            ("spring 2023", "2023-21"),
            ("the summer of 2023", "2023-22"),
            ("fall 2023", "2023-23"),
            ("winter 2023–24", "2023-24"),
            ("2023年春季", "2023-21"),
        ),
    ),
    Rule(
        "M11",
        _("a decade"),
        _(
            "The ten years that share their first three digits. Early, mid and late mean years 0 "
            "to 3, 4 to 6 and 7 to 9; approximate. “1900s” is rejected because it can also mean "
            "the century."
        ),
        (
            ("the 1990s", "199X"),
            ("late 1990s", "1997~/1999~"),
            ("1990年代", "199X"),
            ("20世纪90年代", "199X"),
        ),
    ),
    Rule(
        "M12",
        _("a century"),
        _("The hundred years that share their first two digits. The 19th century is 1800 to 1899."),
        (("the 19th century", "18XX"), ("19世纪", "18XX")),
    ),
    Rule(
        "M13",
        _("about, around, circa"),
        _("The date as stated, marked as approximate. Its range is not widened."),
        (
            ("about August 2023", "2023-08~"),
            ("circa 1860", "1860~"),
            ("about July to November 2023", "2023-07~/2023-11~"),
            ("约2023年8月", "2023-08~"),
            ("2023年8月左右", "2023-08~"),
        ),
    ),
    Rule(
        "M14",
        _("perhaps, possibly, uncertain"),
        _("The date as stated, marked as uncertain. Its range is not widened."),
        (
            ("possibly April 2023", "2023-04?"),
            ("April 2023 (uncertain)", "2023-04?"),
            ("可能是2023年4月", "2023-04?"),
        ),
    ),
    Rule(
        "M15",
        _("before"),
        _("Up to the day before the date begins. The date itself is not included."),
        (
            ("before May 2023", "../2023-04-30"),
            ("before 15 December 2023", "../2023-12-14"),
            ("2023年5月之前", "../2023-04-30"),
        ),
    ),
    Rule(
        "M16",
        _("by, until, on or before, no later than; before the end of"),
        _("Up to and including the last day of the date."),
        (
            ("by 15 December 2023", "../2023-12-15"),
            ("on or before 15 December 2023", "../2023-12-15"),
            ("until April 2023", "../2023-04"),
            ("by the end of 2023", "../2023"),
            ("截至2023年12月15日", "../2023-12-15"),
        ),
    ),
    Rule(
        "M17",
        _("after"),
        _("From the day after the date ends. The date itself is not included."),
        (
            ("after 17 December 2023", "2023-12-18/.."),
            ("after April 2023", "2023-05-01/.."),
            ("2023年4月之后", "2023-05-01/.."),
        ),
    ),
    Rule(
        "M18",
        _("since, from, on or after, not before"),
        _("From the first day of the date onwards, inclusive."),
        (
            ("since 17 December 2023", "2023-12-17/.."),
            ("on or after 17 December 2023", "2023-12-17/.."),
            ("from April 2023 onwards", "2023-04/.."),
            ("自2023年4月以来", "2023-04/.."),
        ),
    ),
    Rule(
        "M19",
        _("between … and …, from … to …, or two dates with a dash"),
        _(
            "From the first day of the first date to the last day of the second, inclusive. The "
            "first date may omit a month or year that it shares with the second. In Chinese, the "
            "second date may omit it instead."
        ),
        (
            ("between April and June 2023", "2023-04/2023-06"),
            ("from 15 to 17 December 2023", "2023-12-15/2023-12-17"),
            ("April–June 2023", "2023-04/2023-06"),
            ("Dec 15-17, 2023", "2023-12-15/2023-12-17"),
            ("2020–23", "2020/2023"),
            ("2023年4月至6月", "2023-04/2023-06"),
            ("2023年12月15日到17日", "2023-12-15/2023-12-17"),
        ),
    ),
    Rule(
        "M20",
        _("a weekend"),
        _("The Saturday and Sunday of the weekend that includes the given day."),
        (("the weekend of 16 December 2023", "2023-12-16/2023-12-17"),),
    ),
    Rule(
        "M21",
        _("unknown, undated, or left empty"),
        _("No date. The entry matches no date range and is listed after all dated entries."),
        (("undated", ""), ("", ""), ("日期不详", "")),
    ),
)

RULES_BY_ID = {rule.id: rule for rule in RULES}
