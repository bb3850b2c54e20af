"""The log has who signed in and out, refused access and refused input, without what was typed."""

from __future__ import annotations

import logging

import pytest

from tests.desk.signin.conftest import PASSWORD, code_now, enter_code, log_in, token_of, with_app
from tests.test_logs import Records

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["kb"])
def records(request):
    handler = Records()
    logging.getLogger(request.param).addHandler(handler)
    yield handler
    logging.getLogger(request.param).removeHandler(handler)


def test_sign_in_and_sign_out_are_logged(visitor, account, records):
    user = account()
    log_in(visitor)
    (entry,) = records.entries("signed in")
    assert (entry["by"], entry["methods"], entry["level"]) == (user.pk, "password", "info")
    page = visitor.get("/admin/logout/")
    visitor.post("/admin/logout/", {"csrfmiddlewaretoken": token_of(page)})
    (entry,) = records.entries("signed out")
    assert entry["by"] == user.pk
    assert "ann" not in str(records.records) and PASSWORD not in str(records.records)


def test_second_factor_is_named_in_the_log(visitor, account, records):
    with_app(account())
    log_in(visitor)
    assert records.entries("signed in") == []
    enter_code(visitor, code_now())
    (entry,) = records.entries("signed in")
    assert entry["methods"] == "password mfa"


@pytest.mark.parametrize("records", ["django"], indirect=True)
def test_refused_access_is_logged(visitor, account, records):
    account("Contributor")
    log_in(visitor)
    assert visitor.get("/admin/auth/user/").status_code == 403
    (entry,) = records.entries("Forbidden (Permission denied)")
    assert entry["view"] == "admin:auth_user_changelist"


@pytest.mark.parametrize("records", ["django"], indirect=True)
def test_refused_input_is_logged(client, records):
    assert client.get("/timeline/?q=%00secret").status_code == 400
    (entry,) = records.entries("Bad Request")
    assert (entry["status"], entry["level"]) == (400, "warning")
    assert "secret" not in str(entry)
