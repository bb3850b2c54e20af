"""The page "History" of one record: every saved version, comparing two, and restoring one."""

from __future__ import annotations

from typing import TypedDict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.record_page import RecordPage
from kb.desk.models import AuditEntry, Publishable
from kb.desk.row_snapshots import current_names, snapshot_changes
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.restoring import restore
from kb.desk.verbs.saving import StaleVersion
from kb.record.document_diff import Piece

VERSIONS_PER_PAGE = 20
# The versions offered for comparison. The address accepts any version.
MAX_CHOICES = 300


class VersionLine(TypedDict):
    """One version on the page, with the fields in which it differs from the one before it."""

    edition: AuditEntry
    before: AuditEntry | None
    is_first: bool
    changes: list[tuple[str, list[Piece]]]


class HistoryContext(TypedDict):
    """What the template ``history.html`` is given."""

    page: Page[AuditEntry]
    lines: list[VersionLine]
    choices: QuerySet[AuditEntry]
    old: AuditEntry | None
    new: AuditEntry | None
    compared: list[tuple[str, list[Piece]]]
    latest: AuditEntry | None
    may_restore: bool
    oldest: AuditEntry | None


class HistoryPage(RecordPage):
    """The desk's own log, in the place of Django's history page.

    The parameters ``old`` and ``new`` choose two versions to compare.
    """

    template = "admin/desk/history.html"

    def has_permission(self, request: HttpRequest, row: Publishable) -> bool:
        return self.model_admin.has_view_or_change_permission(request, row)

    def respond(self, request: HttpRequest, row: Publishable) -> HttpResponse:
        if request.method == "POST":
            return self._restore(request, row)
        return self.render(
            request, row, _("History: %(row)s") % {"row": row}, self._context(request, row)
        )

    def _context(self, request: HttpRequest, row: Publishable) -> HistoryContext:
        editions = AuditEntry.objects.of(row.public_id).select_related("saved_by")
        page = Paginator(editions, VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
        shown = list(page.object_list)
        with_state = editions.filter(state__isnull=False)
        older = with_state.filter(pk__lt=shown[-1].pk).first() if shown else None
        old, new = (_chosen_edition(request, with_state, name) for name in ("old", "new"))
        names = current_names(
            [edition.state for edition in (*shown, older, old, new) if edition and edition.state]
        )
        return HistoryContext(
            page=page,
            lines=version_lines(row.kind, shown, older, names),
            choices=with_state.defer("state")[:MAX_CHOICES],
            old=old,
            new=new,
            compared=_changes(row.kind, old, new, names),
            latest=with_state.first(),
            may_restore=self.model_admin.has_change_permission(request, row),
            oldest=editions.last(),
        )

    def _restore(self, request: HttpRequest, row: Publishable) -> HttpResponse:
        if not self.model_admin.has_change_permission(request, row):
            raise PermissionDenied
        key, version = (request.POST.get(name, "") for name in ("edition", "version"))
        editions = AuditEntry.objects.of(row.public_id)
        edition = editions.filter(pk=key if is_primary_key(key) else 0).first()
        try:
            if edition is None:
                raise ActionRefused(
                    [_("This version does not exist. Choose another version to restore.")]
                )
            opened_version = int(version) if is_primary_key(version) else 0
            restore(row, edition, by=request.user, version=opened_version)
        except ActionRefused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
        except StaleVersion as stale:
            messages.error(request, str(stale))
        except IntegrityError:
            messages.error(request, _("Cannot restore: its address is now used by another record."))
        else:
            message = _(
                "“%(row)s” was restored to version %(version)s. Readers see it when you publish."
            )
            messages.success(request, message % {"row": row, "version": edition.version})
            address = reverse(f"admin:desk_{row.kind}_change", args=[row.pk])
            return HttpResponseRedirect(address)
        return HttpResponseRedirect(request.path)


def version_lines(
    kind: str, shown: list[AuditEntry], older: AuditEntry | None, names: dict[str, str]
) -> list[VersionLine]:
    """The versions of one page, newest first. ``older`` is the version after the last of them.

    ``names`` holds the present names of the records that the versions mention.
    """
    lines = []
    with_state = [edition for edition in (*shown, older) if edition and edition.state is not None]
    for edition in shown:
        before = next((other for other in with_state if other.pk < edition.pk), None)
        has_state = edition.state is not None
        lines.append(
            VersionLine(
                edition=edition,
                before=before if has_state else None,
                is_first=has_state and before is None,
                changes=_changes(kind, before, edition, names),
            )
        )
    return lines


def _changes(
    kind: str, old: AuditEntry | None, new: AuditEntry | None, names: dict[str, str]
) -> list[tuple[str, list[Piece]]]:
    """The fields that differ, with the pieces of their texts. None where a state is missing."""
    if old is None or new is None or old.state is None or new.state is None:
        return []
    return snapshot_changes(kind, old.state, new.state, names)


def _chosen_edition(
    request: HttpRequest, editions: QuerySet[AuditEntry], name: str
) -> AuditEntry | None:
    """The version that the parameter ``name`` chooses."""
    key = request.GET.get(name, "")
    return editions.filter(pk=key).first() if is_primary_key(key) else None
