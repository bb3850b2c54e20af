"""Read what an editor types as a date: EDTF first, then the rules for English and Chinese."""

import re
import unicodedata
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from kb.dates import phrases, phrases_zh
from kb.dates.edtf import DateError, check_moment, not_text, parse_shape, quote, refuse
from kb.dates.rules import RULES_BY_ID
from kb.dates.spans import RuleMatch
from kb.dates.times import split_time
from kb.dates.value import FuzzyDate
from kb.dates.words import days_covered

MAX_TEXT = 200

_DASHES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2212": "-", "\u2012": "–", "\u2014": "–"})
_RELATIVE = re.compile(
    r"\b(?:ago|last|this|next|today|yesterday|tomorrow|tonight|now|recent(?:ly)?|lately|soon|so far"
    r"|current(?:ly)?|same (?:day|week|month|year|time)"
    r"|(?:days?|weeks?|weekends?|months?|years?|time) (?:earlier|later|before|after)"
    r"|(?:previous|following|past|coming) (?:day|night|week|weekend|month|year|decade|few))\b"
    "|今[天日年晨晚早]|昨[天日晚]|前[天日年]|明[天日年]|去年|后天|[上本这下]个?(?:周|月|星期|季度|年)"
    "|近[日期来]|最近|日前|目前|当[天日年月前]|同[日年月]|刚刚|不久|(?:天|周|月|年)前"
)
_FIGURES = re.compile("[0-9TZ?~%:.,+ -]+")
_LIKE_EDTF = re.compile(r"[0-9XYESTZux?~%/.:,+\-\[\]{}\s]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a text: the date, the id of the rule in ``RULES``, an explanation."""

    date: FuzzyDate
    rule: str
    explanation: str


def parse_edtf(text: str) -> FuzzyDate:
    """Return the date of an EDTF text; "" is unknown. Raises DateError for any other text.

    ``parse_edtf(text).edtf`` is the text itself. For a date-time it is the day; the time and the
    offset are kept beside it. Fractions of a second are not kept.
    """
    if not isinstance(text, str):
        raise not_text(text)
    if len(text) > MAX_TEXT:
        raise _too_long(text)
    if check_moment(text):
        day, clock = split_time(text)
        if clock:
            return FuzzyDate(day, zone=clock.zone, time=clock.time, rule="M1")
    return FuzzyDate(text, rule="M1" if text else "M21")


def parse(text: str, *, phrase: str = "") -> FuzzyDate:
    """Return the date of a text in EDTF, English or Chinese. Raises DateError.

    ``phrase`` is the wording of the source. Without it, plain language becomes the phrase.
    """
    date = _read(text)
    return replace(date, phrase=phrase or date.phrase)


def read_date(text: str) -> Reading:
    """Return the date with its rule and an explanation, to be shown before saving."""
    date = _read(text)
    rule = RULES_BY_ID[date.rule]
    covered = days_covered(parse_shape(date.edtf))
    words = f"{date.words()}: {covered}." if covered else f"{date.words()}."
    message = _("Rule %(rule)s (%(written)s): %(read_as)s")
    values = {"rule": rule.id, "written": rule.written, "read_as": rule.read_as}
    return Reading(date, rule.id, f"{words} {message % values}")


def _read(value: str) -> FuzzyDate:
    typed = _clean(value)
    text = unicodedata.normalize("NFKC", typed).translate(_DASHES)
    if len(text) > MAX_TEXT:
        raise _too_long(text)
    rest, clock = split_time(text)
    if not clock:
        return _read_days(typed, text)
    try:
        day = _read_days(rest, rest)
        # A time in figures is no wording of a source.
        phrase = "" if _FIGURES.fullmatch(text) else typed
        return FuzzyDate(day.edtf, phrase, clock.zone, clock.time, day.rule)
    except DateError as error:
        raise _with_whole_text(error, rest, typed) from error


def _with_whole_text(error: DateError, part: str, typed: str) -> DateError:
    """Return the error with the text as it was typed, of which only a part was read."""
    message = (
        str(error).replace(quote(part), quote(typed)).replace(quote(_words(part)), quote(typed))
    )
    return DateError(message if quote(typed) in message else f"{quote(typed)}: {message}")


def _read_days(typed: str, text: str) -> FuzzyDate:
    edtf_error: DateError | None = None
    if _LIKE_EDTF.fullmatch(text) or not text:
        try:
            return parse_edtf(text)
        except DateError as error:
            edtf_error = error
    try:
        plain = _plain(text)
    except DateError as error:
        # The rules read normalised text; the message must show the text as typed.
        raise DateError(str(error).replace(quote(_words(text)), quote(typed))) from error
    if plain:
        edtf, rule = plain
        return FuzzyDate(edtf, phrase=typed, rule=rule)
    if edtf_error:
        raise edtf_error
    raise DateError(_reason(typed, text))


def _clean(text: str) -> str:
    """Return the text, stripped. Raises DateError for invisible characters and other types."""
    if not isinstance(text, str):
        raise not_text(text)
    text = text.strip(" \t\r\n\u00a0\u3000")
    if len(text) > MAX_TEXT:
        raise _too_long(text)
    for character in text:
        # C: control, format, surrogate, private use, unassigned.
        if unicodedata.category(character).startswith("C"):
            message = _(
                "The date contains an invisible character (%(code)s). Type the date again without "
                "it."
            )
            raise DateError(message % {"code": f"U+{ord(character):04X}"})
    return text


def _plain(text: str) -> RuleMatch | None:
    if phrases_zh.is_chinese(text):
        return phrases_zh.read_chinese(text.rstrip("。."))
    if re.search(r"\b(?:bc|bce|b\.c\.)", text.lower()):
        refuse(_("%(text)s is before the year 1. Years range from 0001 to 9999."), text)
    return phrases.read_english(_words(text))


def _words(text: str) -> str:
    """Return the text in lower case, with single spaces, without "the" and final punctuation."""
    words = [word for word in text.lower().split() if word != "the"]
    return " ".join(words).rstrip(".,;")


def _reason(typed: str, text: str) -> str:
    """Return the message that says why the text could not be read, and what to write instead."""
    if _RELATIVE.search(text.lower()):
        return _(
            "%(text)s depends on when it was said. Enter the date it refers to, such as "
            "2023-12-16, and keep these words as the wording of the source."
        ) % {"text": quote(typed)}
    chinese = phrases_zh.is_chinese(text)
    if phrases_zh.lacks_year_zh(text) if chinese else phrases.lacks_year(_words(text)):
        example = "2023年4月" if chinese else "April 2023"
        message = _("%(text)s has no year. Add the year, as in “%(example)s”.")
        return message % {"text": quote(typed), "example": example}
    return _(
        "%(text)s is not a date in a supported format. Write it like “15 December 2023”, “April "
        "2023”, “mid-2023”, “before May 2023” or 2023-12-15."
    ) % {"text": quote(typed)}


def _too_long(text: str) -> DateError:
    message = _("A date can have at most %(most)d characters. This text has %(number)d.")
    return DateError(message % {"most": MAX_TEXT, "number": len(text)})
