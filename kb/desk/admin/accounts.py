"""Accounts: Django's own admin of users, and the second factor that somebody has lost."""

from __future__ import annotations

from typing import Any

import allauth.account.admin
import allauth.mfa.admin  # noqa: F401 (the same)
from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.decorators import method_decorator

from kb.desk.admin.forms import is_primary_key
from kb.desk.signin.factors import FACTORS, remove_second_factors

# The first two would show secrets in a form; this desk sends no mail.
for model in (Authenticator, EmailAddress, get_user_model()):
    admin.site.unregister(model)

ONLY_SUPERUSERS_GIVE = ("is_superuser", "user_permissions")


@admin.register(get_user_model())
class AccountAdmin(UserAdmin):
    """Accounts. Who is no superuser can neither make one nor change one."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "factors")
    change_form_template = "admin/desk/account.html"
    # Several at once would not ask of each whether it is theirs to delete.
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("authenticator_set")

    @admin.display(description="second factor")
    def factors(self, account: Any) -> str:
        kinds = {one.type for one in account.authenticator_set.all()} & set(FACTORS)
        return ", ".join(sorted(str(Authenticator.Type(one).label) for one in kinds)) or "none"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        return fixed if request.user.is_superuser else (*fixed, *ONLY_SUPERUSERS_GIVE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_theirs(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_theirs(request, obj) and super().has_delete_permission(request, obj)

    # --- A lost second factor ------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.second_factor)
        name = "auth_user_second_factor"
        return [path("<str:key>/second-factor/", view, name=name), *super().get_urls()]

    @method_decorator(reauthentication_required(app="allauth.mfa"))
    def second_factor(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask, then take away every second factor of an account, and write that down."""
        account = self.get_object(request, key) if is_primary_key(key) else None
        if account is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, key)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if request.method == "POST":
            removed = remove_second_factors(account)
            if removed:
                self.log_change(request, account, "Removed every second factor.")
            said = f"“{account}” signs in with the password alone now."
            self.message_user(request, said, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:auth_user_change", args=[account.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Remove the second factor of “{account}”",
            "opts": self.opts,
            "original": account,
            "factors": Authenticator.objects.filter(user=account),
        }
        return render(request, "admin/desk/account_second_factor.html", context)


def _is_theirs(request: HttpRequest, account: Any) -> bool:
    return account is None or request.user.is_superuser or not account.is_superuser
