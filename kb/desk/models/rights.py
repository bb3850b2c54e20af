"""The log of accounts, groups and what they may do."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kb.desk.models.append_only import LogModel, LogQuerySet
from kb.desk.models.base import choice_constraint


class RightsChangeKind(models.TextChoices):
    """What was changed of an account or a group."""

    CREATED = "created", pgettext_lazy("rights", "created")
    DELETED = "deleted", pgettext_lazy("rights", "deleted")
    NAME = "name", pgettext_lazy("rights", "name")
    ACTIVE = "is_active", _("may sign in")
    STAFF = "is_staff", _("may use the desk")
    SUPERUSER = "is_superuser", _("superuser")
    GROUPS = "groups", _("groups")
    PERMISSIONS = "permissions", _("permissions")
    PASSWORD = "password", _("password")
    FACTORS = "factors", _("second factors")


class RightsChange(LogModel):
    """One change of an account or a group, with the values before and after, but no secret.

    Names are stored beside the keys, because a row outlives the account that it is about.
    ``by_key`` is None for a command; ``way`` is the name of the view, or of the command.
    """

    at = models.DateTimeField(_("when"), auto_now_add=True)
    by_key = models.BigIntegerField(pgettext_lazy("rights", "by"), null=True)
    by_name = models.CharField(pgettext_lazy("rights", "by"), max_length=150, blank=True)
    way = models.CharField(pgettext_lazy("rights", "view or command"), max_length=200)
    kind = models.CharField(
        _("kind"), max_length=5, choices=[("user", _("account")), ("group", _("group"))]
    )
    key = models.BigIntegerField(pgettext_lazy("rights", "key"))
    name = models.CharField(_("name"), max_length=150)
    change = models.CharField(_("change"), max_length=12, choices=RightsChangeKind.choices)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)

    objects = LogQuerySet["RightsChange"].as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        verbose_name = _("change of rights")
        verbose_name_plural = _("changes of rights")
        constraints = [choice_constraint("rightschange", "change", RightsChangeKind)]
        indexes = [models.Index(fields=["kind", "key"], name="desk_rightschange_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.change}"
