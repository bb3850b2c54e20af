"""Remarks on a record: beside the field that they are about, and marked as settled on saving."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kb.desk.admin.forms import is_primary_key
from kb.desk.models import Comment, Publishable
from kb.desk.models.reviews import CommentQuerySet

RESOLVE_FIELD = "resolve_remark"


class RemarkLine(TypedDict):
    """A remark as a form or the review page shows it."""

    comment: Comment
    field: str
    is_checked: bool


def remarks_of(row: Publishable) -> CommentQuerySet:
    """All remarks on a row, the oldest first."""
    comments = Comment.objects.filter(public_id=row.public_id)
    return comments.select_related("written_by", "resolved_by").order_by("pk")


def remark_lines(
    comments: Iterable[Comment], labels: dict[str, str], fields: QueryDict
) -> list[RemarkLine]:
    """The remarks with the labels of their fields, ticked as in the form that was sent."""
    chosen = set(fields.getlist(RESOLVE_FIELD))
    return [
        RemarkLine(
            comment=comment,
            field=labels.get(comment.field, ""),
            is_checked=str(comment.pk) in chosen,
        )
        for comment in comments
    ]


def resolved_keys(fields: QueryDict, name: str = RESOLVE_FIELD) -> list[int]:
    """The keys of the remarks that a form marks as settled."""
    return [int(key) for key in fields.getlist(name) if is_primary_key(key)]


def field_labels(
    parts: Iterable[tuple[object, list[Any]]], model: type[Publishable]
) -> dict[str, str]:
    """The label of each field of a form, in its order, by name."""
    names = [
        name
        for _heading, fields in parts
        for entry in fields
        for name in (entry if isinstance(entry, tuple) else (entry,))
    ]
    known = {field.name: field for field in model._meta.get_fields()}
    return {
        name: str(capfirst(getattr(known[name], "verbose_name", name)))
        for name in names
        if name in known
    } | {"citations": _("Citations")}


def show_beside_fields(form: forms.BaseForm, comments: Iterable[Comment]) -> None:
    """Add each remark to the help text of the field that it is about.

    Help texts are our own, and Django's template does not escape them.
    """
    for comment in comments:
        field = form.fields.get(comment.field)
        if field is not None:
            field.help_text = format_html(
                "{} {}", SafeString(field.help_text), remark_html(comment)
            )


def remark_html(comment: Comment) -> SafeString:
    """A remark beside its field. Its words are escaped."""
    return format_html(
        '<span class="remark"><b>{}</b>: {}</span>', comment.written_by, comment.text
    )
