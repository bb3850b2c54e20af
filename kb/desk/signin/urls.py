"""The URLs for signing in, below the path of the desk.

They are listed one by one, because allauth also has pages for sign-up, email and other sites.
`login/`, `logout/` and `password_change/` replace the pages of the admin, which have no rate
limits and no second factor.
"""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView
from django.views.i18n import set_language

from kb.desk.signin.views import sessions, sign_out, totp_picture

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", sign_out, name="account_logout"),
    path("password_change/", account.password_change, name="account_change_password"),
    # allauth redirects accounts without a password here. Only administrators set the first one.
    path(
        "password_change/none/",
        RedirectView.as_view(pattern_name="mfa_index"),
        name="account_set_password",
    ),
    path("language/", require_POST(set_language), name="account_language"),
    path("not-admitted/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("security/sessions/", sessions, name="account_sessions"),
    path("security/totp/picture.svg", totp_picture, name="mfa_totp_picture"),
    path("security/", include("allauth.mfa.urls")),
]
