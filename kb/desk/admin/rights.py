"""The log of rights, which administrators can read and nobody can edit."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext_lazy

from kb.desk.admin.generics import ModelAdmin
from kb.desk.models.rights import RightsChange

VIEW_PERMISSION = "auth.change_user"


@admin.register(RightsChange)
class RightsChangeAdmin(ModelAdmin[RightsChange]):
    """Shows the changes of accounts, groups and second factors, the newest first."""

    list_display = ["at", "by", "kind", "name", "change", "before", "after"]
    list_display_links = None
    list_filter = ["kind", "change", "at"]
    search_fields = ["name", "by_name", "way"]
    list_per_page = 50
    show_full_result_count = False
    actions = None

    class Media:
        css = {"all": ["admin_desk/desk.css"]}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: RightsChange | None = None) -> bool:
        return request.user.has_perm(VIEW_PERMISSION)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: RightsChange | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RightsChange | None = None) -> bool:
        return False

    @admin.display(description=pgettext_lazy("rights", "by"), ordering="by_name")
    def by(self, row: RightsChange) -> str:
        if row.by_name:
            return row.by_name
        return gettext("command %(name)s") % {"name": row.way}
