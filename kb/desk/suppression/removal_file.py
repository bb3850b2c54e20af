"""Reading a file of ``/removed.json``, for a restore or an import into another database."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from kb.record.models import Suppression
from kb.record.suppression_vocabulary import (
    SuppressedPart,
    SuppressionForm,
    SuppressionReason,
)
from kb.record.vocabulary import RecordKind


class InvalidRemovalFile(Exception):
    """The file cannot be read as a list of removals. The message says why."""


def read_removals(path: Path) -> list[Suppression]:
    """Return the removals of a file, in their order, not stored. Raises InvalidRemovalFile.

    The file has no roles that stand in the place of names; the marker stands there instead.
    """
    try:
        answer = json.loads(path.read_bytes())
        removed = [_suppression(fields) for fields in answer["removed"]]
    except OSError as problem:
        raise InvalidRemovalFile(f"Cannot read {path}: {problem.strerror}.") from problem
    except (KeyError, TypeError, ValueError) as problem:
        raise InvalidRemovalFile(f"{path} is not a file of /removed.json.") from problem
    if answer.get("next"):
        raise InvalidRemovalFile(
            f"{path} is not the last page: it names a next one. Give a file with all of them."
        )
    return removed


def _suppression(fields: dict[str, Any]) -> Suppression:
    version = fields["version"]
    if version is not None and not isinstance(version, int):
        raise ValueError(version)
    form = SuppressionForm(fields["form"])
    return Suppression(
        public_id=str(fields["id"]),
        kind=RecordKind(fields["kind"]).value,
        part=SuppressedPart(fields["part"]).value,
        version=version,
        reason=SuppressionReason(fields["reason"]).value,
        form=form.value,
        everywhere=fields["everywhere"] is True,
        removed_at=datetime.fromisoformat(fields["removed_at"]),
    )
