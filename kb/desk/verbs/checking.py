"""Save what a check of a source found."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kb.desk.link_checks import TargetResult
from kb.desk.models import Source, SourceCheck


@dataclass(frozen=True)
class SavedCheck:
    """A check that was saved. ``before`` is the state that it replaced, "" without a change."""

    check: SourceCheck
    before: str = ""


@transaction.atomic
def save_checks(source: Source, results: Iterable[TargetResult], now: datetime) -> list[SavedCheck]:
    """Save the results of all checks of a source; those of earlier addresses are deleted."""
    stored = {(check.target, check.digest): check for check in SourceCheck.objects.of(source)}
    saved = []
    for item in results:
        digest = hashlib.sha256(item.text.encode("utf-8", "replace")).hexdigest()
        check = stored.pop((item.target, digest), None)
        if check is None:
            check = SourceCheck(
                public_id=source.public_id, target=item.target, text=item.text, digest=digest
            )
        saved.append(_save(check, item, now))
    SourceCheck.objects.filter(pk__in=[check.pk for check in stored.values()]).delete()
    return saved


def forget_checks_of_deleted_sources() -> int:
    """Delete the checks of sources that no longer exist, and return how many there were."""
    sources = Source.objects.values("public_id")
    return SourceCheck.objects.exclude(public_id__in=sources).delete()[0]


def _save(check: SourceCheck, item: TargetResult, now: datetime) -> SavedCheck:
    result, before = item.result, ""
    is_new = check.pk is None
    check.retry_at = result.retry_at
    if result.retry_at and not is_new:
        # The state that is known stays: nothing was asked.
        check.save(update_fields=["retry_at"])
        return SavedCheck(check)
    if is_new or check.state != result.state:
        before = "" if is_new else check.state
        check.previous, check.state, check.since, check.times = before, result.state, now, 1
    else:
        check.times += 1
    check.checked_at, check.detail, check.moved_to = now, result.detail, result.moved_to
    check.save()
    return SavedCheck(check, before)
