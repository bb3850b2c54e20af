"""Role by address by method, against a file: what changes in it changes who may do what.

After a change that is meant, write the file anew: ``WRITE_PERMISSIONS=1 pytest`` on this test, and
read the difference as carefully as the code. An answer is its status, or where it leads.
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
# Made by the same class from the same rights as events are; test_roles.py has each of them.
LIKE_EVENTS = tuple(f"desk_{one}_" for one in RECORD_MODELS if one not in ("event", "source"))
# Rows that are there, so that an answer is about the right and not about a missing row.
HERE = {"event": make_event, "source": make_source}


def paths():
    """(what it is called, path) for each address of the desk, with rows that are there."""
    keys = {name: make().pk for name, make in HERE.items()}
    target = User.objects.create_user("target")
    keys["user"] = target.pk
    approval = Approval(public_id="a" * 12, sha256="0" * 64, approved_by=target)
    approval.save()
    keys["approval"] = approval.pk
    keys["group"] = Group.objects.get(name=ADMINISTRATOR).pk
    found = {}
    for address in addresses.desk():
        if (address.name or "").startswith(LIKE_EVENTS):
            continue
        model = (address.name or "").rpartition("desk_")[2].rpartition("auth_")[2].split("_")[0]
        values = {part: addresses.sample(one) for part, one in address.converters}
        if model in keys:
            values |= {part: keys[model] for part in values if part in ("object_id", "key", "id")}
        for name in (f"admin:{address.name}", address.name):
            try:
                found.setdefault(address.name, reverse(name, kwargs=values))
            except NoReverseMatch:
                continue
    return sorted(found.items())


def somebody(role):
    """A client of somebody in this role."""
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


def said(answer):
    """The status in a word: who is asked to sign in or to confirm is told so."""
    where = answer.get("Location", "")
    if where.startswith("/admin/login/"):
        return "login"
    return "confirm" if where.startswith("/admin/confirm/") else str(answer.status_code)


@pytest.mark.slow
def test_who_may_do_what_at_which_address():
    rows = paths()
    lines = [f"{'':44}{' '.join(role.replace(' ', '-') for role in ROLES)}"]
    clients = {role: somebody(role) for role in ROLES}
    # Leaving would end the very session that the next line needs.
    rows = [(name, path) for name, path in rows if "logout" not in name]
    for name, path in rows:
        for method in METHODS:
            answers = [said(clients[role].generic(method, path)) for role in ROLES]
            lines.append(f"{name} {method}".ljust(44) + " ".join(answers))
    text = "\n".join(lines) + "\n"
    if os.environ.get("WRITE_PERMISSIONS"):
        TABLE.write_text(text, encoding="utf-8")
    assert text == TABLE.read_text(encoding="utf-8")


def rights():
    """{(address, method): {role: answer}} as the file has it."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    split = [line.split() for line in lines]
    return {(one[0], one[1]): dict(zip(ROLES, one[2:], strict=True)) for one in split}


def test_the_file_lets_no_stranger_in():
    let_in = {
        f"{name} {method}"
        for (name, method), answers in rights().items()
        for role in ("anonymous", "disabled")
        if answers[role] == "200" and not name.startswith(("account_", "mfa_", "login", "logout"))
    }
    # Words for the admin's scripts, the same for everybody.
    assert let_in <= {f"jsi18n {method}" for method in METHODS}


@pytest.mark.parametrize("role", GROUPS[:-1])
def test_the_file_keeps_accounts_with_the_administrators(role):
    opened = {
        f"{name} {method}"
        for (name, method), answers in rights().items()
        if name.startswith("auth_") and answers[role] not in ("403", "404", "405", "confirm")
    }
    assert opened == set()
