"""Compare the reading of EDTF with published suites and with python-edtf.

The table ``tests/samples/edtf.tsv`` has our own examples of every form in the published suites. Its
third column says whether three implementations agree on that form.
"""

import csv
import re
from functools import cache
from pathlib import Path

import pytest
from edtf import parse_edtf as oracle
from edtf.parser.edtf_exceptions import EDTFParseException

from kb.dates import DateError, parse_edtf

TABLE = Path(__file__).parents[1] / "samples" / "edtf.tsv"

# Valid EDTF that is not supported: the pattern of the text, and a part of the message.
OUT_OF_SCOPE = {
    "sets of dates": (r"[\[{].*[\]}]", "set of dates"),
    "exponents, long years and significant digits": (r"Y.*", "four-digit year"),
    "years before 1": (r"(?:.*/)?[?~%]?-[0-9X].*", "before the year 1"),
    "the year 0": (r"(?:.*/)?0000.*", "year 0"),
    "masks beyond level 1": (r".*X.*", "can be unknown"),
}
# Rows on which the three implementations disagree: text -> why the result differs from the verdict
# of the table. Times and zones are here because only their day is used.
OUR_CHOICE = {
    "": "an unknown date is a date that an entry may have; EDTF has no text for it",
    "2012-21/2012-22": "spring to summer has a first and a last day",
}
OUR_REFUSALS = {
    r".*T.*[+-][0-9]{4}": "offsets without a colon: two implementations refuse them too",
    r"-?[0-9]{2,3}[?%]?": "centuries and decades cut short: they would be read into typing errors",
}


def table():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture
def rows():
    return table()


def verdict(text):
    try:
        parse_edtf(text)
    except DateError as error:
        return "invalid", str(error)
    return "valid", ""


def test_rows_in_scope_are_read_as_by_other_implementations(rows):
    """A row in scope, on which three implementations agree, is read in the same way."""
    wrong, left_out = [], dict.fromkeys(OUT_OF_SCOPE, 0)
    for row in rows:
        text = row["edtf"] or ""
        ours, message = verdict(text)
        if ours == row["verdict"] or text in OUR_CHOICE:
            continue
        for reason, (pattern, part) in OUT_OF_SCOPE.items():
            if ours == "invalid" and re.fullmatch(pattern, text) and part in message:
                left_out[reason] += 1
                break
        else:
            if row["implementations"] == "all" or not any(
                re.fullmatch(p, text) for p in OUR_REFUSALS
            ):
                wrong.append((text, row["verdict"], message))
    assert wrong == []
    assert all(left_out.values()), f"a reason that no row needs: {left_out}"


def test_deliberate_differences_still_hold(rows):
    known = {row["edtf"] or "": row for row in rows}
    for text in OUR_CHOICE:
        assert verdict(text)[0] == "valid" and known[text]["verdict"] == "invalid"
    for pattern in OUR_REFUSALS:
        assert any(re.fullmatch(pattern, text) for text in known)


# --- The oracle ------------------------------------------------------------------------------

# The first and the last, a century that is no leap year, a common one and a leap year.
YEARS = ("0001", "1900", "2023", "2024", "9999")
# Every month of one year, and the months in which years differ. The oracle is slow.
MONTHS = {"2024": range(1, 13)}
MONTHS_OF_OTHERS = (1, 2, 12)


def corpus():
    """Yield every kind of supported date, for leap and common years, the first and the last."""
    for year in YEARS:
        yield from (year, f"{year}?", f"{year}~", f"{year}%", f"{year[:3]}X", f"{year[:2]}XX")
        yield from (f"{year}-{month:02}" for month in range(45))
        for month in MONTHS.get(year, MONTHS_OF_OTHERS):
            yield from (f"{year}-{month:02}-{day:02}" for day in (0, 1, 28, 29, 30, 31, 32))
        yield from (f"{year}-XX", f"{year}-XX-XX", f"{year}-02-XX", f"{year}?-12-15")
        yield from (f"{year}-12~-15", f"{year}-?12-15", f"?{year}-12-~15", f"{year}-12-15~")
        yield from (f"{year}/..", f"../{year}", f"{year}/", f"/{year}", f"{year}-03/{year}-05")
        yield from (f"{year}-05/{year}-03", f"{year}-05~/{year}-08~", f"{year}-21/{year}-22")
        yield from (f"{year}-33/{year}-34", f"{year}-05-02/{year}-05-01")
    yield from ("", "/", "/..", "../", "../..")


# Why the results may differ for a text of that form.
WINTER = "a winter ends in December: January and February of it are lost"
DIFFERENCES = {
    r"(?!9999)[0-9]{4}-(24|28|30)": WINTER,
    r"[0-9]{4}/|/[0-9]{4}": "an end that is not known is made up: ten years away",
    r"0001-02-29|1900-02-29|2023-02-29|9999-02-29": "accepts 29 February in any year",
    r"([0-9]{4})-05/\1-03|([0-9]{4})-05-02/\2-05-01": "accepts an interval that ends too early",
    r"000X|00XX": "begins in the year 0",
    r"[0-9]{4}-33/[0-9]{4}-34": "refuses quarters in intervals",
    r"": "has no text for an unknown date",
    r"/\.\.|\.\./": "fails with TypeError instead of a refusal",
}


def ours(text):
    try:
        when = parse_edtf(text)
    except DateError:
        return "refused"
    return tuple(day and tuple(day.timetuple()[:3]) for day in (when.earliest, when.latest))


@cache
def theirs(text):
    try:
        read = oracle(text)
        # The oracle has infinities as open ends.
        ends = (read.lower_strict(), read.upper_strict())
        return tuple(None if isinstance(end, float) else tuple(end[:3]) for end in ends)
    except EDTFParseException:
        return "refused"
    except TypeError:
        return "failed"


@pytest.mark.slow
def test_oracle_agrees_except_for_its_known_errors(capsys):
    differing = {text for text in corpus() if ours(text) != theirs(text)}
    explained = {text for text in differing if any(re.fullmatch(p, text) for p in DIFFERENCES)}
    assert differing - explained == set()


@pytest.mark.parametrize("pattern", DIFFERENCES)
def test_each_known_error_of_the_oracle_still_exists(pattern, capsys):
    named = [text for text in corpus() if re.fullmatch(pattern, text)]
    assert named
    assert all(ours(text) != theirs(text) for text in named)
