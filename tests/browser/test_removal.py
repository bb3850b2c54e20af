"""A frozen list after words of it were removed by order: the page and its band, at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.record.frozen.freezing import freeze
from kb.record.query import TimelineQuery
from kb.record.wall import reading_publicly
from tests.make import make_event, published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def remove(row, part):
    request = ask_for_suppression(row, by=None, part=part, reason="court_order")
    confirm_suppression(request, by=None)


def test_frozen_list_and_its_band_show_a_removal_at_once(page):
    whole = published(make_event("Zanzobar keeps the ledger", happened="2023-04-01"))
    partly = published(make_event("It went on", happened="2023-04-02", summary="Quillmore paid."))
    published(make_event("It stopped", happened="2023-04-03"))
    with reading_publicly():
        view = freeze(TimelineQuery.parse(""), "somebody")
    address = f"/views/{view.public_id}/"
    page.goto(address)
    expect(page.locator(".frozen-lines > li")).to_have_count(3)
    expect(page.locator("body")).to_contain_text("Zanzobar keeps the ledger")
    remove(whole, "all")
    remove(partly, "words")
    page.goto(f"{address}?view=full")
    expect(page.locator(".band")).to_contain_text("1 of 3 entries removed by order since")
    body = page.locator("body")
    expect(body).to_contain_text("Removed by order on")
    expect(body).to_contain_text("It went on")
    expect(body).not_to_contain_text("Zanzobar")
    expect(body).not_to_contain_text("Quillmore")
