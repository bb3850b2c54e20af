"""The cookie of an editor who has just published: who gets it, and whose is believed."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory

from kb import publication_cookie
from kb.publication_cookie import PublicationCookie, required_version
from kb.record.publication_version import bump_version, current_number
from kb.record.reader_servers import ReaderServers

NAME = settings.PUBLICATION_COOKIE_NAME


@pytest.fixture
def replicas(monkeypatch):
    servers = ReaderServers(["public"], primary="public_primary")
    monkeypatch.setattr(publication_cookie, "reader_servers", lambda: servers)


def publish(request):
    with transaction.atomic():
        bump_version()
    return HttpResponse()


def publish_in_vain(request):
    with transaction.atomic():
        bump_version()
        transaction.set_rollback(True)
    return HttpResponse()


def answer(view, path="/admin/desk/event/1/review/"):
    return PublicationCookie(view)(RequestFactory().post(path))


def next_request(response):
    request = RequestFactory().get("/timeline/")
    request.COOKIES.update({name: cookie.value for name, cookie in response.cookies.items()})
    return request


@pytest.mark.django_db(transaction=True)
def test_publication_that_was_committed_is_in_the_cookie(replicas):
    response = answer(publish)
    cookie = response.cookies[NAME]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["samesite"]) == ("/", "Lax")
    assert 0 < cookie["max-age"] <= 3600
    assert required_version(next_request(response)) == current_number() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("view", [publish_in_vain, lambda request: HttpResponse()])
def test_nothing_published_sets_no_cookie(replicas, view):
    assert NAME not in answer(view).cookies


@pytest.mark.django_db(transaction=True)
def test_without_replicas_there_is_no_cookie(replicas, monkeypatch):
    response = answer(publish)
    monkeypatch.setattr(publication_cookie, "reader_servers", lambda: ReaderServers(["public"]))
    assert NAME not in answer(publish).cookies
    assert required_version(next_request(response)) == 0


@pytest.mark.parametrize("value", ["", "99", "99:abc:def", "é", "-1"])
def test_forged_cookie_is_ignored(replicas, value):
    request = RequestFactory().get("/timeline/")
    request.COOKIES[NAME] = value
    assert required_version(request) == 0
