"""What readers come for, from where they arrive to what they take away.

Each task is done in Chromium and, where there is one, in Firefox; in each of them on a desktop and
on a phone, with script and without.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import build_opener

import pytest

from tests.browser.kinds import STORY
from tests.browser.readers import (
    Reader,
    button,
    checkbox,
    combobox,
    css,
    eventually,
    link,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
STATEMENT = "/statements/felix-on-suspension/"
KIND = "Back-translated: not the exact words"
# The width of the window, and whether scripts run.
SCREENS = {
    "desktop": (1440, True),
    "phone": (390, True),
    "desktop-no-script": (1440, False),
    "phone-no-script": (390, False),
}
# What a citation of this statement has to name.
CITED = ("Niko Felix", "OpenAI", "The Verge", "Machine Heart", "version 1")

Opener = Callable[[str, str], AbstractContextManager[Reader]]


@pytest.fixture
def opened(reading: Callable[[int, bool], Any], site: str, subtests: Any) -> Opener:
    """``with opened(path, screen) as reader:`` is a subtest for one of ``SCREENS``."""

    @contextmanager
    def opened_page(path: str, screen: str) -> Iterator[Reader]:
        width, has_script = SCREENS[screen]
        with subtests.test(screen), reading(width, has_script) as reader:
            reader.open(urljoin(site, path))
            assert reader.screen() == (width, has_script)
            yield reader

    return opened_page


def test_journalist_copies_a_correct_quotation_in_three_actions(opened):
    for screen, (_, has_script) in SCREENS.items():
        with opened(STATEMENT, screen) as reader:
            # Understood at once: the words, what kind of words they are, who says them to whom.
            assert reader.is_in_view(css("main .words-label", KIND))
            assert reader.is_in_view(css("main .voice", "Niko Felix"))
            if has_script:
                reader.click(button("Copy"))
                eventually(reader.is_visible, button("Copied, with its caveat"))
                text = reader.clipboard()
            else:
                reader.click(link("Copy"))
                text = reader.text(css("#copy pre"))
            assert KIND in text
            for part in CITED:
                assert part in text, part


def test_fact_checker_compares_a_claim_and_cites_the_passage(opened):
    for screen in SCREENS:
        with opened(STORY, screen) as reader:
            reader.click(link(re.compile("^Claims ")))
            # The overview leads to the words.
            reader.click(css(".overview a.position"))
            cell = "#" + urlsplit(reader.address()).fragment
            eventually(reader.is_in_view, css(cell))
            reader.click(link(re.compile("Cite"), within=cell))
            eventually(reader.is_in_view, css("#cite"))
            text = reader.text(css("#cite"))
            assert "On the Record" in text
            assert re.search(r"para(graph|\.) \d+", text)


def test_researcher_filters_by_all_of_two_actors_and_takes_the_csv(opened, site):
    more_filters, more_tools = css(".filters-all > summary"), css(".tools-more > summary")
    for screen, (width, has_script) in SCREENS.items():
        with opened("/timeline/", screen) as reader:
            if width < 750:
                reader.click(more_filters)
            for name in ("ByteDance", "OpenAI"):
                reader.click(checkbox(re.compile(f"^{name} ")))
                if has_script:
                    eventually(reader.is_visible, css(".chip", name))
            reader.choose(combobox("When several are ticked"), "all")
            if not has_script:
                reader.click(button("Show results"))
            eventually(reader.count, css(".chip"), equals=2)
            eventually(lambda: bool(re.search("actors=all|all_actor", reader.address())))
            shown = int(re.sub(r"\D", "", reader.text(css("#resh"))))
            reader.click(link("Table"))
            eventually(reader.count, css(".entry-table tbody tr"), equals=shown)
            if reader.is_visible(more_tools):
                reader.click(more_tools)
            reader.click(css(".tool > summary", "Download"))
            path = reader.attribute(link(re.compile("CSV"), within=".tool-download"), "href")
            with build_opener().open(urljoin(site, path)) as response:
                rows = list(csv.DictReader(io.StringIO(response.read().decode("utf-8-sig"))))
            assert len(rows) == shown


def test_newcomer_reads_what_the_incident_is_on_one_screen(opened):
    moments = css(".minute li")
    for screen, (width, _) in SCREENS.items():
        with opened("/", screen) as reader:
            assert reader.is_in_view(css("main :is(h1, h2)"))
            reader.click(link(re.compile("OpenAI suspends ByteDance’s account")))
            eventually(lambda: "/incidents/bytedance-openai/" in reader.address())
            assert reader.is_in_view(css("h1"))
            assert reader.is_in_view(css(".standfirst"))
            if width > 750:
                assert reader.count(moments) == 7
                assert all(reader.is_in_view(moments, place) for place in range(7))


def test_reader_sets_two_actors_side_by_side_by_typing_their_names(opened):
    drawing = css(".drawing-chart")
    for screen, (width, _) in SCREENS.items():
        with opened("/actors/", screen) as reader:
            reader.click(link(re.compile("Compare two to four actors")))
            reader.type(combobox("First actor"), "openai")
            reader.type(combobox("Second actor"), "字节跳动")
            reader.click(button("Compare"))
            eventually(lambda: reader.address().endswith("?a=openai&b=bytedance"))
            assert reader.text(css("h1")) == "OpenAI and ByteDance"
            assert reader.count(css(".compare-list > li")) > 5
            if width < 750:
                assert not reader.is_visible(drawing)
                reader.click(css("summary", "The drawing (it scrolls sideways)"))
            eventually(reader.is_visible, drawing)
            assert reader.page_width() == width
