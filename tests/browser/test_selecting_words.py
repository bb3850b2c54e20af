"""On the desk, words that are selected in a citation become the quotation of the statement."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_desk import sign_in
from tests.desk.admin_forms import change_url
from tests.make import make_statement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EXACT = "We have paused the Widget 3 while we check a fault. No customer was hurt."
SELECT = "(box, [start, end]) => { box.focus(); box.setSelectionRange(start, end); }"


@pytest.mark.slow
def test_selected_words_become_the_quotation(page, editor_user):
    statement = make_statement(EXACT)
    statement.citations.update(quoted=False)
    sign_in(page)
    page.goto(change_url(statement))
    exact = page.locator("#id_citations-0-exact")
    use = page.get_by_role("button", name="Use selection as quotation")
    exact.evaluate(SELECT, [52, 73])
    use.click()
    expect(page.locator("#id_text")).to_have_value("No customer was hurt.")
    expect(page.locator("#id_citations-0-quoted")).to_be_checked()
    exact.evaluate(SELECT, [0, 27])
    page.get_by_role("button", name="Add selection").click()
    text = page.locator("#id_text").input_value()
    assert text == "We have paused the Widget 3 … No customer was hurt."
