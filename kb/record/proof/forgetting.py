"""Deleting the salts of fields, so that what they held can neither be proven nor guessed."""

from __future__ import annotations

from collections.abc import Iterable

from kb.record.log_models import Commitments, LogLeaf
from kb.record.models import Revision
from kb.record.proof.leaves import commitments, committed_fields, is_leaf_of
from kb.record.proof.proofs import salted_fields


def forget_commitments(revision: Revision, fields: Iterable[str]) -> None:
    """Delete the salts of these fields of a revision; every other proof still holds.

    ``fields`` are names of the document, such as ``text`` or ``citations``, which stands for all
    items of the list; ``citations/0`` is one item, and ``change_note`` the note of the change. Each
    salt is replaced by the commitment that was made with it, which the tree needs.

    Call it in the transaction that removes the values, **before** it changes the stored document:
    the commitments are made from the values, and are compared with the leaf. A list of which only
    some items are forgotten must keep its length. Repeating it does nothing, nor does it for a
    revision that is not in the log yet.

    Raises KeyError if the revision never had such a field, and ValueError if the document is not
    the one that was published; then nothing has changed.
    """
    row = Commitments.objects.select_for_update().filter(revision=revision).first()
    if row is None:  # not in the log yet
        return
    salted = salted_fields(row)
    names = [name for field in fields for name in _names_of(field, salted.names)]
    committed = commitments(salted, committed_fields(revision))
    leaf = LogLeaf.objects.get(revision=revision)
    if not is_leaf_of(revision, committed, bytes(leaf.entry)):
        raise ValueError(f"{revision} is not what was published. Forget before you remove.")
    forgotten = salted.forgotten | set(names)
    slots = [
        committed[name] if name in forgotten else slot
        for name, slot in zip(salted.names, salted.slots, strict=True)
    ]
    row.forgotten = "\n".join(name for name in salted.names if name in forgotten)
    row.slots = b"".join(slots)
    row.save(update_fields=["forgotten", "slots"])


def _names_of(field: str, names: list[str]) -> list[str]:
    """The names of the commitments of a field. Raises KeyError if it has none."""
    matching = [name for name in names if name == field or name.startswith(f"{field}/")]
    if not matching:
        raise KeyError(field)
    return matching
