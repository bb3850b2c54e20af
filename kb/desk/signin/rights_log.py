"""Writes the log of rights: each change of an account, a group or a second factor.

Signals of the models lead here, so that changes by the admin, a command and the shell are written
alike. Django sends no signal for ``QuerySet.update``, ``bulk_create``, ``bulk_update`` and SQL.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission, User
from django.core.management.base import BaseCommand
from django.db import models, transaction
from django.db.models import signals
from django.http import HttpRequest

from kb.desk.models.rights import RightsChange, RightsChangeKind
from kb.desk.signin.live_sessions import end_other_sessions

logger = logging.getLogger(__name__)

_request: ContextVar[HttpRequest | None] = ContextVar("rights_log_request", default=None)
_has_table: ContextVar[bool] = ContextVar("rights_log_has_table", default=True)

FLAGS = ("is_active", "is_staff", "is_superuser")
FIELDS: Mapping[type[models.Model], Mapping[str, RightsChangeKind]] = {
    User: {
        "username": RightsChangeKind.NAME,
        **{flag: RightsChangeKind(flag) for flag in FLAGS},
        "password": RightsChangeKind.PASSWORD,
    },
    Group: {"name": RightsChangeKind.NAME},
}
# Fields of an authenticator that hold its secret or its public key. The others change at each use.
FACTOR_FIELDS = ("secret", "seed", "credential")


class Value(NamedTuple):
    """A value as text: for the server's log, which has no names, and for the table."""

    logged: str
    shown: str


class Change(NamedTuple):
    """What changed, with the values before and after."""

    kind: RightsChangeKind
    before: list[Value]
    after: list[Value]


@contextmanager
def changes_in(request: HttpRequest) -> Iterator[None]:
    """Attribute the changes in the block to the account that sends the request."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def changes_with_table(has_table: bool) -> Iterator[None]:
    """Write the changes in the block to the server's log only, if there is no table yet."""
    token = _has_table.set(has_table)
    try:
        yield
    finally:
        _has_table.reset(token)


def connect() -> None:
    """Connect the receivers of this module with the signals of the models."""
    for model in FIELDS:
        signals.pre_save.connect(_remember_fields, sender=model)
        signals.post_save.connect(_log_fields, sender=model)
        signals.pre_delete.connect(_log_deletion, sender=model)
    for relation in RELATIONS:
        signals.m2m_changed.connect(_log_relation, sender=relation)
    signals.pre_delete.connect(_log_deleted_permission, sender=Permission)
    signals.pre_save.connect(_remember_factor, sender=Authenticator)
    signals.post_save.connect(_log_factor, sender=Authenticator)
    signals.post_delete.connect(_log_removed_factor, sender=Authenticator)


def _record(subject: models.Model, change: Change, *, using: str) -> None:
    """Add a row about an account or a group, and a line in the server's log after the commit."""
    request = _request.get()
    user = getattr(request, "user", None)
    by_key = user.pk if user is not None and user.is_authenticated else None
    match = getattr(request, "resolver_match", None)
    way = (match.view_name if match else "request") if request else command_name()
    kind = "group" if isinstance(subject, Group) else "user"
    if _has_table.get():
        RightsChange.objects.using(using).create(
            by_key=by_key,
            by_name=user.get_username() if user is not None and by_key else "",
            way=way[:200],
            kind=kind,
            key=subject.pk,
            name=str(subject)[:150],
            change=change.kind,
            before=", ".join(value.shown for value in change.before),
            after=", ".join(value.shown for value in change.after),
        )
    if change.kind == RightsChangeKind.FACTORS:
        # A new password does so by itself. Whoever was in with the old factor has to show the new.
        end_other_sessions(request, subject)
    fields = {
        "by": by_key if request else "command",
        "way": way,
        "kind": kind,
        "id": subject.pk,
        "change": str(change.kind),
        "before": ",".join(value.logged for value in change.before),
        "after": ",".join(value.logged for value in change.after),
    }
    line = partial(logger.info, "rights changed", extra={"fields": fields})
    transaction.on_commit(line, using=using)


def command_name() -> str:
    """Return the name of the management command that is running, or of the program."""
    # From the stack, because commands also call each other, and then sys.argv names another one.
    frame = sys._getframe()
    while frame is not None:
        command = frame.f_locals.get("self") if frame.f_code is _EXECUTE else None
        if isinstance(command, BaseCommand):
            return type(command).__module__.rpartition(".")[2]
        frame = frame.f_back  # type: ignore[assignment]  # None at the end
    return Path(sys.argv[0]).name or "python"


_EXECUTE = BaseCommand.execute.__code__


# --- Fields ------------------------------------------------------------------------------------


def _remember_fields(
    sender: type[models.Model],
    instance: Any,
    using: str,
    update_fields: frozenset[str] | None = None,
    **kwargs: Any,
) -> None:
    names = [name for name in FIELDS[sender] if update_fields is None or name in update_fields]
    rows = sender._base_manager.using(using).filter(pk=instance.pk)
    instance._fields_before = rows.values(*names).first() if names and instance.pk else None


