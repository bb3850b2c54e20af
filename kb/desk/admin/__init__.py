"""The admin: every desk table in Django's own admin, split as the models are.

An admin class declares what is shown. ``base`` holds what all of them share: saving, reviewing,
publishing. The actions themselves are in ``kb.desk.verbs``.
"""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kb.desk.admin.accounts import AccountAdmin
from kb.desk.admin.actors import ActorAdmin
from kb.desk.admin.claims import PropositionAdmin
from kb.desk.admin.entries import EventAdmin, StatementAdmin
from kb.desk.admin.importing import ImportAdmin
from kb.desk.admin.incidents import IncidentAdmin, TopicAdmin
from kb.desk.admin.queue import QueueAdmin
from kb.desk.admin.reports import ReportAdmin
from kb.desk.admin.requests import RequestAdmin
from kb.desk.admin.rights import RightsChangeAdmin
from kb.desk.admin.sources import SourceAdmin
from kb.desk.admin.suppression import SuppressionAdmin
from kb.desk.admin.transfers import TransferAdmin

__all__ = [
    "AccountAdmin",
    "ActorAdmin",
    "EventAdmin",
    "ImportAdmin",
    "IncidentAdmin",
    "PropositionAdmin",
    "QueueAdmin",
    "ReportAdmin",
    "RequestAdmin",
    "RightsChangeAdmin",
    "SourceAdmin",
    "StatementAdmin",
    "SuppressionAdmin",
    "TopicAdmin",
    "TransferAdmin",
]

admin.site.site_header = _("The desk")
admin.site.site_title = _("The desk")
admin.site.index_title = _("Dashboard")

# Messages of Django's templates that Django itself does not have in Chinese.
DJANGO_MESSAGES = (
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
)
