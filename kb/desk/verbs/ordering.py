"""Refuses publications after which links would form a circle or contradict dates."""

from __future__ import annotations

from collections.abc import Collection

from kb.desk.entry_graph import record_errors
from kb.desk.verbs.exceptions import ActionRefused


def refuse_impossible_order(public_ids: Collection[str]) -> None:
    """Raise ActionRefused if published links of these entries cannot all be true.

    Call it after the revisions were appended, in their transaction: publications wait for each
    other, so two halves of a circle cannot both pass.
    """
    if reasons := record_errors(public_ids):
        raise ActionRefused(reasons)
