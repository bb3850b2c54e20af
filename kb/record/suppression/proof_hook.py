"""Told which values of published versions are gone, for a log that has proofs of them.

A proof of a value that can be guessed would tell it again, so what a log needs for that, such as a
salt, has to go in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from kb.record.documents.types import PublicId

# (public id of the record, number of the version, names of the fields of its document)
ValuesRemoved = Callable[[PublicId, int, Collection[str]], None]
_receivers: list[ValuesRemoved] = []


def on_values_removed(receiver: ValuesRemoved) -> ValuesRemoved:
    """Have a function called for each version from which values are removed."""
    if receiver not in _receivers:
        _receivers.append(receiver)
    return receiver


def values_removed(public_id: PublicId, number: int, fields: Collection[str]) -> None:
    """Tell all receivers; runs in the transaction of the removal."""
    for receiver in _receivers:
        receiver(public_id, number, fields)
