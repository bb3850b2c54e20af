"""Passwords: which are accepted, how they are compared and stored, and what browsers keep."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from bench.leaked_passwords import packed, passwords_below
from kb.desk.signin.leaked_passwords import BUCKETS, FILE, REST_BYTES, is_leaked
from kb.desk.signin.passwords import SiteWordsValidator
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
    """So is one that has leaked, and one that is like the name of the account."""
    account(name="annannann")
    log_in(visitor, "annannann")
    response = change_password(visitor, PASSWORD, new)
    assert response.status_code == 200 and response.context["form"].errors
    assert User.objects.get(username="annannann").check_password(PASSWORD)


@pytest.mark.parametrize(
    "new",
    [
        "QwertyQwerty",
        "1qaz2wsx3edc4rfv",
        "justinbieber",
        "112233445566",
        "correcthorsebatterystaple",
    ],
)
def test_leaked_password_is_refused(new):
    with pytest.raises(ValidationError, match="leaked from another site"):
        validate_password(new)


def test_list_of_leaked_passwords_has_a_million_and_few_others(record_property):
    """More than the 3,000 most common ones that are long enough; a random one is rarely in it."""
    size = (FILE.stat().st_size - BUCKETS) // REST_BYTES
    record_property("leaked_passwords", size)
    assert size > 1_000_000
    others = [f"A new password {number}" for number in range(3000)]
    assert sum(map(is_leaked, others)) < 15


def test_list_of_leaked_passwords_is_read_as_it_is_written(tmp_path, monkeypatch):
    (tmp_path / "list.txt").write_text("short\nThe First Long One\nzweites Passwört\n", "utf-8")
    file = tmp_path / "list.bin"
    file.write_bytes(packed(passwords_below(tmp_path)))
    monkeypatch.setattr("kb.desk.signin.leaked_passwords.FILE", file)
    assert is_leaked("the first long one") and is_leaked("Zweites Passwört")
    assert not is_leaked("the second long one") and not is_leaked("short")


@pytest.mark.parametrize(
    "new",
    [
        "daily-herald-2026",
        "News.Example.org1",
        "On The Record!!",
        "Herald Publishing",
        "bellamy12345",
    ],
)
def test_password_of_names_around_the_site_is_refused(settings, new):
    settings.SITE_NAME = "On the Record"
    settings.SITE_URL = "https://news.example.org"
    settings.OPERATOR = "Daily Herald Publishing"
    user = User(username="ann", last_name="Bellamy")
    with pytest.raises(ValidationError, match="the names of this site"):
        SiteWordsValidator().validate(new, user)


@pytest.mark.parametrize(
    "new", ["a herald of winter nights", "83746501928374", "密码很长而且没有泄露过的"]
)
def test_other_words_and_any_characters_are_accepted(settings, new):
    """A name may be part of a password, and digits alone will do if they have not leaked."""
    settings.OPERATOR = "Daily Herald"
    validate_password(new, User(username="ann"))


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
