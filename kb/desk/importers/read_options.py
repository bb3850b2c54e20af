"""What the sender of a file says about it: encoding, columns, order of dates, century, source.

All but the corrections of single cells are remembered for the origin of the file, so that the next
file of the same origin needs no decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypedDict

from django.utils.translation import gettext_lazy as _

from kb.dates.reading import FigureOrder
from kb.record.vocabulary import Label

# By the value of the option: its name in the form.
CENTURIES: dict[str, Label] = {
    "20": _("2000 to 2099 (26 is 2026)"),
    "19": _("1900 to 1999 (26 is 1926)"),
}


class OptionsJson(TypedDict, total=False):
    """The options as they are stored."""

    columns: dict[str, str]
    unread: list[str]
    encoding: str
    order: FigureOrder
    century: str
    source: str
    names: dict[str, str]
    corrected: dict[str, dict[str, str]]
    left_out: list[int]
    is_remembered: bool


@dataclass(frozen=True)
class ReadOptions:
    """How a file is read. Everything empty: the file speaks for itself.

    ``columns`` maps our columns to their names in the file, ``{"title": "Name of the case"}``, and
    ``unread`` has names in the file that are not read although they are known. ``encoding`` is the
    name of a codec, ``order`` that of dates such as 12/05/2023, ``century`` a key of CENTURIES for
    years of two digits. ``source`` is the address of the source of all rows that have none.
    ``names`` maps names of actors in the file to known ones. ``corrected`` has the texts of cells
    by the number of the row and the index of the column, ``left_out`` numbers of rows.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    encoding: str = ""
    order: FigureOrder = ""
    century: str = ""
    source: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    corrected: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    # The columns are those of an earlier file, and may be missing.
    is_remembered: bool = False

    def to_json(self) -> OptionsJson:
        """The options as JSON stores them."""
        return {
            "columns": dict(self.columns),
            "unread": sorted(self.unread),
            "encoding": self.encoding,
            "order": self.order,
            "century": self.century,
            "source": self.source,
            "names": dict(self.names),
            "corrected": {
                str(row): {str(place): text for place, text in cells.items()}
                for row, cells in self.corrected.items()
            },
            "left_out": sorted(self.left_out),
            "is_remembered": self.is_remembered,
        }

    @classmethod
    def from_json(cls, stored: OptionsJson) -> Self:
        """The options that ``to_json`` returned."""
        return cls(
            columns=stored.get("columns", {}),
            unread=frozenset(stored.get("unread", [])),
            encoding=stored.get("encoding", ""),
            order=stored.get("order", ""),
            century=stored.get("century", ""),
            source=stored.get("source", ""),
            names=stored.get("names", {}),
            corrected={
                int(row): {int(place): text for place, text in cells.items()}
                for row, cells in stored.get("corrected", {}).items()
            },
            left_out=frozenset(stored.get("left_out", [])),
            is_remembered=stored.get("is_remembered", False),
        )

    def to_remember(self) -> ReadOptions:
        """The options without what concerns single rows of one file."""
        return replace(self, corrected={}, left_out=frozenset(), is_remembered=True)

    def with_defaults(self, remembered: ReadOptions) -> ReadOptions:
        """These options, and the remembered ones for everything that they leave empty."""
        chooses_columns = bool(self.columns or self.unread)
        return replace(
            self,
            columns=self.columns if chooses_columns else remembered.columns,
            unread=self.unread if chooses_columns else remembered.unread,
            encoding=self.encoding or remembered.encoding,
            order=self.order or remembered.order,
            century=self.century or remembered.century,
            source=self.source or remembered.source,
            names=self.names or remembered.names,
            is_remembered=not chooses_columns and remembered != NO_OPTIONS,
        )


NO_OPTIONS = ReadOptions()
