"""What the sender of a file says about it: encoding, columns, order of dates, century, source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.dates.reading import FigureOrder

# By the value of the option: its name in the form.
CENTURIES = {"20": "2000 to 2099 (26 is 2026)", "19": "1900 to 1999 (26 is 1926)"}


@dataclass(frozen=True)
class ReadOptions:
    """How a file is read. Everything empty: the file speaks for itself.

    ``columns`` maps our columns to their names in the file, ``{"title": "Name of the case"}``, and
    ``unread`` has names in the file that are not read although they are known. ``encoding`` is the
    name of a codec, ``order`` that of dates such as 12/05/2023, ``century`` a key of CENTURIES for
    years of two digits. ``source`` is the address of the source of all rows that have none.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    encoding: str = ""
    order: FigureOrder = ""
    century: str = ""
    source: str = ""


NO_OPTIONS = ReadOptions()
