"""Plain English and Chinese: every rule, and the reasons for texts that are refused."""

import re

import pytest

from kb.dates import RULES, RULES_VERSION, DateError, FuzzyDate, Rule, parse, read_date

READINGS = [rule for rule in RULES if not rule.is_proposal]
EXAMPLES = [(rule, text, edtf) for rule in READINGS for text, edtf in rule.examples]


def test_english_chinese_and_edtf_are_read():
    assert parse("April 2023") == FuzzyDate("2023-04", "April 2023")
    assert parse("2023年4月") == FuzzyDate("2023-04", "2023年4月")
    assert parse("2023-04") == FuzzyDate("2023-04")


@pytest.mark.parametrize(
    ("rule", "text", "edtf"), EXAMPLES, ids=[f"{rule.id}-{text}" for rule, text, _ in EXAMPLES]
)
def test_every_example_of_the_rules_is_read_as_stated(rule, text, edtf):
    reading = read_date(text)
    assert (reading.date.edtf, reading.rule) == (edtf, rule.id)
    assert reading.date.rule == rule.id
    assert rule.id in reading.explanation and str(rule.read_as) in reading.explanation


def test_rules_are_complete_and_numbered():
    proposals = [rule for rule in RULES if rule.is_proposal]
    for letter, rules in (("M", READINGS), ("R", proposals)):
        assert [rule.id for rule in rules] == [
            f"{letter}{number}" for number in range(1, len(rules) + 1)
        ]
    for rule in RULES:
        assert isinstance(rule, Rule) and rule.written and rule.read_as.endswith(".")
        assert (rule.example, rule.example_edtf) == rule.examples[0]
    assert isinstance(RULES_VERSION, int)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        # Days.
        ("15 Dec 2023", "2023-12-15"),
        ("15th of December, 2023", "2023-12-15"),
        ("December 15th 2023", "2023-12-15"),
        ("on Fri. 15 December 2023", "2023-12-15"),
        ("15-Dec-2023", "2023-12-15"),
        ("2023 December 15", "2023-12-15"),
        ("29 February 2024", "2024-02-29"),
        ("12/12/2023", "2023-12-12"),
        ("31.12.2023", "2023-12-31"),
        ("2023.4.5", "2023-04-05"),
        # Months, years and their parts.
        ("In April, 2023.", "2023-04"),
        ("APRIL   2023", "2023-04"),
        ("the month of April 2023", "2023-04"),
        ("start of 2023", "2023-01~/2023-04~"),
        ("Mid 2023", "2023-05~/2023-08~"),
        ("the middle of April 2023", "2023-04-11~/2023-04-20~"),
        ("end of February 2023", "2023-02-21~/2023-02-28~"),
        ("second quarter 2023", "2023-34"),
        ("2023 Q4", "2023-36"),
        ("the last quarter of 2023", "2023-36"),
        ("the latter half of 2023", "2023-41"),
        ("autumn of 2023", "2023-23"),
        ("winter 2023/24", "2023-24"),
        ("1860's", "186X"),
        ("21st century", "20XX"),
        # Marks.
        ("around mid-2023", "2023-05~/2023-08~"),
        ("approximately 2023", "2023~"),
        ("c.1860", "1860~"),
        ("April 2023 or so", "2023-04~"),
        ("perhaps about 1860", "1860%"),
        ("1860s?", "186X?"),
        # Open ends.
        ("before 2023", "../2022-12-31"),
        ("prior to mid-2023", "../2023-04-30~"),
        ("before the end of 2023", "../2023"),
        ("before the beginning of 2023", "../2022-12-31"),
        ("by mid-2023", "../2023-08~"),
        ("no later than 15 December 2023", "../2023-12-15"),
        ("15 December 2023 or earlier", "../2023-12-15"),
        ("after the end of 2023", "2024-01-01/.."),
        ("later than 2023", "2024-01-01/.."),
        ("since early 2023", "2023-01~/.."),
        ("since the beginning of 2023", "2023/.."),
        ("not before April 2023", "2023-04/.."),
        ("from April 2023", "2023-04/.."),
        ("before 2023-05", "../2023-04-30"),
        # Two dates.
        ("between 15 and 17 December 2023", "2023-12-15/2023-12-17"),
        ("from December 2023 to February 2024", "2023-12/2024-02"),
        ("15–17 December 2023", "2023-12-15/2023-12-17"),
        ("Apr - Jun 2023", "2023-04/2023-06"),
        ("from the beginning to the end of April 2023", "2023-04-01~/2023-04-30~"),
        ("April-June 2023", "2023-04/2023-06"),
        ("2020-2023", "2020/2023"),
        ("2020—2023", "2020/2023"),
        ("Q1 to Q3 2023", "2023-33/2023-35"),
        ("early to mid 2023", "2023-01~/2023-08~"),
        ("mid-April to late June 2023", "2023-04-11~/2023-06-30~"),
        ("weekend of 17 December 2023", "2023-12-16/2023-12-17"),
        # Chinese.
        ("２０２３年４月", "2023-04"),
        ("2023 年 4 月", "2023-04"),
        ("二〇二三年四月", "2023-04"),
        ("2023年十二月二十五日", "2023-12-25"),
        ("2023年12月15日(星期五)", "2023-12-15"),
        ("2023年12月15号", "2023-12-15"),
        ("2023年4月份", "2023-04"),
        ("2023年中", "2023-05~/2023-08~"),
        ("2023年末", "2023-09~/2023-12~"),
        ("2023年4月中旬", "2023-04-11~/2023-04-20~"),
        ("2023年一季度", "2023-33"),
        ("2023年冬", "2023-24"),
        ("大约2023年", "2023~"),
        ("在2023年4月之前", "../2023-03-31"),
        ("2023年底前", "../2023"),
        ("不晚于2023年4月", "../2023-04"),
        ("从2023年4月起", "2023-04/.."),
        ("2023年4月以后", "2023-05-01/.."),
        ("2023年4月和6月之间", "2023-04/2023-06"),
        ("从2020年到2023年", "2020/2023"),
        ("2023年11月至2024年2月", "2023-11/2024-02"),
        ("二十世纪九十年代", "199X"),
        ("2023年4月15日前后", "2023-04-15~"),
        ("约2023年4月至6月", "2023-04~/2023-06~"),
        ("2023年年底前", "../2023"),
        ("到2023年底", "../2023"),
        ("2023年4月底之前", "../2023-04"),
        ("2023年5月1日至今", "2023-05-01/.."),
        ("2023年1-3月", "2023-01/2023-03"),
        ("2023-2024年", "2023/2024"),
        ("2023年4月15-17日", "2023-04-15/2023-04-17"),
        ("2023年第一至第二季度", "2023-33/2023-34"),
    ],
)
def test_usual_spellings_of_dates_are_read(text, edtf):
    when = parse(text)
    assert when.edtf == edtf
    assert when.phrase == text.strip()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12/05/2023", "12 May 2023 or 5 December 2023. Write 2023-05-12 or 2023-12-05"),
        ("1900s", "190X or 19XX"),
        ("the 2000s", "200X or 20XX"),
        ("April", "no year"),
        ("15 Dec", "no year"),
        ("beginning of June", "no year"),
        ("4月", "no year"),
        ("4月15日", "no year"),
        ("last weekend", "depends on when it was said"),
        ("a few months ago", "depends on when it was said"),
        ("this year", "depends on when it was said"),
        ("by the end of this year", "depends on when it was said"),
        ("two days later", "depends on when it was said"),
        ("yesterday", "depends on when it was said"),
        ("几个月前", "depends on when it was said"),
        ("去年", "depends on when it was said"),
        ("今年4月", "depends on when it was said"),
        ("29 Feb 2023", "“29 Feb 2023” does not exist"),
        ("2023年2月29日", "28 days"),
        ("31 April 2023", "30 days"),
        ("2023年13月", "Months range from 1 to 12"),
        ("13/13/2023", "Months range from 1 to 12"),
        ("Monday, 15 December 2023", "was a Friday"),
        ("2023年12月15日星期一", "星期五"),
        ("from June to April 2023", "ends before it begins"),
        ("December 15 to January 3, 2024", "Write the year at both"),
        ("before before 2023", "open-ended ranges"),
        ("between 2020 and before 2023", "open-ended ranges"),
        ("before 0001", "before the year 1"),
        ("after 9999", "after the year 9999"),
        ("late summer 2023", "a year, a month or a decade"),
        ("summer 2023/24", "only a winter"),
        ("winter 2023/25", "only a winter"),
        ("weekend of 15 December 2023", "Saturday or Sunday"),
        ("90年代", "century"),
        ("64 BC", "before the year 1"),
        ("2010-13", "no valid month"),
        ("[2023, 2024]", "set of dates"),
        ("4 July 0000", "year 0"),
        ("hello", "not a date in a supported format"),
        ("2023 and a half", "not a date in a supported format"),
        ("Dec '23", "four-digit year"),
        ("1/2/03", "four-digit year"),
        ("0th century", "not a date in a supported format"),
        ("你好", "not a date in a supported format"),
        ("2023\x00", "U+0000"),
        ("April\u200b2023", "U+200B"),
        ("\ud800", "U+D800"),
        ("\U000fffff 2023", "invisible character"),
        ("a" * 201, "200 characters"),
        ("\ufdfa" * 100, "200 characters"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_other_text_is_refused_with_the_reason(text, reason):
    for reader in (parse, read_date):
        with pytest.raises(DateError) as refused:
            reader(text)
        assert reason in str(refused.value)


def test_message_is_printable_for_any_text():
    for text in ("\ud800", "\x00\x1b[31m", "<script>" * 20, "\u202e2023"):
        with pytest.raises(DateError) as refused:
            parse(text)
        assert str(refused.value).isprintable()
        assert len(str(refused.value)) < 300


def test_given_phrase_replaces_the_typed_words():
    assert parse("mid-2023", phrase="年中").phrase == "年中"
    assert parse("2023-06", phrase="in June").phrase == "in June"
    assert parse("2023-06").phrase == ""


def test_value_of_another_type_is_refused():
    for value in (None, 2023, b"2023", ["2023"]):
        with pytest.raises(DateError):
            parse(value)


def test_reading_has_a_rule_and_an_explanation():
    reading = read_date("mid-2023")
    assert reading.date == FuzzyDate("2023-05~/2023-08~", "mid-2023")
    assert reading.explanation.startswith("Mid-2023: 1 May 2023 to 31 August 2023. Rule M6 (")
    assert read_date("by May 2023").explanation.startswith(
        "In or before May 2023: 31 May 2023 or earlier."
    )
    assert read_date("").explanation.startswith("Date not stated. Rule M21")


def patterns():
    """Every regular expression of the rooms that read text."""
    from kb.dates import distances, edtf, periods, phrases, phrases_zh, reading, relative

    for module in (distances, edtf, periods, phrases, phrases_zh, reading, relative):
        for value in vars(module).values():
            for item in value if isinstance(value, list) else [value]:
                value = item[0] if isinstance(item, tuple) else item
                if isinstance(value, re.Pattern):
                    yield value.pattern


def test_no_pattern_has_nested_repetitions():
    """What makes a regular expression slow without limit: (a+)+, (a|b*)*, and the like."""
    all_patterns = list(patterns())
    assert len(all_patterns) > 40
    for pattern in all_patterns:
        for group in re.finditer(r"\((?:\?:|\?P<\w+>)?([^()]*)\)[*+]", pattern):
            assert not re.search(r"(?<!\\)[*+]", group[1]), pattern
        # At most two open-ended parts, so the time is linear in a text of 200 characters.
        assert len(re.findall(r"(?<!\\)\.\+", pattern)) <= 4, pattern


def test_deep_nesting_is_refused():
    for word in ("about ", "before ", "early ", "from ", "between ", "weekend of ", "约", "自"):
        with pytest.raises(DateError):
            parse((word * 200)[:190] + " 2023")
