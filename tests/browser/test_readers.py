"""The two browsers see and do the same on a page of a few elements."""

from __future__ import annotations

import pytest

from tests.browser.readers import button, checkbox, combobox, css, eventually, link

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<style>
  .box { height: 40px; overflow: auto; }
  .box p { margin: 0; height: 60px; }
  .empty { height: 0; overflow: hidden; }
  .end { margin-top: 3000px; }
  .bar { position: fixed; bottom: 0; height: 100px; width: 100%; background: white; }
  .field { position: absolute; top: 850px; }
</style>
<p class="shown">Shown</p>
<p class="invisible" style="visibility: hidden">Invisible</p>
<details><summary>More</summary><p class="folded">Folded</p></details>
<div class="box"><p>First</p><p class="cut">Second</p></div>
<div class="empty"><p class="swallowed">Swallowed</p></div>
<a href="#none" hidden>Cite</a>
<a href="#end" aria-label="Cite this">Cite</a>
<label class="field"><input type="checkbox"> Covered by the bar</label>
<label>Order <select><option value="a">First</option><option value="b">Last</option></select>
</label>
<label>Name <input list="names"></label><datalist id="names"><option>OpenAI</option></datalist>
<p class="end" id="end">End</p>
<p class="bar"><button aria-expanded="false">Save</button></p>
"""


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def reader(reading, request, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    with reading(390, request.param) as opened:
        opened.open(page.as_uri())
        assert opened.screen() == (390, request.param)
        yield opened


def test_what_is_hidden_cut_off_or_further_down_is_not_in_view(reader):
    in_view = {name: reader.is_in_view(css(f".{name}")) for name in ("shown", "bar")}
    assert in_view == {"shown": True, "bar": True}
    hidden = ("invisible", "folded", "cut", "swallowed", "end")
    assert [name for name in hidden if reader.is_in_view(css(f".{name}"))] == []
    assert [name for name in hidden if reader.is_visible(css(f".{name}"))] == [
        "cut", "swallowed", "end",
    ]  # fmt: skip


def test_elements_are_found_by_the_name_that_is_announced(reader):
    assert reader.count(link("Cite")) == 0
    assert reader.count(link("Cite this")) == reader.count(link("Cite this", within="body")) == 1
    assert reader.count(link("Cite this", within=".bar")) == 0
    assert reader.count(button("Save", within=".bar")) == 1
    assert reader.count(css("p", "Second")) == 1


def test_actions_change_the_page_and_its_address(reader):
    reader.click(checkbox("Covered by the bar"))
    assert reader.count(css("input:checked")) == 1
    reader.choose(combobox("Order"), "b")
    assert reader.count(css("option[value=b]:checked")) == 1
    reader.type(combobox("Name"), "字节跳动")
    reader.type(combobox("Name"), "OpenAI")
    assert reader.text(css("#end")) == "End"
    assert reader.attribute(css("#end"), "class") == "end"
    assert reader.page_width() == 390
    reader.click(link("Cite this"))
    eventually(lambda: reader.address().endswith("/page.html#end"))
    eventually(reader.is_in_view, css(".end"))
