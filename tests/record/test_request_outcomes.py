"""Requests for comment are counted by their outcomes."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from kb.desk.verbs.publishing import publish
from kb.record.models import Facet
from kb.site.pages.reply_ledger import reply_ledger
from tests.make import make_actor, make_request, published

pytestmark = pytest.mark.django_db


def outcomes():
    rows = Facet.objects.filter(name="outcome").order_by("entry__public_id")
    return list(rows.values_list("value", flat=True))


def test_outcome_follows_the_request():
    request = make_request(outcome="no_reply")
    published(request)
    assert outcomes() == ["no_reply"]
    request.refresh_from_db()
    request.outcome = "declined"
    request.save()
    publish(request, by=None, change="correction", note="They declined.")
    assert outcomes() == ["declined"]


def test_migration_adds_the_outcomes_of_stored_requests():
    for outcome in ("no_reply", "declined"):
        published(make_request(outcome=outcome))
    before = outcomes()
    Facet.objects.filter(name="outcome").delete()
    migration = import_module("kb.record.migrations.0024_add_request_outcomes")
    editor = SimpleNamespace(connection=connection)
    for _time in range(2):
        migration.add_outcomes(apps, editor)
    assert outcomes() == before


def test_ledger_has_the_latest_requests_first_and_undated_ones_last():
    actor = published(make_actor("Acme", slug="acme"))
    for asked_on in ("2020-01-01", "", "2023-01-01"):
        published(make_request(asked=(actor,), asked_on=asked_on))
    ledger = reply_ledger("asked", actor.public_id, "/")
    assert ledger is not None
    assert [row["date"]["edtf"] for row in ledger["rows"]] == ["2023-01-01", "2020-01-01", ""]
    assert (ledger["total"], ledger["answered"]) == (3, 0)
    assert reply_ledger("asked", "nobody", "/") is None
