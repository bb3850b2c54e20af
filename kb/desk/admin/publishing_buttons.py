"""What the buttons "Send for review" and "Publish" of a form do, once its row is saved."""

from __future__ import annotations

from typing import TypedDict

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from kb.desk.admin.review import PUBLISH_PERMISSION
from kb.desk.models import Publishable, Snapshot
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import PublishResult, publish, send_for_review
from kb.record.addresses import PLURALS, record_path

# The name of the button that publishes and goes on to the next entry from the same source.
PUBLISH_NEXT = "_publish_next"


class DraftNote(TypedDict):
    """The fields of a form that are for publishing again, as the session stores them."""

    publication_note: str
    publication_change: str


def press_button(request: HttpRequest, row: Publishable) -> bool:
    """Carry out the pressed button for the saved row. Return False if it was refused.

    A note that was not used is kept in the session, so that it is in the form again when the form
    is next opened.
    """
    note = request.POST.get("publication_note", "").strip()
    change = request.POST.get("publication_change") or None
    draft_note = DraftNote(publication_note=note, publication_change=change or "")
    is_publishing = "_publish" in request.POST or PUBLISH_NEXT in request.POST
    if "_review" in request.POST:
        send_for_review(row, by=request.user)
        messages.info(request, _("“%(row)s” was sent for review.") % {"row": row})
    elif is_publishing and not request.user.has_perm(PUBLISH_PERMISSION):
        _save_draft_note(request, row, draft_note)
        message = _("Saved as a draft. You don’t have permission to publish. Send it for review.")
        messages.warning(request, message)
        return False
    elif is_publishing:
        try:
            result = publish(row, by=request.user, note=note, change=change)
        except ActionRefused as refusal:
            _save_draft_note(request, row, draft_note)
            messages.warning(request, _("Saved as a draft, but not published:"))
            for reason in refusal.reasons:
                messages.error(request, reason)
            return False
        _report_publication(request, row, result)
        draft_note["publication_note"] = ""
    _save_draft_note(request, row, draft_note)
    return True


def stored_draft_note(request: HttpRequest, row: Publishable) -> dict[str, str]:
    """The note for this row that was typed and not used, as initial data of its form."""
    note: dict[str, str] = request.session.get(_session_key(row), {})
    return note


def _save_draft_note(request: HttpRequest, row: Publishable, draft_note: DraftNote) -> None:
    key = _session_key(row)
    if draft_note["publication_note"]:
        request.session[key] = draft_note
    elif key in request.session:
        del request.session[key]


def _session_key(row: Publishable) -> str:
    return f"note:{row.public_id}"


def published_url(row: Publishable) -> str | None:
    """Where readers see the row: under the published slug, which may differ from the row's."""
    if row.state != WorkflowState.PUBLISHED or row.kind not in (*PLURALS, "topic"):
        return None
    snapshots = Snapshot.objects.filter(public_id=row.public_id)
    document = snapshots.values_list("document", flat=True).first() or {}
    return record_path(row.kind, document.get("slug") or row.slug)


def _report_publication(request: HttpRequest, row: Publishable, result: PublishResult) -> None:
    if result.revision is None:
        message = _("“%(row)s” has not changed since it was last published.") % {"row": row}
    else:
        values = {"row": row, "number": result.revision.number}
        message = _("“%(row)s” was published as revision %(number)s.") % values
    if url := published_url(row):
        message = format_html('{} <a href="{}">{}</a>', message, url, _("View the public page"))
    messages.success(request, message)
    if result.carried:
        names = ", ".join(f"{carried._meta.verbose_name} “{carried}”" for carried in result.carried)
        messages.success(request, _("Also published: %(names)s.") % {"names": names})
