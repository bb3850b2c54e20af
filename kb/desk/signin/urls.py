"""The addresses of sign-in, below the desk's path.

Named one by one: allauth has pages for signing up, mail and other sites, and this desk has not.
`login/`, `logout/` and `password_change/` are where the admin has its own, so those cannot be
reached: they know nothing of limits or of a second factor.
"""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path
from django.views.generic import RedirectView

from kb.desk.signin.views import totp_picture

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password_change/", account.password_change, name="account_change_password"),
    # Where allauth sends an account without a password: only an administrator sets the first.
    path(
        "password_change/none/",
        RedirectView.as_view(pattern_name="mfa_index"),
        name="account_set_password",
    ),
    path("not-admitted/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("security/totp/picture.svg", totp_picture, name="mfa_totp_picture"),
    path("security/", include("allauth.mfa.urls")),
]
