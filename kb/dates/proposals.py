"""The rules for words that depend on the day of their source: "last weekend", "a year ago".

``relative.resolve_relative`` applies them. What it returns is a proposal to an editor.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from kb.dates.rule import Rule

# A Monday. The examples are read in a source of this day.
EXAMPLE_DAY = date(2023, 12, 18)

PROPOSALS: tuple[Rule, ...] = (
    Rule(
        "R1",
        _("today, yesterday, tomorrow"),
        _("Proposal, from the day of the source: that day, the day before or the day after."),
        (
            ("yesterday", "2023-12-17"),
            ("last night", "2023-12-17"),
            ("昨天", "2023-12-17"),
        ),
        is_proposal=True,
    ),
    Rule(
        "R2",
        _("a weekday"),
        _(
            "Proposal, from the day of the source: the latest such day up to it; with “last”, "
            "before it; with “this”, in its week from Monday to Sunday; with “next”, after it and "
            "uncertain. In Chinese, 上周五 is the Friday of the week before."
        ),
        (
            ("on Monday", "2023-12-18"),
            ("last Friday", "2023-12-15"),
            ("late Thursday", "2023-12-14"),
            ("next Friday", "2023-12-22?"),
            ("Wed.", "2023-12-13"),
            ("上周五", "2023-12-15"),
        ),
        is_proposal=True,
    ),
    Rule(
        "R3",
        _("last, this or next weekend"),
        _(
            "Proposal, from the day of the source: the Saturday and Sunday before it, those of its "
            "week, or those of the next week, uncertain."
        ),
        (
            ("the last weekend", "2023-12-16/2023-12-17"),
            ("over the weekend", "2023-12-16/2023-12-17"),
            ("上周末", "2023-12-16/2023-12-17"),
        ),
        is_proposal=True,
    ),
    Rule(
        "R4",
        _("last, this or next week, month, quarter or year, or a part of it"),
        _(
            "Proposal, from the day of the source: the whole calendar week, month, quarter or "
            "year; “earlier this …” ends and “later this …” begins with the day of the source."
        ),
        (
            ("this month", "2023-12"),
            ("last week", "2023-12-11/2023-12-17"),
            ("April last year", "2022-04"),
            ("by the end of this year", "../2023"),
            ("earlier this year", "2023-01-01/2023-12-18"),
            ("上个月", "2023-11"),
            ("去年底", "2022-09~/2022-12~"),
        ),
        is_proposal=True,
    ),
    Rule(
        "R5",
        _("a number of days, weeks, months or years ago"),
        _(
            "Proposal, from the day of the source. Days are counted. Weeks, months and years are "
            "taken as rounded: three days or six months to either side, or the whole month; "
            "approximate."
        ),
        (
            ("two days ago", "2023-12-16"),
            ("a week ago", "2023-12-08~/2023-12-14~"),
            ("two months ago", "2023-10~"),
            ("about a year ago", "2022-06~/2023-06~"),
            ("三天前", "2023-12-15"),
            ("约一年前", "2022-06~/2023-06~"),
        ),
        is_proposal=True,
    ),
    Rule(
        "R6",
        _("a few days, weeks, months or years ago; the past or next few"),
        _(
            "Proposal, from the day of the source: five to one of them before it; up to it for "
            "“the past few”; from it to five after it for “the next few”; approximate."
        ),
        (
            ("a few months ago", "2023-07~/2023-11~"),
            ("in the past few days", "2023-12-13~/2023-12-18"),
            ("in the next few days", "2023-12-18/2023-12-23~"),
            ("几个月前", "2023-07~/2023-11~"),
        ),
        is_proposal=True,
    ),
    Rule(
        "R7",
        _("a month or a day without a year"),
        _("Proposal, from the day of the source: the latest such date that begins up to that day."),
        (("in April", "2023-04"), ("December 30", "2022-12-30"), ("4月", "2023-04")),
        is_proposal=True,
    ),
    Rule(
        "R8",
        _("a day of the month without its month"),
        _("Proposal, from the day of the source: the latest such day up to it."),
        (("on the 15th", "2023-12-15"), ("the 20th", "2023-11-20"), ("15日", "2023-12-15")),
        is_proposal=True,
    ),
)
