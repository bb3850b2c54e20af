"""Recovery codes: shown once, stored as hashes, each used once; those of a seed are converted."""

from __future__ import annotations

import importlib
import json
import re
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection
from django.urls import reverse

from kb.desk.signin import recovery_codes
from kb.desk.signin.recovery_codes import HashedRecoveryCodes, SeedCodes, hash_code
from tests.desk.signin.conftest import PASSWORD, enter_code, is_in, log_in, token_of, with_app

pytestmark = pytest.mark.django_db
migration = importlib.import_module("kb.desk.migrations.0034_hash_recovery_codes")


@pytest.fixture(autouse=True)
def _quick_hash(monkeypatch):
    monkeypatch.setattr(recovery_codes, "SCRYPT_N", 2)


def with_seed(user, **data):
    """Give an account codes as allauth stores them; return them and their row."""
    row = Authenticator.objects.create(
        user=user, type="recovery_codes", data={"seed": "a" * 80, "used_mask": 0, **data}
    )
    return SeedCodes(row).generate_codes(), row


def shown_codes(client):
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    return re.findall(r"<code>(\d{8})</code>", page)


def test_row_has_hashes_with_a_salt_and_no_code(account):
    user = account()
    codes = HashedRecoveryCodes.activate(user)
    assert Authenticator.objects.get(user=user).data["hashes"] == [], "none before they are shown"
    codes.mark_as_viewed()
    shown = codes.get_unused_codes()
    row = Authenticator.objects.get(user=user)
    assert len(set(shown)) == 10 and all(re.fullmatch(r"\d{8}", code) for code in shown)
    assert set(row.data) == {"salt", "hashes", "viewed_at"}
    assert row.data["hashes"] == [hash_code(code, row.data["salt"]) for code in shown]
    assert not any(code in json.dumps(row.data["hashes"]) for code in shown)
    assert row.wrap().get_unused_codes() == ["********"] * 10
    again = HashedRecoveryCodes.activate(user)
    again.mark_as_viewed()
    assert again.new_codes == [], "a second look makes no others"


def test_each_code_counts_once(account):
    user = account()
    codes = HashedRecoveryCodes.activate(user)
    codes.mark_as_viewed()
    first, second, *_ = codes.new_codes
    row = Authenticator.objects.get(user=user)
    assert not row.wrap().validate_code("00000000x")
    assert not row.wrap().validate_code("")
    assert row.wrap().validate_code(f" {first[:4]} {first[4:]}")
    assert not Authenticator.objects.get(user=user).wrap().validate_code(first)
    assert Authenticator.objects.get(user=user).wrap().validate_code(second)
    assert len(Authenticator.objects.get(user=user).wrap().get_unused_codes()) == 8


def test_two_accounts_have_other_salts(account):
    salts = {
        HashedRecoveryCodes.activate(account(name=name)).instance.data["salt"]
        for name in ("ann", "bob")
    }
    assert len(salts) == 2 and all(len(salt) == 32 for salt in salts)


def test_code_opens_the_desk_and_new_codes_replace_the_old(visitor, account):
    user = account()
    with_app(user)
    codes = HashedRecoveryCodes.activate(user)
    codes.mark_as_viewed()
    old = codes.new_codes
    log_in(visitor)
    enter_code(visitor, old[0])
    assert is_in(visitor)
    page = visitor.get("/admin/confirm/")
    visitor.post("/admin/confirm/", {"password": PASSWORD, "csrfmiddlewaretoken": token_of(page)})
    url = reverse("mfa_generate_recovery_codes")
    page = visitor.get(url)
    assert "The 9 remaining codes stop working." in " ".join(page.content.decode().split())
    visitor.post(url, {"csrfmiddlewaretoken": token_of(page)})
    new = shown_codes(visitor)
    assert len(new) == 10
    assert shown_codes(visitor) == []
    for code, opens in ((old[1], False), (new[0], True)):
        visitor.logout()
        log_in(visitor)
        enter_code(visitor, code)
        assert is_in(visitor) is opens


def test_migration_hashes_the_codes_that_are_left(account):
    codes, row = with_seed(account(), used_mask=0b11, viewed_at=1.0)
    never_shown, hidden = with_seed(account(name="bob"))
    migration.hash_codes(apps, SimpleNamespace(connection=connection))
    row.refresh_from_db()
    hidden.refresh_from_db()
    assert "seed" not in row.data and "seed" not in hidden.data
    assert [row.wrap().validate_code(code) for code in codes[:3]] == [False, False, True]
    row.refresh_from_db()
    assert len(row.wrap().get_unused_codes()) == 7
    assert not hidden.wrap().validate_code(never_shown[0])
    assert not hidden.wrap().did_view


def test_codes_of_an_older_backup_are_hashed_when_they_are_used(account):
    codes, row = with_seed(account(), viewed_at=1.0)
    assert row.wrap().validate_code(codes[9])
    row.refresh_from_db()
    assert set(row.data) == {"salt", "hashes", "viewed_at"} and len(row.data["hashes"]) == 9


def test_hash_is_slow_enough(monkeypatch):
    """At least the memory and the rounds that OWASP asks for with scrypt."""
    monkeypatch.undo()
    assert recovery_codes.SCRYPT_N * recovery_codes.SCRYPT_P >= 2**14 * 5
    assert recovery_codes.SCRYPT_N >= 2**14 and recovery_codes.SCRYPT_R >= 8
    assert recovery_codes.SALT_BYTES >= 4
