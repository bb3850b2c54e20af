"""Fixtures and functions for signing in: accounts, a client with CSRF checks, empty limits."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client

PASSWORD = "a long enough password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _empty_rate_limits(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def account(django_user_model):
    """``account("Publisher")`` makes an editor of that group; ``account("")`` of none."""

    def make(group="Contributor", name="ann", **fields):
        fields.setdefault("is_staff", True)
        user = django_user_model.objects.create_user(name, password=PASSWORD, **fields)
        if group:
            user.groups.add(Group.objects.get(name=group))
        return user

    return make


@pytest.fixture
def visitor():
    """A client with CSRF checks."""
    return Client(enforce_csrf_checks=True)


def log_in(client, name="ann", password=PASSWORD, **more):
    """Send the form of the sign-in page as a browser does; return the response."""
    page = client.get("/admin/login/")
    sent = {"login": name, "password": password, "csrfmiddlewaretoken": token_of(page)}
    return client.post("/admin/login/", sent | more)


def token_of(page):
    """Return the CSRF token of a page."""
    return page.context["csrf_token"]


def with_app(user):
    """Give an account an authenticator app whose secret is SECRET."""
    return TOTP.activate(user, SECRET).instance


def with_stored_app(user):
    """Give an account such an app as one that was set up earlier: no session ends by it."""
    Authenticator.objects.bulk_create(  # without signals
        [Authenticator(user=user, type="totp", data={"secret": SECRET})]
    )


def code_now():
    """Return the code that the authenticator app shows now."""
    counters = list(yield_hotp_counters_from_time())
    return f"{hotp_value(SECRET, counters[len(counters) // 2]):06}"


def enter_code(client, code):
    """Send the form of the second step of signing in."""
    page = client.get("/admin/security/authenticate/")
    return client.post(
        "/admin/security/authenticate/", {"code": code, "csrfmiddlewaretoken": token_of(page)}
    )


def is_in(client):
    """Return whether the client can open the desk."""
    return client.get("/admin/").status_code == 200


def pass_time(monkeypatch, seconds):
    """Move the clock of limits and sessions forward."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)
