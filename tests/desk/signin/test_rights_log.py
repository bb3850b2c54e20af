"""Each change of an account, a group or a second factor is in a log that nobody can edit."""

from __future__ import annotations

import logging

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from kb.desk.models import RightsChange
from kb.desk.roles import make_groups
from kb.desk.signin.factors import remove_second_factors
from kb.desk.signin.recovery_codes import HashedRecoveryCodes
from kb.record.models import AppendOnly
from tests.desk.signin.conftest import PASSWORD, log_in, token_of, with_app, with_stored_app

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "another long enough password"


@pytest.fixture
def ann(account):
    return account()


@pytest.fixture
def root(account, client):
    """A superuser, who is signed in as ``client``."""
    user = account("", "root", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def changes():
    """Return what returns the changes since the last call: (name, change, before, after)."""
    rows = RightsChange.objects.order_by("pk")
    seen = {"pk": 0}

    def since():
        added = list(rows.filter(pk__gt=seen["pk"]))
        seen["pk"] = added[-1].pk if added else seen["pk"]
        return [(row.name, row.change, row.before, row.after) for row in added]

    return since


def permission(codename):
    return Permission.objects.get(codename=codename)


def test_new_account_and_its_groups_are_logged(changes):
    changes()
    user = User.objects.create_user("bob", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="Reviewer"))
    assert changes() == [
        ("bob", "created", "", "is_active, is_staff"),
        ("bob", "groups", "", "Reviewer"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "change", "before", "after"),
    [
        ("is_active", False, "is_active", "yes", "no"),
        ("is_staff", False, "is_staff", "yes", "no"),
        ("is_superuser", True, "is_superuser", "no", "yes"),
        ("username", "anna", "name", "ann", "anna"),
    ],
)
def test_changed_field_is_logged(ann, changes, field, value, change, before, after):
    changes()
    setattr(ann, field, value)
    ann.save(update_fields=[field])
    assert changes() == [(str(ann), change, before, after)]


def test_other_fields_and_same_values_are_not_logged(ann, changes):
    changes()
    ann.first_name = "Ann"
    ann.save()
    ann.groups.add(Group.objects.get(name="Contributor"))
    assert changes() == []


def test_group_membership_is_logged_from_both_sides(ann, changes):
    publisher = Group.objects.get(name="Publisher")
    changes()
    publisher.user_set.add(ann)
    ann.groups.remove(publisher)
    ann.groups.set([publisher])
    publisher.user_set.clear()
    publisher.user_set.set([ann])
    ann.groups.clear()
    both, one = "Contributor, Publisher", "Publisher"
    assert changes() == [
        ("ann", "groups", "Contributor", both),
        ("ann", "groups", both, "Contributor"),
        ("ann", "groups", "Contributor", ""),
        ("ann", "groups", "", one),
        ("ann", "groups", one, ""),
        ("ann", "groups", "", one),
        ("ann", "groups", one, ""),
    ]


def test_permissions_of_accounts_and_groups_are_logged(ann, changes):
    group = Group.objects.create(name="Guests")
    approve, publish = permission("approve_draft"), permission("publish_record")
    changes()
    ann.user_permissions.add(approve)
    approve.group_set.add(group)
    group.permissions.add(publish)
    group.permissions.remove(approve)
    publish.delete()
    both = "desk.approve_draft, desk.publish_record"
    assert changes()[:4] == [
        ("ann", "permissions", "", "desk.approve_draft"),
        ("Guests", "permissions", "", "desk.approve_draft"),
        ("Guests", "permissions", "desk.approve_draft", both),
        ("Guests", "permissions", both, "desk.publish_record"),
    ]
    row = RightsChange.objects.get(name="Guests", change="permissions", after="")
    assert (row.change, row.before) == ("permissions", "desk.publish_record")


def test_groups_are_logged_from_creation_to_deletion(ann, changes):
    changes()
    group = Group.objects.create(name="Guests")
    group.user_set.add(ann)
    group.name = "Friends"
    group.save()
    group.permissions.add(permission("approve_draft"))
    group.delete()
    assert changes() == [
        ("Guests", "created", "", ""),
        ("ann", "groups", "Contributor", "Contributor, Guests"),
        ("Friends", "name", "Guests", "Friends"),
        ("Friends", "permissions", "", "desk.approve_draft"),
        ("Friends", "deleted", "desk.approve_draft, ann", ""),
    ]


def test_deleted_account_is_logged_with_its_rights(ann, changes):
    with_app(ann)
    changes()
    User.objects.filter(pk=ann.pk).delete()
    assert set(changes()) == {
        ("ann", "deleted", "is_active, is_staff, Contributor", ""),
        ("ann", "factors", "totp", ""),
    }


def test_second_factors_are_logged_without_secrets(ann, changes):
    changes()
    with_app(ann)
    codes = HashedRecoveryCodes.activate(ann)
    codes.mark_as_viewed()
    assert codes.validate_code(codes.new_codes[0])
    key = {"name": "Passkey", "credential": {"id": "first"}}
    passkey = Authenticator.objects.create(user=ann, type="webauthn", data=key)
    passkey.record_usage()
    passkey.data["credential"] = {"id": "second"}
    passkey.save()
    remove_second_factors(ann)
    logged = changes()
    assert logged[:4] == [
        ("ann", "factors", "", "totp"),
        ("ann", "factors", "", "recovery_codes"),
        ("ann", "factors", "", "webauthn"),
        ("ann", "factors", "webauthn", "webauthn"),
    ]
    assert {before for _name, _change, before, _after in logged[4:]} == {
        "totp",
        "recovery_codes",
        "webauthn",
    }


