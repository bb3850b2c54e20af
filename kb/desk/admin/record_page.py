"""A page about one record that is not its form: review, history, merge, split."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.models import Publishable


class RecordPage:
    """One page for all records of one kind. ``DeskAdmin.get_urls`` gives it its address.

    A subclass sets ``template`` and implements ``respond``.
    """

    template: str

    def __init__(self, model_admin: ModelAdmin[Publishable]) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest, key: str) -> HttpResponse:
        """Answer for the row of this key. Raises PermissionDenied.

        Where there is no such row, the answer leads to the admin's first page, as everywhere in
        the admin.
        """
        row = self.model_admin.get_object(request, key) if is_primary_key(key) else None
        if row is None:
            return self.model_admin._get_obj_does_not_exist_redirect(
                request, self.model_admin.opts, key
            )
        if not self.has_permission(request, row):
            raise PermissionDenied
        return self.respond(request, row)

    def has_permission(self, request: HttpRequest, row: Publishable) -> bool:
        """Whether this account may open the page."""
        return self.model_admin.has_change_permission(request, row)

    def respond(self, request: HttpRequest, row: Publishable) -> HttpResponse:
        raise NotImplementedError

    def render(
        self, request: HttpRequest, row: Publishable, title: str, context: Mapping[str, object]
    ) -> HttpResponse:
        """The template with ``context`` and with what every page of the admin shows."""
        admin_context = {
            **self.model_admin.admin_site.each_context(request),
            "title": title,
            "opts": self.model_admin.opts,
            "original": row,
        }
        return render(request, self.template, {**admin_context, **context})
