"""Accounts: Django's admin of users, removing a lost second factor, and ending sessions."""

from __future__ import annotations

from typing import Any

import allauth.account.admin
import allauth.mfa.admin  # noqa: F401 (the same)
from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import UserAdmin
from kb.desk.signin.factors import FACTORS, remove_second_factors
from kb.desk.signin.live_sessions import end_sessions, live_sessions
from kb.desk.signin.signin_log import log_ended_sessions

# allauth's forms would show the secrets of second factors, and this desk sends no mail.
for model in (Authenticator, EmailAddress, get_user_model()):
    admin.site.unregister(model)

SUPERUSER_ONLY_FIELDS = ("is_superuser", "user_permissions")


@admin.register(get_user_model())
class AccountAdmin(UserAdmin[User]):
    """Accounts. Only a superuser can make another account a superuser, or change one."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "factors")
    change_form_template = "admin/desk/account.html"
    # Deleting several at once would not check the permission for each of them.
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("authenticator_set")

    @admin.display(description=_("second factor"))
    def factors(self, account: Any) -> str:
        # `Any`: allauth has no types, so the checker does not know of this relation.
        kinds = {authenticator.type for authenticator in account.authenticator_set.all()}
        kinds &= set(FACTORS)
        return ", ".join(sorted(str(Authenticator.Type(kind).label) for kind in kinds)) or gettext(
            "none"
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *(() if request.user.is_superuser else SUPERUSER_ONLY_FIELDS))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _may_change(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _may_change(request, obj) and super().has_delete_permission(request, obj)

    # --- A lost second factor ------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        views = (
            ("<str:key>/second-factor/", self.second_factor, "auth_user_second_factor"),
            ("<str:key>/sessions/", self.sessions, "auth_user_sessions"),
        )
        own = [
            path(route, self.admin_site.admin_view(view), name=name) for route, view, name in views
        ]
        return [*own, *super().get_urls()]

    @method_decorator(reauthentication_required(app="allauth.mfa"))
    def second_factor(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask; then remove every second factor of an account, with a line in Django's log."""
        account = self.get_object(request, key) if is_primary_key(key) else None
        if account is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, key)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if request.method == "POST":
            removed = remove_second_factors(account)
            if removed:
                self.log_change(request, account, "All second factors were removed.")
            message = gettext("“%(account)s” now signs in with only the password.") % {
                "account": account
            }
            self.message_user(request, message, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:auth_user_change", args=[account.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Remove the second factor of “%(account)s”") % {"account": account},
            "opts": self.opts,
            "original": account,
            "factors": Authenticator.objects.filter(user=account),
        }
        return render(request, "admin/desk/account_second_factor.html", context)

    # --- Sessions ------------------------------------------------------------------------------

    @method_decorator(reauthentication_required(app="allauth.mfa"))
    def sessions(self, request: HttpRequest, key: str) -> HttpResponse:
        """List the sessions of an account; end all of them, with a line in Django's log."""
        account = self.get_object(request, key) if is_primary_key(key) else None
        if account is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, key)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        own_key = request.session.session_key if request.user.pk == account.pk else None
        if request.method == "POST":
            count = end_sessions(account, but=own_key)
            self.log_change(request, account, "All sessions were ended.")
            log_ended_sessions(account, count)
            message = ngettext(
                "%(count)s session of “%(account)s” was ended.",
                "%(count)s sessions of “%(account)s” were ended.",
                count,
            )
            words = message % {"count": count, "account": account}
            self.message_user(request, words, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:auth_user_change", args=[account.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Sessions of “%(account)s”") % {"account": account},
            "opts": self.opts,
            "original": account,
            "sessions": live_sessions(account, own_key),
        }
        return render(request, "admin/desk/account_sessions.html", context)


def _may_change(request: HttpRequest, account: User | None) -> bool:
    """Whether the signed-in account may change this one: superusers are for superusers only."""
    return account is None or request.user.is_superuser or not account.is_superuser
