"""Passwords: which are accepted, how they are compared and stored, and what browsers keep."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import User
from django.test import Client

from tests.desk.signin.conftest import PASSWORD, is_in, log_in, token_of
from tests.desk.signin.test_permission_matrix import desk_paths

pytestmark = pytest.mark.django_db

# Set for tests to a quick hash, which the settings of the program do not do.
SLOW_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


def change_password(client, old, new):
    page = client.get("/admin/password_change/")
    sent = {"oldpassword": old, "password1": new, "password2": new}
    return client.post(
        "/admin/password_change/", sent | {"csrfmiddlewaretoken": token_of(page)}
    )  # fmt: skip


@pytest.mark.parametrize("new", ["elevenchars", "qwertyqwerty", "annannannann", "481516234200"])
def test_short_password_is_refused(visitor, account, new):
    """So is a common one, one that is like the name of the account, and digits only."""
    account(name="annannann")
    log_in(visitor, "annannann")
    response = change_password(visitor, PASSWORD, new)
    assert response.status_code == 200 and response.context["form"].errors
    assert User.objects.get(username="annannann").check_password(PASSWORD)


@pytest.mark.parametrize("old", ["", "not the password", PASSWORD.upper()])
def test_change_needs_the_old_password(visitor, account, old):
    user = account()
    log_in(visitor)
    assert change_password(visitor, old, "quite another password").status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_password_counts_exactly_as_typed(visitor, account):
    """With spaces at its ends, in any script, and to its last of 300 characters."""
    account()
    log_in(visitor)
    new = "  Wörter 密码 " + "long " * 58 + "  "
    assert len(new) == 304
    assert change_password(visitor, PASSWORD, new).status_code == 302
    for almost in (new.strip(), new.lower(), new[:-1], new[:255]):
        other = Client(enforce_csrf_checks=True)
        log_in(other, password=almost)
        assert not is_in(other), almost
    other = Client(enforce_csrf_checks=True, REMOTE_ADDR="192.0.2.7")
    log_in(other, password=new)
    assert is_in(other)


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/password_change/", "/admin/confirm/"])
def test_fields_hide_what_is_typed_and_help_password_managers(visitor, account, path):
    account()
    if path != "/admin/login/":
        log_in(visitor)
    page = visitor.get(path).content.decode()
    fields = re.findall(r'<input[^>]*type="password"[^>]*>', page)
    assert len(fields) == (3 if "change" in path else 1)
    for field in fields:
        assert re.search(r'autocomplete="(current|new)-password"', field), field
        assert "onpaste" not in field and "readonly" not in field and "maxlength" not in field


def test_stored_hash_is_slow(settings):
    """At least the 600,000 rounds of PBKDF2 with SHA-256 that OWASP asks for."""
    settings.PASSWORD_HASHERS = SLOW_HASHERS
    algorithm, rounds, salt, _ = make_password(PASSWORD).split("$")
    assert algorithm == "pbkdf2_sha256"
    assert int(rounds) == PBKDF2PasswordHasher.iterations >= 600_000
    assert len(salt) >= 22


@pytest.mark.one_database
def test_no_page_of_the_desk_is_kept_by_browsers(admin_client, subtests):
    """But the words of the admin's scripts, which are the same for everybody."""
    opened = 0
    for name, path in desk_paths():
        # Signing out would end the session that the next requests need.
        if name in ("jsi18n", "logout", "account_logout"):
            continue
        response = admin_client.get(path)
        opened += response.status_code == 200
        with subtests.test(path):
            assert "no-store" in response.headers.get("Cache-Control", ""), response.status_code
    assert opened > 30
