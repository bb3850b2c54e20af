"""``FuzzyDate``, a date that is no more exact than its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kb.dates import bounds, words
from kb.dates.edtf import Shape, parse_shape


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """A date in EDTF, with the wording of the source.

    ``edtf`` is "" if the date is not known, otherwise a date or interval that ``parse_edtf``
    accepts (not a date-time). Other text raises DateError, so every FuzzyDate is valid. ``phrase``
    is the wording of the source, ``zone`` the time zone it gives. ``rule`` is the id of the rule
    that read the phrase; it is not stored and not compared.
    """

    edtf: str = ""
    phrase: str = ""
    zone: str = ""
    rule: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        parse_shape(self.edtf)

    def __str__(self) -> str:
        return self.words()

    @property
    def _shape(self) -> Shape:
        return parse_shape(self.edtf)

    @property
    def earliest(self) -> date | None:
        """The first possible day; None if the beginning is open or not known."""
        return self._shape.earliest

    @property
    def latest(self) -> date | None:
        """The last possible day; None if the end is open or not known."""
        return self._shape.latest

    @property
    def qualifier(self) -> str:
        """ "" | "uncertain" | "approximate" | "both". It does not widen the bounds."""
        return self._shape.qualifier

    @property
    def precision(self) -> str:
        """day, month, season, quarter, quadrimester, half, year, decade, century, part, interval
        or unknown."""
        return self._shape.precision

    @property
    def is_unknown(self) -> bool:
        """True if neither end is known, as in "../.." and the empty text."""
        return self._shape.precision == "unknown"

    @property
    def is_exact_day(self) -> bool:
        """True for a single day without a mark."""
        return self._shape.precision == "day" and not self._shape.qualifier

    @property
    def sort_key(self) -> tuple[int, int]:
        """(ordinal of the middle day, width in days); see ``bounds.sort_key``."""
        return bounds.sort_key(self.earliest, self.latest)

    def relation(self, earliest: date | None, latest: date | None) -> bounds.Relation:
        """ "certain", "possible" or "none" for the range; None is an open end of it.

        An undated entry is in no range. See ``bounds.relation``.
        """
        return bounds.relation(self.earliest, self.latest, earliest, latest)

    def words(self) -> str:
        """The date in words, in the active language: "April 2023", "Mid-2023"."""
        return words.leading_words(self._shape)

    def note(self) -> str:
        """The note below the words: "month only", "read as May–August"."""
        return words.precision_note(self._shape)

    def span_words(self) -> str:
        """The words for use within a sentence, with the days: "mid-2023 (1 May – 31 August)"."""
        return words.words_with_days(self._shape)

    def to_json(self) -> dict[str, str | None]:
        """The form in documents: days as ISO strings or None, words in the active language."""
        earliest, latest = self.earliest, self.latest
        return {
            "edtf": self.edtf,
            "phrase": self.phrase,
            "earliest": earliest.isoformat() if earliest else None,
            "latest": latest.isoformat() if latest else None,
            "zone": self.zone,
            "words": self.words(),
            "note": self.note(),
            "qualifier": self.qualifier,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "FuzzyDate":
        """Return the date of a document. Only edtf, phrase and zone are read.

        Raises DateError if the EDTF cannot be read.
        """
        return cls(
            document.get("edtf") or "", document.get("phrase") or "", document.get("zone") or ""
        )


UNKNOWN = FuzzyDate()
