"""The four groups of the desk and their permissions, created after each ``migrate``.

``ROLE_PERMISSIONS`` is printed in docs/editing.md, and a test compares the two.
"""

from __future__ import annotations

from typing import Any

RECORD_MODELS = (
    "actor",
    "source",
    "incident",
    "topic",
    "event",
    "statement",
    "request",
    "proposition",
)
# Models whose rows are edited on the page of one of those.
PART_MODELS = (
    "actorname",
    "affiliation",
    "sourcerelation",
    "participation",
    "accountof",
    "figure",
    "citation",
    "entrylink",
    "keymoment",
    "stance",
)
ALL_ACTIONS = ("view", "add", "change", "delete")

_WRITE = [
    f"desk.{action}_{model}" for model in RECORD_MODELS for action in ("view", "add", "change")
]
_WRITE += [f"desk.{action}_{model}" for model in PART_MODELS for action in ALL_ACTIONS]
_DELETE = [f"desk.delete_{model}" for model in RECORD_MODELS]
_ACCOUNTS = [f"auth.{action}_{model}" for model in ("user", "group") for action in ALL_ACTIONS]

CONTRIBUTOR, REVIEWER, PUBLISHER, ADMINISTRATOR = (
    "Contributor",
    "Reviewer",
    "Publisher",
    "Administrator",
)
# (label, permissions, the groups that have them)
ROLE_PERMISSIONS: tuple[tuple[str, list[str], tuple[str, ...]], ...] = (
    (
        "Create and edit drafts, send them for review and add remarks",
        _WRITE,
        (CONTRIBUTOR, REVIEWER, PUBLISHER, ADMINISTRATOR),
    ),
    (
        "Read and replace the private text of a source, and work with it",
        ["desk.use_source_text"],
        (CONTRIBUTOR, REVIEWER, PUBLISHER, ADMINISTRATOR),
    ),
    (
        "Approve drafts of others",
        ["desk.approve_draft"],
        (REVIEWER, PUBLISHER, ADMINISTRATOR),
    ),
    (
        "Read and answer reports from readers",
        ["desk.handle_report"],
        (REVIEWER, PUBLISHER, ADMINISTRATOR),
    ),
    (
        "Publish, correct, withdraw; decide reports from readers",
        ["desk.publish_record"],
        (PUBLISHER, ADMINISTRATOR),
    ),
    ("Import files and undo imports", ["desk.import_file"], (PUBLISHER, ADMINISTRATOR)),
    (
        "Delete the private text of a source",
        ["desk.delete_source_text"],
        (PUBLISHER, ADMINISTRATOR),
    ),
    ("Delete unpublished records", _DELETE, (PUBLISHER, ADMINISTRATOR)),
    ("Manage accounts and groups", _ACCOUNTS, (ADMINISTRATOR,)),
)
GROUPS = (CONTRIBUTOR, REVIEWER, PUBLISHER, ADMINISTRATOR)


def make_groups(using: str = "default", **kwargs: Any) -> None:
    """Create the groups and add the permissions of the table. Others that a group has are kept.

    Receiver of ``post_migrate``, which is also sent after a test has emptied the tables.
    """
    if using != "default":
        return
    # Imported here, because the models of other apps are not loaded when this module is.
    from django.apps import apps
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission
    from django.db import connections

    from kb.desk.models import RightsChange
    from kb.desk.signin.rights_log import changes_with_table

    for label in ("desk", "auth"):
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using)
        .filter(content_type__app_label__in=("desk", "auth"))
        .select_related("content_type")
    }
    # The table of the log is missing after a migration to an earlier state.
    tables = connections[using].introspection.table_names()
    with changes_with_table(RightsChange._meta.db_table in tables):
        for name in GROUPS:
            group, _ = Group.objects.using(using).get_or_create(name=name)
            names = [
                permission
                for _label, permission_names, groups in ROLE_PERMISSIONS
                if name in groups
                for permission in permission_names
            ]
            group.permissions.add(*(permissions[permission] for permission in names))


def rights_table() -> str:
    """Return the permissions of the groups as a Markdown table."""
    lines = [f"| | {' | '.join(GROUPS)} |", f"|---|{'---|' * len(GROUPS)}"]
    for label, _names, groups in ROLE_PERMISSIONS:
        marks = " | ".join("yes" if group in groups else "" for group in GROUPS)
        lines.append(f"| {label} | {marks} |")
    return "\n".join(lines)
