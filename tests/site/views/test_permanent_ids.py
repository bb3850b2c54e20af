"""Ids in feeds and calendars are the same after the site has moved to another address."""

from __future__ import annotations

import json
import re

import pytest

from kb.desk.verbs.publishing import publish
from kb.formats.view import SiteIdentity
from tests.make import make_event, published

pytestmark = pytest.mark.django_db

FEEDS = ("/timeline.atom", "/timeline.feed.json", "/timeline.ics", "/changes.atom")


def ids(reader, path):
    response = reader.get(path)
    content = b"".join(response) if response.streaming else response.content
    text = content.decode()
    if path.endswith(".json"):
        return [item["id"] for item in json.loads(text)["items"]]
    return re.findall(r"<id>(.*?)</id>|^UID:(.*?)\r?$", text, re.MULTILINE)


def test_ids_stay_when_the_site_moves(reader, settings):
    event = published(make_event("The check", slug="check"))
    event.summary = "Longer."
    event.save()
    publish(event, by=None, change="correction", note="It said too little.")
    before = {path: ids(reader, path) for path in FEEDS}
    settings.FIRST_SITE_URL = settings.SITE_URL
    settings.SITE_URL = "https://record.example"
    assert {path: ids(reader, path) for path in FEEDS} == before
    assert "https://record.example" in reader.get("/changes.atom").text
    settings.FIRST_SITE_URL = settings.SITE_URL
    assert all(ids(reader, path) != before[path] for path in FEEDS)


def test_permanent_address_has_the_earlier_path():
    site = SiteIdentity("https://record.example/story", "It", "https://first.example")
    address = "https://record.example/story/timeline/?actor=openai"
    assert site.permanent(address) == "https://first.example/timeline/?actor=openai"
