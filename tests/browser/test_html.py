"""The HTML of every kind of page is valid."""

import pytest

from tests.browser.kinds import KINDS, STATUS, body_of, prepare
from tests.browser.markup import faults

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PAGE = "<!doctype html><html lang=en><title>T</title><body><main><h1>T</h1>{}</main></body></html>"


def test_every_kind_of_page_is_valid(reader, subtests):
    prepare()
    for kind in KINDS:
        with subtests.test(kind):
            assert faults(body_of(reader, kind, STATUS.get(kind, 200))) == []


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ("<p>One<p>two</p>", None),
        ("<ul><li>One</li></ul>", None),
        ("<dl><div><dt>One</dt><dd>two</dd></div></dl>", None),
        ("<div><p>One<div>two</div></p></div>", "unexpected-end-tag"),
        ("<section><p>One</section></div>", "end-tag"),
        ("<ul><div>One</div></ul>", "<div> in <ul>"),
        ("<ul>One</ul>", "text right inside <ul>"),
        ("<dl><dd>One</dd></dl>", "not names and then values"),
        ("<table><tr><td role='cell'>One</td></tr></table>", "has a role"),
        ("<span><h2>One</h2></span>", "<h2> in <span>"),
        ("<h2></h2>", "is empty"),
        ("<h3>One</h3>", "level 3 follows one of level 1"),
        ("<h1>One</h1>", "2 of the first level"),
        ("<a href='/'><button type='button'>One</button></a>", "in <a>"),
        ("<p style='color: red'>One</p>", "our policy stops style"),
        ("<p align='left'>One</p>", "no attribute align"),
        ("<p id='a'>One</p><p id='a'>two</p>", "id 'a' stands 2 times"),
        ("<label for='b'>One</label>", "names 'b', which is not there"),
        ("<a href='#c'>One</a>", "leads to '#c'"),
        ("<p lang='en_GB'>One</p>", "is no language"),
        ("<time datetime='yesterday'>One</time>", "is no date"),
        ("<link rel='canonical' href=''>", "href is empty"),
        ("<img src='/a.png'>", "has no alt"),
    ],
)
def test_the_checker_finds_what_it_should(part, fault):
    messages = faults(PAGE.format(part))
    if fault is None:
        assert messages == []
    else:
        assert any(fault in message for message in messages), messages