def test_commands_are_logged_with_their_name(ann, changes, monkeypatch):
    changes()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", NEW_PASSWORD)
    call_command("createsuperuser", "--no-input", username="chief", email="", verbosity=0)
    monkeypatch.setattr("getpass.getpass", lambda *args, **kwargs: NEW_PASSWORD)
    call_command("changepassword", "ann")
    by_command = "from django.contrib.auth.models import Group; Group.objects.create(name='Guests')"
    call_command("shell", command=by_command, verbosity=0)
    rows = RightsChange.objects.order_by("-pk")[:3]
    assert [(row.way, row.name, row.change, row.by_key) for row in reversed(rows)] == [
        ("createsuperuser", "chief", "created", None),
        ("changepassword", "ann", "password", None),
        ("shell", "Guests", "created", None),
    ]


def test_changes_in_the_admin_name_the_administrator(ann, root, client):
    url = reverse("admin:auth_user_change", args=[ann.pk])
    sent = {
        "username": "ann",
        "is_active": "on",
        "groups": [Group.objects.get(name="Publisher").pk],
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
    }
    assert client.post(url, sent)["Location"] == reverse("admin:auth_user_changelist")
    passwords = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    client.post(reverse("admin:auth_user_password_change", args=[ann.pk]), passwords)
    client.post(reverse("admin:auth_group_add"), {"name": "Guests"})
    client.post(reverse("admin:auth_user_delete", args=[ann.pk]), {"post": "yes"})
    rows = RightsChange.objects.filter(by_key=root.pk, by_name="root").order_by("pk")
    assert [(row.way, row.name, row.change, row.before, row.after) for row in rows] == [
        ("admin:auth_user_change", "ann", "is_staff", "yes", "no"),
        ("admin:auth_user_change", "ann", "groups", "Contributor", ""),
        ("admin:auth_user_change", "ann", "groups", "", "Publisher"),
        ("admin:auth_user_password_change", "ann", "password", "", ""),
        ("admin:auth_group_add", "Guests", "created", "", ""),
        ("admin:auth_user_delete", "ann", "deleted", "is_active, Publisher", ""),
    ]


def test_changes_by_oneself_name_the_account(ann, visitor):
    log_in(visitor)
    url = reverse("account_change_password")
    sent = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    visitor.post(url, sent | {"csrfmiddlewaretoken": token_of(visitor.get(url))})
    row = RightsChange.objects.first()
    assert (row.by_key, row.by_name, row.name) == (ann.pk, "ann", "ann")
    assert (row.way, row.change) == ("account_change_password", "password")
    assert NEW_PASSWORD not in f"{row.before}{row.after}"


def test_removed_app_is_logged_with_its_owner(ann, visitor):
    log_in(visitor)
    page = visitor.get("/admin/confirm/")
    visitor.post("/admin/confirm/", {"password": PASSWORD, "csrfmiddlewaretoken": token_of(page)})
    with_stored_app(ann)
    url = reverse("mfa_deactivate_totp")
    visitor.post(url, {"csrfmiddlewaretoken": token_of(visitor.get(url))})
    row = RightsChange.objects.first()
    assert (row.by_name, row.name, row.way) == ("ann", "ann", "mfa_deactivate_totp")
    assert (row.change, row.before, row.after) == ("factors", "totp", "")


def test_log_line_has_keys_and_no_names(ann, caplog, django_capture_on_commit_callbacks):
    caplog.set_level(logging.INFO, logger="kb.desk.signin.rights_log")
    publisher = Group.objects.get(name="Publisher")
    with django_capture_on_commit_callbacks(execute=True):
        ann.groups.set([publisher])
        ann.is_staff = False
        ann.set_password(NEW_PASSWORD)
        ann.save()
    fields = [record.fields for record in caplog.records]
    contributor = Group.objects.get(name="Contributor")
    common = {"by": "command", "kind": "user", "id": ann.pk}
    assert [field | {"way": ""} for field in fields] == [
        common | {"way": "", "change": change, "before": before, "after": after}
        for change, before, after in (
            ("groups", f"group:{contributor.pk}", ""),
            ("groups", "", f"group:{publisher.pk}"),
            ("is_staff", "true", "false"),
            ("password", "", ""),
        )
    ]


def test_log_cannot_be_edited(ann, root, client):
    row = RightsChange.objects.first()
    page = client.get(reverse("admin:desk_rightschange_changelist"))
    assert row.name in page.content.decode()
    for name in ("change", "delete"):
        url = reverse(f"admin:desk_rightschange_{name}", args=[row.pk])
        assert client.post(url, {"name": "x", "post": "yes"}).status_code == 403
    assert client.post(reverse("admin:desk_rightschange_add"), {}).status_code == 403
    for edit in (row.save, row.delete, RightsChange.objects.all().delete):
        with pytest.raises(AppendOnly):
            edit()
    with pytest.raises(AppendOnly):
        RightsChange.objects.update(name="x")


def test_only_administrators_see_the_log(visitor, account):
    account("Publisher")
    log_in(visitor)
    assert visitor.get(reverse("admin:desk_rightschange_changelist")).status_code == 403


def test_groups_are_created_although_the_log_has_no_table(monkeypatch):
    Group.objects.filter(name="Publisher").delete()
    count = RightsChange.objects.count()
    names = [name for name in connection.introspection.table_names() if "rightschange" not in name]
    monkeypatch.setattr(connection.introspection, "table_names", lambda *args: names)
    make_groups()
    assert Group.objects.filter(name="Publisher").exists()
    assert RightsChange.objects.count() == count
