"""The formats: one file each, one line here; addresses and links are made from this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kb.formats import json


@dataclass(frozen=True)
class Format:
    """How a page of entries becomes bytes, and what to call the result."""

    suffix: str
    media_type: str
    label: str
    render: Callable[[Any, str], bytes]


FORMATS = {one.suffix: one for one in (Format("json", "application/json", "JSON", json.render),)}
