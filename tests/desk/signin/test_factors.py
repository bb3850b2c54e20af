"""Second factors: set-up, use, requirement, removal; and which accounts administrators change."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from kb.desk.models import RightsChange
from tests.desk.signin.conftest import (
    PASSWORD,
    code_now,
    enter_code,
    is_in,
    log_in,
    token_of,
    with_app,
    with_stored_app,
)

pytestmark = pytest.mark.django_db


def confirm(client, **more):
    """Send the form that asks for the password again."""
    page = client.get("/admin/confirm/")
    sent = {"password": PASSWORD, "csrfmiddlewaretoken": token_of(page)}
    return client.post("/admin/confirm/", sent | more)


@pytest.mark.slow
def test_authenticator_app_and_recovery_codes_can_be_set_up(visitor, account, monkeypatch):
    account()
    log_in(visitor)
    url = "/admin/security/totp/activate/"
    asked = visitor.get(url)
    assert asked["Location"].startswith("/admin/confirm/?next=")
    assert confirm(visitor, next=url)["Location"] == url
    page = visitor.get(url)
    secret = re.search(r'<code class="secret">(\w+)</code>', page.content.decode())[1]
    monkeypatch.setattr("tests.desk.signin.conftest.SECRET", secret)
    response = visitor.post(url, {"code": code_now(), "csrfmiddlewaretoken": token_of(page)})
    assert response["Location"] == "/admin/security/recovery-codes/"
    page_text = visitor.get(response["Location"]).content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", page_text)
    assert len(codes) == 10
    again = visitor.get(response["Location"]).content.decode()
    assert "cannot be shown again" in " ".join(again.split())
    assert codes[0] not in again

    visitor.logout()
    for code, opens in ((codes[0], True), (codes[0], False), (codes[1], True)):
        visitor.logout()
        log_in(visitor)
        enter_code(visitor, code)
        assert is_in(visitor) is opens, "each of them opens once"


def test_qr_code_has_the_secret_and_is_not_cached(visitor, account):
    account()
    log_in(visitor)
    picture = reverse("mfa_totp_picture")
    assert visitor.get(picture).status_code == 302
    confirm(visitor)
    visitor.get("/admin/security/totp/activate/")
    response = visitor.get(picture)
    assert response["Content-Type"] == "image/svg+xml"
    assert b"<path" in response.content
    assert "no-store" in response["Cache-Control"]
    assert visitor.get(picture).content == response.content


@pytest.mark.parametrize(
    ("group", "required"),
    [("Contributor", False), ("Reviewer", True), ("Publisher", True), ("Administrator", True)],
)
@pytest.mark.slow
def test_publishers_must_set_up_a_second_factor(visitor, account, settings, group, required):
    user = account(group)
    settings.SECOND_FACTOR = True
    log_in(visitor)
    response = visitor.get("/admin/desk/event/")
    if not required:
        assert response.status_code == 200
        return
    assert response["Location"] == "/admin/security/"
    page = visitor.get("/admin/security/")
    assert "needs a second factor" in page.content.decode()
    # Everything that leads there and out is open.
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "account_change_password"):
        assert visitor.get(reverse(name))["Location" if "mfa" in name else "Content-Type"]
    with_stored_app(user)
    assert visitor.get("/admin/desk/event/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(editor, editor_user, settings):
    settings.SECOND_FACTOR = True
    codes = {"type": Authenticator.Type.RECOVERY_CODES, "data": {"salt": "", "hashes": []}}
    Authenticator.objects.bulk_create([Authenticator(user=editor_user, **codes)])
    assert editor.get("/admin/")["Location"] == "/admin/security/"
    settings.SECOND_FACTOR = False
    assert editor.get("/admin/").status_code == 200


def with_passkey(user):
    """Give an account a passkey, with the public key of nobody."""
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Passkey"})


@pytest.fixture
def _no_credentials(monkeypatch):
    """The stored passkeys of these tests have no public key that allauth could list."""
    target = "allauth.mfa.webauthn.internal.auth.get_credentials"
    monkeypatch.setattr(target, lambda user: [])


@pytest.mark.usefixtures("_no_credentials")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_account_with_passkeys_only_is_not_asked_for_a_code(visitor, account, settings, host):
    settings.ALLOWED_HOSTS = [host]
    visitor.defaults["HTTP_HOST"] = host
    with_passkey(account())
    log_in(visitor)
    page_text = " ".join(visitor.get("/admin/security/authenticate/").content.decode().split())
    assert "<h1>Use your passkey</h1>" in page_text
    assert 'name="code"' not in page_text
    assert "press “Remove second factor”" in page_text
    assert ('id="webauthn_form"' in page_text) is (host == "localhost")
    assert ("Passkeys require HTTPS" in page_text) is (host != "localhost")


@pytest.mark.usefixtures("_no_credentials")
@pytest.mark.parametrize("with_code", [with_app, RecoveryCodes.activate])
def test_account_with_codes_and_passkeys_is_asked_for_either(visitor, account, settings, with_code):
    settings.ALLOWED_HOSTS = ["localhost"]
    visitor.defaults["HTTP_HOST"] = "localhost"
    user = account()
    with_passkey(user)
    with_code(user)
    log_in(visitor)
    page_text = visitor.get("/admin/security/authenticate/").content.decode()
    assert 'name="code"' in page_text
    assert 'id="webauthn_form"' in page_text


def test_removed_passkey_is_in_the_log_of_rights(visitor, account):
    account("Administrator", "chief")
    ann = account("Publisher")
    with_passkey(ann)
    log_in(visitor, "chief")
    confirm(visitor)
    url = reverse("admin:auth_user_second_factor", args=[ann.pk])
    visitor.post(url, {"csrfmiddlewaretoken": token_of(visitor.get(url))})
    row = RightsChange.objects.first()
    assert (row.by_name, row.name, row.before, row.after) == ("chief", "ann", "webauthn", "")
    assert not Authenticator.objects.filter(user=ann).exists()


def test_administrator_can_remove_second_factors(visitor, account):
    account("Administrator", "chief")
    ann = account("Publisher")
    with_app(ann)
    log_in(visitor, "chief")
    change = reverse("admin:auth_user_change", args=[ann.pk])
    url = reverse("admin:auth_user_second_factor", args=[ann.pk])
    assert url in visitor.get(change).content.decode()
    assert visitor.get(url)["Location"].startswith("/admin/confirm/")
    confirm(visitor)
    page = visitor.get(url)
    assert "TOTP Authenticator, set up on" in page.content.decode()
    assert visitor.post(url, {"csrfmiddlewaretoken": token_of(page)})["Location"] == change
    assert not Authenticator.objects.filter(user=ann).exists()
    entry = LogEntry.objects.get()
    assert entry.object_id == str(ann.pk)
    assert "All second factors were removed" in entry.get_change_message()
    assert "no second factor" in visitor.get(url).content.decode()


@pytest.mark.parametrize("key", ["999999", "abc", "10" * 15])
def test_missing_account_redirects(editor, key):
    confirm_as_editor(editor)
    response = editor.get(f"/admin/auth/user/{key}/second-factor/")
    assert response.status_code == 302


def confirm_as_editor(client):
    """Send the form that asks for the password, as ``editor``."""
    page = client.get("/admin/confirm/")
    client.post("/admin/confirm/", {"password": "editor-password"})
    return page


def test_administrator_cannot_change_superusers(visitor, account):
    chief = account("Administrator", "chief")
    root = account("", "root", is_superuser=True)
    log_in(visitor, "chief")
    confirm(visitor)
    own = visitor.get(reverse("admin:auth_user_change", args=[chief.pk])).content.decode()
    assert 'name="is_staff"' in own
    assert 'name="is_superuser"' not in own
    assert 'name="user_permissions"' not in own
    assert (
        'name="is_staff"'
        not in visitor.get(reverse("admin:auth_user_change", args=[root.pk])).content.decode()
    )
    for name in ("auth_user_second_factor", "auth_user_password_change", "auth_user_delete"):
        assert visitor.get(reverse(f"admin:{name}", args=[root.pk])).status_code == 403


def test_list_of_accounts_shows_second_factors(editor, account, queries):
    with_app(account("Publisher"))
    with queries() as few:
        assert "TOTP Authenticator" in editor.get("/admin/auth/user/").content.decode()
    for number in range(5):
        with_app(account("Publisher", f"p{number}"))
    with queries(len(few)):
        editor.get("/admin/auth/user/")


def test_admin_has_no_list_of_secrets(editor):
    for path in ("/admin/mfa/authenticator/", "/admin/account/emailaddress/"):
        assert editor.get(path).status_code in (302, 404)
    assert "Authenticators" not in editor.get("/admin/").content.decode()
