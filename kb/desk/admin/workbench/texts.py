"""The page on which the text of a source is pasted, replaced and deleted."""

from __future__ import annotations

from collections import Counter
from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.desk.admin.article_text_field import USE_PERMISSION, ArticleTextField
from kb.desk.admin.record_page import RecordPage
from kb.desk.admin.workbench.facts import workbench_url
from kb.desk.models import Publishable, Source
from kb.desk.models.source_texts import MarkStatus
from kb.desk.verbs.source_texts import current_text, delete_texts, store_text

DELETE_PERMISSION = "desk.delete_source_text"


class SourceTextForm(forms.Form):
    """The text of a source, pasted."""

    body = ArticleTextField()


class SourceTextPage(RecordPage):
    """Pastes or replaces the text: a new version. Deletes all versions of it."""

    template = "admin/desk/source/text.html"

    def has_permission(self, request: HttpRequest, row: Publishable) -> bool:
        return super().has_permission(request, row) and request.user.has_perm(USE_PERMISSION)

    def respond(self, request: HttpRequest, row: Publishable) -> HttpResponse:
        source = cast(Source, row)
        if request.method == "POST" and "_delete_text" in request.POST:
            return self._delete(request, source)
        text = current_text(source)
        form = SourceTextForm(request.POST or None, initial={"body": text.body if text else ""})
        if request.method == "POST" and form.is_valid():
            _text, counts = store_text(source, form.cleaned_data["body"], by=request.user)
            messages.success(request, _("The text was saved."))
            if counts:
                messages.info(request, carried_message(counts))
            return HttpResponseRedirect(workbench_url(source))
        context = {
            "form": form,
            "text": text,
            "can_delete": text is not None and request.user.has_perm(DELETE_PERMISSION),
        }
        return self.render(request, row, _("Text of the source"), context)

    def _delete(self, request: HttpRequest, source: Source) -> HttpResponse:
        if not request.user.has_perm(DELETE_PERMISSION):
            raise PermissionDenied
        delete_texts(source, by=request.user)
        messages.success(
            request, _("The text was deleted. The exact words of the citations are still there.")
        )
        return HttpResponseRedirect(workbench_url(source))


def carried_message(counts: Counter[str]) -> str:
    """What became of the marks when the text was replaced."""
    total = counts.total()
    marks = ngettext("%(count)d marked passage", "%(count)d marked passages", total)
    parts = [
        _("%(count)d in the same place") % {"count": counts[MarkStatus.SAME]},
        _("%(count)d moved") % {"count": counts[MarkStatus.MOVED]},
        _("%(count)d lost") % {"count": counts[MarkStatus.LOST]},
    ]
    return f"{marks % {'count': total}}: {', '.join(parts)}."
