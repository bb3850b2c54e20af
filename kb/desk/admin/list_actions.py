"""The actions of the lists: each opens a page that shows what would happen before it does."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy, ngettext

from kb.desk.admin.bulk_changes import (
    INCIDENT,
    MAX_CHOSEN_ROWS,
    RELIABILITY,
    TITLES,
    TOPIC,
    WITHDRAWAL,
)
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.review import PUBLISH_PERMISSION
from kb.desk.models import Publishable

GROUPED_KINDS = ("event", "statement", "request")


class ListActionsMixin(ModelAdmin[Publishable]):
    """Actions for chosen rows. Those that a kind or an account cannot use are left out."""

    actions = ("open_package", "add_to_incident", "add_to_topic", "choose_reliability", "withdraw")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        if self.opts.model_name not in GROUPED_KINDS:
            for name in ("add_to_incident", "add_to_topic"):
                actions.pop(name, None)
        if self.opts.model_name != "event":
            actions.pop("choose_reliability", None)
        return actions

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Whether the account can withdraw what is published."""
        return request.user.has_perm(PUBLISH_PERMISSION)

    @admin.action(
        description=gettext_lazy("Publish, approve or send for review"), permissions=["change"]
    )
    def open_package(
        self, request: HttpRequest, rows: QuerySet[Publishable]
    ) -> HttpResponse | None:
        return self._open(request, rows, "admin:desk_approval_package")

    @admin.action(description=TITLES[INCIDENT], permissions=["change"])
    def add_to_incident(
        self, request: HttpRequest, rows: QuerySet[Publishable]
    ) -> HttpResponse | None:
        return self._open(request, rows, "admin:desk_approval_bulk", INCIDENT)

    @admin.action(description=TITLES[TOPIC], permissions=["change"])
    def add_to_topic(
        self, request: HttpRequest, rows: QuerySet[Publishable]
    ) -> HttpResponse | None:
        return self._open(request, rows, "admin:desk_approval_bulk", TOPIC)

    @admin.action(description=TITLES[RELIABILITY], permissions=["change"])
    def choose_reliability(
        self, request: HttpRequest, rows: QuerySet[Publishable]
    ) -> HttpResponse | None:
        return self._open(request, rows, "admin:desk_approval_bulk", RELIABILITY)

    @admin.action(description=TITLES[WITHDRAWAL], permissions=["publish"])
    def withdraw(self, request: HttpRequest, rows: QuerySet[Publishable]) -> HttpResponse | None:
        return self._open(request, rows, "admin:desk_approval_bulk", WITHDRAWAL)

    def _open(
        self, request: HttpRequest, rows: QuerySet[Publishable], page: str, action: str = ""
    ) -> HttpResponse | None:
        """To the page that shows the chosen rows; a message if there are too many."""
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[: MAX_CHOSEN_ROWS + 1])
        if len(keys) > MAX_CHOSEN_ROWS:
            message = ngettext(
                "Choose at most %(count)d record.", "Choose at most %(count)d records.",
                MAX_CHOSEN_ROWS,
            )  # fmt: skip
            messages.error(request, message % {"count": MAX_CHOSEN_ROWS})
            return None
        pairs = [("do", action)] if action else []
        pairs += [("row", f"{self.opts.model_name}:{key}") for key in keys]
        return HttpResponseRedirect(f"{reverse(page)}?{urlencode(pairs)}")
