"""Loads an uploaded file as drafts, exactly as its report says."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from kb.desk.admin.upload_plans import UploadPlan, check_content, plan_upload, upload_options
from kb.desk.admin.uploads import interrupted_import
from kb.desk.importers.dry_run import REFUSE, ImportOutcome
from kb.desk.importers.load import load_rows
from kb.desk.importers.origins import remember_options
from kb.desk.importers.runs import needs_parts
from kb.desk.models import ImportBatch, Upload
from kb.desk.verbs.exceptions import ActionRefused


def load_upload(upload: Upload, *, by: Any, partly: bool) -> ImportBatch:
    """Plan the file again and store its rows. Raises ActionRefused or FileRefused.

    The plan must equal the report. Where it does not, the upload gets the new report, and nothing
    else is stored. An import that was interrupted goes on: what it has stored is unchanged in the
    new plan. With ``partly`` the rows that are refused stay in the upload, to be corrected.
    """
    check_content(upload)
    reported = upload.report

    def save_progress(number: int) -> None:
        # Outside the transaction that stores them, so that the progress page can see it.
        Upload.objects.filter(pk=upload.pk).update(checked=number)

    plan = plan_upload(upload, save_progress)
    if upload.report != reported and interrupted_import(upload) is None:
        differ = sum(new != old for new, old in zip_longest(upload.report, reported))
        upload.save(update_fields=["report", "notes", "layout"])
        raise ActionRefused(
            [
                _(
                    "Nothing was saved because the result has changed for some rows (%(number)s). "
                    "Check the updated report before you load the file."
                )
                % {"number": f"{differ:,}"}
            ]
        )
    is_whole = True

    def loadable(plan: UploadPlan) -> list[ImportOutcome]:
        nonlocal is_whole
        accepted = [outcome for outcome in plan.outcomes if outcome.action != REFUSE]
        is_whole = not partly or len(accepted) == len(plan.outcomes)
        return accepted if partly else plan.outcomes

    def mark_loaded(batch: ImportBatch) -> None:
        remember_options(upload.origin, upload_options(upload))
        waiting = Upload.objects.filter(pk=upload.pk, batch=None)
        if not (
            waiting.update(batch=batch, content=b"", report=[]) if is_whole else waiting.exists()
        ):
            raise ActionRefused([_("This file has already been loaded or discarded.")])

    outcomes = loadable(plan)
    batch = load_rows(
        outcomes,
        origin=upload.origin,
        name=upload.name,
        sha256=upload.sha256,
        by=by,
        again=(lambda: loadable(plan_upload(upload))) if needs_parts(len(outcomes)) else None,
        on_stored=mark_loaded,
    )
    if not is_whole:
        plan_upload(upload)
        upload.save(update_fields=["report", "notes", "layout"])
    return batch
