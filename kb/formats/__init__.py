"""The formats: one file each, one line here; addresses and links are made from this table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kb.formats import csv, json


@dataclass(frozen=True)
class Format:
    """How a page of entries becomes bytes, and what to call the result.

    What ``render`` yields piece by piece is all of the filtered set; what it returns whole is
    one page of it.
    """

    suffix: str
    media_type: str
    label: str
    render: Callable[[Any, str], bytes | Iterator[bytes]]


FORMATS = {
    one.suffix: one
    for one in (
        Format("json", "application/json", "JSON", json.render),
        Format("csv", "text/csv; charset=utf-8", "CSV", csv.render),
    )
}
