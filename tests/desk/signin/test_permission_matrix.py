"""The responses for each role, URL and method are compared with a file.

After an intended change, write the file again with ``WRITE_PERMISSIONS=1 pytest`` on this test, and
review the difference like code. An outcome is the status of the response, or where it redirects.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import NoReverseMatch, reverse

from kb.desk.models import Approval
from kb.desk.roles import ADMINISTRATOR, GROUPS, RECORD_MODELS
from tests import addresses
from tests.desk.signin.conftest import PASSWORD
from tests.make import make_event, make_source

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).with_name("permissions.txt")
ROLES = ("anonymous", "disabled", "no group", *GROUPS, "superuser")
METHODS = ("GET", "POST")
# Left out, because they have the same views and permissions as events. test_roles.py has them.
SAME_AS_EVENTS = tuple(
    f"desk_{model}_" for model in RECORD_MODELS if model not in ("event", "source")
)
# Existing rows, so that the outcome depends on the permission and not on a missing row.
ROWS = {"event": make_event, "source": make_source}


def desk_paths():
    """Return (name, path) for each URL of the desk, with the keys of existing rows."""
    keys = {name: make().pk for name, make in ROWS.items()}
    target = User.objects.create_user("target")
    keys["user"] = target.pk
    approval = Approval(public_id="a" * 12, sha256="0" * 64, approved_by=target)
    approval.save()
    keys["approval"] = approval.pk
    keys["group"] = Group.objects.get(name=ADMINISTRATOR).pk
    paths = {}
    for address in addresses.desk():
        if (address.name or "").startswith(SAME_AS_EVENTS):
            continue
        model = (address.name or "").rpartition("desk_")[2].rpartition("auth_")[2].split("_")[0]
        values = {part: addresses.sample(converter) for part, converter in address.converters}
        if model in keys:
            values |= {part: keys[model] for part in values if part in ("object_id", "key", "id")}
        for name in (f"admin:{address.name}", address.name):
            try:
                paths.setdefault(address.name, reverse(name, kwargs=values))
            except NoReverseMatch:
                continue
    return sorted(paths.items())


def client_for(role):
    """Return the client of a new user in this role."""
    client = Client()
    if role == "anonymous":
        return client
    user = User.objects.create_user(
        role, password=PASSWORD, is_staff=True, is_superuser=role == "superuser"
    )
    if role in GROUPS:
        user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    if role == "disabled":
        User.objects.filter(pk=user.pk).update(is_active=False)
    return client


def outcome(response):
    """Return the status, or "login" or "confirm" for a redirect to these pages."""
    where = response.get("Location", "")
    if where.startswith("/admin/login/"):
        return "login"
    return "confirm" if where.startswith("/admin/confirm/") else str(response.status_code)


@pytest.mark.one_database
@pytest.mark.slow
def test_permissions_equal_the_file(record_property):
    rows = desk_paths()
    lines = [f"{'':44}{' '.join(role.replace(' ', '-') for role in ROLES)}"]
    clients = {role: client_for(role) for role in ROLES}
    # Signing out would end the session that the next requests need.
    rows = [(name, path) for name, path in rows if "logout" not in name]
    for name, path in rows:
        for method in METHODS:
            answers = [outcome(clients[role].generic(method, path)) for role in ROLES]
            lines.append(f"{name} {method}".ljust(44) + " ".join(answers))
    record_property("addresses", len(rows))
    record_property("requests", len(rows) * len(METHODS) * len(ROLES))
    text = "\n".join(lines) + "\n"
    if os.environ.get("WRITE_PERMISSIONS"):
        TABLE.write_text(text, encoding="utf-8")
    assert text == TABLE.read_text(encoding="utf-8")


def permissions():
    """Return {(name, method): {role: outcome}} from the file."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split() for line in lines]
    return {
        (name, method): dict(zip(ROLES, outcomes, strict=True)) for name, method, *outcomes in rows
    }


def test_file_gives_no_access_without_an_account():
    let_in = {
        f"{name} {method}"
        for (name, method), answers in permissions().items()
        for role in ("anonymous", "disabled")
        if answers[role] == "200" and not name.startswith(("account_", "mfa_", "login", "logout"))
    }
    # Words for the admin's scripts, the same for everybody.
    assert let_in <= {f"jsi18n {method}" for method in METHODS}


@pytest.mark.parametrize("role", GROUPS[:-1])
def test_file_gives_access_to_accounts_only_to_administrators(role):
    opened = {
        f"{name} {method}"
        for (name, method), answers in permissions().items()
        if name.startswith("auth_") and answers[role] not in ("403", "404", "405", "confirm")
    }
    assert opened == set()