def _log_fields(
    sender: type[models.Model], instance: Any, created: bool, using: str, **kwargs: Any
) -> None:
    before = instance.__dict__.pop("_fields_before", None)
    if created:
        _record(instance, Change(RightsChangeKind.CREATED, [], _flags(instance)), using=using)
        return
    for name, value in (before or {}).items():
        new_value = getattr(instance, name)
        if value != new_value:
            kind = FIELDS[sender][name]
            change = Change(kind, _field_value(kind, value), _field_value(kind, new_value))
            _record(instance, change, using=using)


def _field_value(kind: RightsChangeKind, value: Any) -> list[Value]:
    if kind == RightsChangeKind.PASSWORD:
        return []  # a hash is a secret too
    if kind == RightsChangeKind.NAME:
        return [Value("", str(value))]
    return [Value(str(value).lower(), "yes" if value else "no")]


def _flags(row: Any) -> list[Value]:
    return [Value(name, name) for name in FLAGS if getattr(row, name, False)]


def _log_deletion(sender: type[models.Model], instance: Any, using: str, **kwargs: Any) -> None:
    """Log what an account or a group had: no other signal tells of rows that go with it."""
    before = _flags(instance)
    if isinstance(instance, Group):
        before += _permissions(instance.permissions.using(using).all())
        members = instance.user_set.using(using).order_by("pk")
        before += [Value(f"user:{user.pk}", user.get_username()) for user in members]
    else:
        before += _groups(instance.groups.using(using).all())
        before += _permissions(instance.user_permissions.using(using).all())
    _record(instance, Change(RightsChangeKind.DELETED, before, []), using=using)


# --- Groups and permissions --------------------------------------------------------------------


def _groups(rows: Iterable[Group]) -> list[Value]:
    return [
        Value(f"group:{row.pk}", row.name) for row in sorted(rows, key=lambda row: str(row.name))
    ]


def _permissions(rows: models.QuerySet[Permission]) -> list[Value]:
    names = sorted(
        f"{app}.{name}" for app, name in rows.values_list("content_type__app_label", "codename")
    )
    return [Value(name, name) for name in names]


# The table between two models, by the field that has it.
RELATIONS: Mapping[type[models.Model], str] = {
    User.groups.through: "groups",
    User.user_permissions.through: "user_permissions",
    Group.permissions.through: "permissions",
}


def _log_relation(
    sender: type[models.Model],
    instance: Any,
    action: str,
    reverse: bool,
    model: type[models.Model],
    pk_set: set[Any] | None,
    using: str,
    **kwargs: Any,
) -> None:
    """Compare what each account or group had before the change with what it has after it."""
    field = RELATIONS[sender]
    if action.startswith("pre_"):
        subjects: Iterable[Any] = [instance]
        if reverse:
            related = {field: instance} if pk_set is None else {"pk__in": pk_set}
            subjects = model._base_manager.using(using).filter(**related)
        instance._related_before = [
            (subject, _related(subject, field, using)) for subject in subjects
        ]
        return
    kind = RightsChangeKind.GROUPS if field == "groups" else RightsChangeKind.PERMISSIONS
    for subject, before in instance.__dict__.pop("_related_before", []):
        after = _related(subject, field, using)
        if after != before:
            _record(subject, Change(kind, before, after), using=using)


def _related(subject: Any, field: str, using: str) -> list[Value]:
    rows = type(subject)._meta.get_field(field).remote_field.model._base_manager.using(using)
    name = {"groups": "user", "user_permissions": "user", "permissions": "group"}[field]
    rows = rows.filter(**{name: subject.pk})
    return _groups(rows) if field == "groups" else _permissions(rows)


def _log_deleted_permission(
    sender: type[models.Model], instance: Permission, using: str, **kwargs: Any
) -> None:
    label = f"{instance.content_type.app_label}.{instance.codename}"
    for rows, field in ((User, "user_permissions"), (Group, "permissions")):
        for subject in rows._base_manager.using(using).filter(**{field: instance}):
            before = _related(subject, field, using)
            after = [value for value in before if value.logged != label]
            _record(subject, Change(RightsChangeKind.PERMISSIONS, before, after), using=using)


# --- Second factors ----------------------------------------------------------------------------


def _factor(authenticator: Any) -> list[Value]:
    return [Value(authenticator.type, authenticator.type)]


def _remember_factor(sender: Any, instance: Any, using: str, **kwargs: Any) -> None:
    row = sender._base_manager.using(using).filter(pk=instance.pk).first() if instance.pk else None
    instance._factor_before = row


def _log_factor(sender: Any, instance: Any, created: bool, using: str, **kwargs: Any) -> None:
    earlier = instance.__dict__.pop("_factor_before", None)
    if created or earlier is None:
        change = Change(RightsChangeKind.FACTORS, [], _factor(instance))
    elif _secrets(earlier) != _secrets(instance):
        change = Change(RightsChangeKind.FACTORS, _factor(earlier), _factor(instance))
    else:
        return
    _record(instance.user, change, using=using)


def _secrets(authenticator: Any) -> tuple[Any, ...]:
    data = authenticator.data
    return (authenticator.user_id, authenticator.type, *(data.get(name) for name in FACTOR_FIELDS))


def _log_removed_factor(sender: Any, instance: Any, using: str, **kwargs: Any) -> None:
    _record(instance.user, Change(RightsChangeKind.FACTORS, _factor(instance), []), using=using)
