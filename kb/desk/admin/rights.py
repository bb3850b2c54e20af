"""The log of rights, which administrators can read and nobody can edit."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext, pgettext_lazy

from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.read_only import ReadOnlyMixin
from kb.desk.models.rights import RightsChange


@admin.register(RightsChange)
class RightsChangeAdmin(ReadOnlyMixin, ModelAdmin[RightsChange]):
    """Shows the changes of accounts, groups and second factors, the newest first."""

    view_permission = "auth.change_user"
    list_display = ["at", "by", "kind", "name", "change", "before", "after"]
    list_display_links = None
    list_filter = ["kind", "change", "at"]
    search_fields = ["name", "by_name", "way"]
    list_per_page = 50
    show_full_result_count = False
    actions = None

    class Media:
        css = {"all": ["admin_desk/desk.css"]}

    @admin.display(description=pgettext_lazy("rights", "by"), ordering="by_name")
    def by(self, row: RightsChange) -> str:
        if row.by_name:
            return row.by_name
        return gettext("command %(name)s") % {"name": row.way}
