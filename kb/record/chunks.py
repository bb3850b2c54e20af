"""Long lists in chunks, so that no statement has more parameters than a database takes.

SQLite takes 250,000 in the builds of Python (32,766 by default), PostgreSQL 65,535; and a statement
with thousands of them takes long to plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

CHUNK_SIZE = 500


def in_chunks(items: Iterable[Item], size: int = CHUNK_SIZE) -> Iterator[list[Item]]:
    """Yield the items in lists of ``size``, in their order; the last list may be shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
