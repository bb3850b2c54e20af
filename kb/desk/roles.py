"""Who may do what on the desk: four groups, made whenever the database is migrated.

One table decides. docs/editing.md prints it, and a test holds the two together.
"""

from __future__ import annotations

from typing import Any

THINGS = ("actor", "source", "incident", "topic", "event", "statement", "proposition")
# Rows that belong to one of those, and are edited on its page.
PARTS = ("actorname", "affiliation", "participation", "citation", "stance")
EVERYTHING = ("view", "add", "change", "delete")

_WRITE = [f"desk.{action}_{one}" for one in THINGS for action in ("view", "add", "change")]
_WRITE += [
    f"desk.{action}_{one}" for one in PARTS for action in ("view", "add", "change", "delete")
]
_DELETE = [f"desk.delete_{one}" for one in THINGS]
_ACCOUNTS = [f"auth.{action}_{one}" for one in ("user", "group") for action in EVERYTHING]

CONTRIBUTOR, REVIEWER, PUBLISHER, ADMINISTRATOR = (
    "Contributor",
    "Reviewer",
    "Publisher",
    "Administrator",
)
# What each line of the table stands for, and who has it.
RIGHTS: tuple[tuple[str, list[str], tuple[str, ...]], ...] = (
    (
        "Draft, edit and send for review; remark on drafts",
        _WRITE,
        (CONTRIBUTOR, REVIEWER, PUBLISHER, ADMINISTRATOR),
    ),
    (
        "Approve what somebody else has drafted",
        ["desk.approve_draft"],
        (REVIEWER, PUBLISHER, ADMINISTRATOR),
    ),
    (
        "Publish, correct, withdraw",
        ["desk.publish_record"],
        (PUBLISHER, ADMINISTRATOR),
    ),
    ("Import files, and undo an import", ["desk.import_file"], (PUBLISHER, ADMINISTRATOR)),
    ("Delete what was never published", _DELETE, (PUBLISHER, ADMINISTRATOR)),
    ("Accounts and groups", _ACCOUNTS, (ADMINISTRATOR,)),
)
GROUPS = (CONTRIBUTOR, REVIEWER, PUBLISHER, ADMINISTRATOR)


def make_groups(using: str = "default", **kwargs: Any) -> None:
    """Make the groups and give each the rights of the table. Rights given by hand stay.

    Called after each ``migrate`` (and after a test has emptied the tables).
    """
    if using != "default":
        return
    # Not above: the models of other apps are not there yet when this one is loaded.
    from django.apps import apps
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    for label in ("desk", "auth"):
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    keys = {
        f"{one.content_type.app_label}.{one.codename}": one
        for one in Permission.objects.using(using)
        .filter(content_type__app_label__in=("desk", "auth"))
        .select_related("content_type")
    }
    for name in GROUPS:
        group, _ = Group.objects.using(using).get_or_create(name=name)
        names = [right for _said, rights, who in RIGHTS if name in who for right in rights]
        group.permissions.add(*(keys[one] for one in names))


def rights_table() -> str:
    """The rights as a Markdown table."""
    lines = [f"| | {' | '.join(GROUPS)} |", f"|---|{'---|' * len(GROUPS)}"]
    for said, _rights, who in RIGHTS:
        marks = " | ".join("yes" if one in who else "" for one in GROUPS)
        lines.append(f"| {said} | {marks} |")
    return "\n".join(lines)
